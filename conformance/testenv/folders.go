package testenv

import (
	"os"
	"path/filepath"
	"testing"
)

// CRDDir is the folder with the real CRDs of the backends, one folder a
// project: the environment variable CRD_DIR, else ../shared/crds beside the
// repository. The test is skipped where neither is there.
func CRDDir(t testing.TB) string {
	t.Helper()
	return folder(t, "CRD_DIR", "crds")
}

// ExamplesDir is the folder with example objects of the backends, one folder a
// type: the environment variable EXAMPLES_DIR, else ../shared/examples beside
// the repository. The test is skipped where neither is there.
func ExamplesDir(t testing.TB) string {
	t.Helper()
	return folder(t, "EXAMPLES_DIR", "examples")
}

func folder(t testing.TB, variable, shared string) string {
	t.Helper()
	if dir := os.Getenv(variable); dir != "" {
		if _, err := os.Stat(dir); err != nil {
			t.Fatalf("%s: %v", variable, err)
		}
		return dir
	}
	dir := filepath.Join(Root(t), "..", "shared", shared)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("this needs a folder of real ones: set %s, or put it at ../shared/%s beside the repository (%v)", variable, shared, err)
	}
	return dir
}
