package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/testenv"
)

// Run has Chromium play tests with what the environment tells them: those of this
// folder, or, where files of further folders are named, these beside what they share.
// Figures that they print are logged. Without node it is skipped, but in CI.
func Run(t *testing.T, environment []string, files ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("installs a browser, which takes longer than all other tests of a package")
	}
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is not installed, and the page has to be tried in a browser", tool)
			}
			t.Skipf("%s is not installed, and the page cannot be tried in a browser without it", tool)
		}
	}
	// Installed into a folder of its own: the work tree stays clean.
	dir, root := t.TempDir(), testenv.Root(t)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "conformance", "browser"))); err != nil {
		t.Fatal(err)
	}
	arguments := []string{"--test", "--test-concurrency=1", "--test-reporter=tap"}
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, name)
	}
	// The browser is unpacked to where temporary files are: nobody else's is run.
	environment = append(append(os.Environ(), environment...), "TMPDIR="+t.TempDir())
	runIn(t, dir, environment, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
	output := runIn(t, dir, environment, "node", arguments...)
	if !strings.Contains(output, "# skipped 0") {
		t.Errorf("not everything was tried:\n%s", output)
	}
	for line := range strings.Lines(output) {
		if _, figure, found := strings.Cut(line, "figure: "); found {
			t.Log(strings.TrimSpace(figure))
		}
	}
}

func runIn(t *testing.T, dir string, environment []string, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir, command.Env = dir, environment
	output, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, output)
	}
	return string(output)
}
