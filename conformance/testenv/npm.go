package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// InstallNPM copies files of a folder of the checkout, all where none are named, to one of
// their own, so that the work tree stays clean, and installs there what package.json asks
// for. Without node and npm the test is skipped, but in CI.
func InstallNPM(t *testing.T, folder string, files ...string) (dir string) {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is not installed, and %s has to be tried with it", tool, folder)
			}
			t.Skipf("%s is not installed, and %s cannot be tried without it", tool, folder)
		}
	}
	dir = t.TempDir()
	from := filepath.Join(Root(t), folder)
	if len(files) == 0 {
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		CopyFile(t, filepath.Join(from, file), dir)
	}
	RunIn(t, dir, os.Environ(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
	return dir
}

// RunIn runs a command in a folder, and gives what it prints.
func RunIn(t *testing.T, dir string, environment []string, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir, command.Env = dir, environment
	output, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, output)
	}
	return string(output)
}

// CopyFile copies a file into a folder.
func CopyFile(t *testing.T, file, dir string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), content, 0o600); err != nil {
		t.Fatal(err)
	}
}
