package main

import (
	"os"
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
	root, dir := testenv.Root(t), testenv.InstallNPM(t, "conformance/editor")
	program := filepath.Join(t.TempDir(), "maasctl")
	testenv.RunIn(t, root, os.Environ(), "go", "build", "-o", program, "./cmd/maasctl")
	environment := append(os.Environ(), "MAASCTL="+program, "KINDS="+filepath.Join(root, "kinds"), "TMPDIR="+t.TempDir())
	if output := testenv.RunIn(t, dir, environment, "node", "--test", "--test-reporter=tap"); !strings.Contains(output, "# skipped 0") {
		t.Errorf("not everything was tried:\n%s", output)
	}
}
