package registry_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/engine/registry"
)

// Whoever fills a directory may put anything into it. What is good in it stays
// in force, and the rest is a fault.
func TestHostileDirectory(t *testing.T) {
	for name, test := range map[string]struct {
		fill func(t *testing.T, dir string)
		want []string
	}{
		"a link to a device without an end": {
			func(t *testing.T, dir string) { check(t, os.Symlink("/dev/zero", filepath.Join(dir, "z.yaml"))) },
			[]string{"A: first", "refused z.yaml"},
		},
		"a link to a file that is no business of the directory's": {
			func(t *testing.T, dir string) {
				write(t, "s3cr3t-text: 1\n", filepath.Dir(dir), "outside.yaml")
				check(t, os.Symlink("../outside.yaml", filepath.Join(dir, "z.yaml")))
			},
			[]string{"A: first", "refused z.yaml"},
		},
		"a link to a folder elsewhere": {
			func(t *testing.T, dir string) {
				write(t, specOf("B", "elsewhere"), filepath.Join(filepath.Dir(dir), "B"), "kind.yaml")
				check(t, os.Symlink("../B", filepath.Join(dir, "B")))
			},
			[]string{"A: first"}, // And a fault of the directory.
		},
		"a kind-spec that is too large": {
			func(t *testing.T, dir string) { write(t, strings.Repeat("#", 1<<20+1), dir, "z.yaml") },
			[]string{"A: first", "refused z.yaml"},
		},
		"more than sixteen megabytes of kind-specs": {
			func(t *testing.T, dir string) {
				// No parser reads these further than the first byte, but they count.
				for i := range 16 {
					write(t, strings.Repeat("\x00", 1<<20-1024), dir, fmt.Sprintf("k%02d.yaml", i))
				}
				write(t, specOf("Fits", "k"), dir, "l.yaml")
				write(t, specOf("Beyond", "k")+"#"+strings.Repeat("x", 32<<10)+"\n", dir, "m.yaml")
			},
			[]string{
				"A: first", "refused k00.yaml", "refused k01.yaml", "refused k02.yaml", "refused k03.yaml", "refused k04.yaml", "refused k05.yaml",
				"refused k06.yaml", "refused k07.yaml", "refused k08.yaml", "refused k09.yaml", "refused k10.yaml", "refused k11.yaml",
				"refused k12.yaml", "refused k13.yaml", "refused k14.yaml", "refused k15.yaml", "Fits: k", "refused m.yaml",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "kinds")
			write(t, specOf("A", "first"), dir, "a.yaml")
			test.fill(t, dir)
			log := &log{}
			await(t, started(t, registry.Options{Dirs: []string{dir}, Log: slog.New(slog.NewTextHandler(log, nil))}), test.want...)
			if name == "a link to a folder elsewhere" && !log.has("B: the link cannot be followed: path escapes from parent") {
				t.Error("the log does not say that the link is not followed")
			}
			if strings.HasPrefix(name, "more than sixteen") && !log.has("more than 16777216 bytes") {
				t.Error("the log does not say what is too much")
			}
			if log.has("s3cr3t") {
				t.Error("the log quotes a file outside the directory")
			}
		})
	}
}

// A directory with more entries than anybody would write is not read, and what
// it held before stays in force.
func TestDirectoryOfManyFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, specOf("A", "first"), dir, "a.yaml")
	log := &log{}
	s := started(t, registry.Options{Dirs: []string{dir}, Log: slog.New(slog.NewTextHandler(log, nil))})
	await(t, s, "A: first")
	for i := range 1001 {
		write(t, "", dir, fmt.Sprintf("%d.txt", i))
	}
	write(t, specOf("B", "late"), dir, "b.yaml")
	for {
		_, changed := s.Watch()
		if log.has("it holds more than 1000 entries") {
			break
		}
		<-changed
	}
	await(t, s, "A: first")
}
