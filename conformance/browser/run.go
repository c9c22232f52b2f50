package browser

import (
	"os"
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
	dir := testenv.InstallNPM(t, "conformance/browser")
	arguments := []string{"--test", "--test-concurrency=1", "--test-reporter=tap"}
	for _, file := range files {
		testenv.CopyFile(t, filepath.Join(testenv.Root(t), file), dir)
		arguments = append(arguments, filepath.Base(file))
	}
	// The browser is unpacked to where temporary files are: nobody else's is run.
	environment = append(append(os.Environ(), environment...), "TMPDIR="+t.TempDir())
	output := testenv.RunIn(t, dir, environment, "node", arguments...)
	if !strings.Contains(output, "# skipped 0") {
		t.Errorf("not everything was tried:\n%s", output)
	}
	for line := range strings.Lines(output) {
		if _, figure, found := strings.Cut(line, "figure: "); found {
			t.Log(strings.TrimSpace(figure))
		}
	}
}
