package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// Whatever a stranger's folder holds where a file is to be written, nothing
// outside it is touched, and nothing is left half written.
func TestNothingIsWrittenThroughLinks(t *testing.T) {
	const mine = "the user's own\n"
	for name, test := range map[string]struct {
		link string
		args []string
		want string
	}{
		"a pin":                    {"pinned/referent.yaml", []string{"pin", "--crd", "crd.yaml", "--upstream", "a/b@v1", "pinned"}, "pinned/referent.yaml is there and is a link"},
		"a report":                 {"report.yaml", []string{"test", "--report", "report.yaml", "pinned"}, "--report: report.yaml is there and is a link"},
		"a report for CI":          {"junit.xml", []string{"test", "--junit", "junit.xml", "pinned"}, "--junit: junit.xml is there and is a link"},
		"the folder of a new kind": {"Gadget", []string{"new", "--crd", "crd.yaml", "--name", "Gadget", "--dir", "."}, "Gadget is there already"},
	} {
		for kindOf, target := range map[string]string{"there": "../mine", "not there yet": "../absent"} {
			t.Run(name+", and what it leads to is "+kindOf, func(t *testing.T) {
				parent := t.TempDir()
				dir := filepath.Join(parent, "work")
				write(t, parent, map[string]string{"mine": mine, "work/crd.yaml": widgetCRD, "work/pinned/kind.yaml": spec("pinned")})
				if strings.Contains(test.link, "/") {
					target = "../" + target
				}
				if err := os.Symlink(target, filepath.Join(dir, test.link)); err != nil {
					t.Fatal(err)
				}
				t.Chdir(dir)
				got := maasctl(t, "", test.args...)
				if got.code != cli.Failure || !strings.Contains(got.errOut, test.want) {
					t.Errorf("exit %d, %s%s; want %s", got.code, got.out, got.errOut, test.want)
				}
				content, err := os.ReadFile("../mine")
				if err != nil || string(content) != mine {
					t.Errorf("the user's file holds %q now: %v", content, err)
				}
				if _, err := os.Stat("../absent"); err == nil {
					t.Error("a file was made through the link")
				}
			})
		}
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"there": "old"})
	if err := os.Chmod(filepath.Join(dir, "there"), 0o640); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"there": 0o640, "new": 0o600} {
		if err := writeFile(filepath.Join(dir, name), []byte("new"), 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != mode {
			t.Errorf("%s: mode %v, want %v: %v", name, info.Mode(), mode, err)
		}
	}
	if err := writeFile(dir, nil, 0o600); err == nil || !strings.Contains(err.Error(), "is there and is a folder") {
		t.Errorf("writing over a folder: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
