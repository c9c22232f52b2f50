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
		"seventeen megabytes of kind-specs": {
			func(t *testing.T, dir string) {
				padding := "#" + strings.Repeat("x", 1<<20-4096) + "\n"
				for i := range 17 {
					write(t, specOf(fmt.Sprintf("K%02d", i), "k")+padding, dir, fmt.Sprintf("k%02d.yaml", i))
				}
			},
			[]string{
				"A: first", "K00: k", "K01: k", "K02: k", "K03: k", "K04: k", "K05: k", "K06: k", "K07: k", "K08: k", "K09: k", "K10: k",
				"K11: k", "K12: k", "K13: k", "K14: k", "K15: k", "refused k16.yaml",
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
