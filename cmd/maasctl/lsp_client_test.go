package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/testenv"
)

// TestEditorClient has the client library of VS Code use the built command; what has to
// be seen is written in conformance/editor.
func TestEditorClient(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command and installs a client, which takes longer than all other tests here")
	}
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is not installed, and maasctl lsp has to be tried with a client", tool)
			}
			t.Skipf("%s is not installed, and maasctl lsp cannot be tried with a client without it", tool)
		}
	}
	root, dir := testenv.Root(t), t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "conformance", "editor"))); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "maasctl")
	for _, command := range [][]string{
		{"go", "build", "-o", program, filepath.Join(root, "cmd", "maasctl")},
		{"npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"},
		{"node", "--test", "--test-reporter=tap"},
	} {
		c := exec.CommandContext(t.Context(), command[0], command[1:]...)
		c.Env = append(os.Environ(), "MAASCTL="+program, "KINDS="+filepath.Join(root, "kinds"), "TMPDIR="+t.TempDir())
		if c.Dir = dir; command[0] == "go" {
			c.Dir = root
		}
		output, err := c.CombinedOutput()
		if err != nil || command[0] == "node" && !strings.Contains(string(output), "# skipped 0") {
			t.Fatalf("%v: %v\n%s", command, err, output)
		}
	}
}
