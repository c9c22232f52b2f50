package kind_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

// Every folder of testdata/faults holds kind-specs with something wrong, and
// faults.txt with all that has to be said about them.
func TestLoadFaults(t *testing.T) {
	folders, err := os.ReadDir("testdata/faults")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		t.Run(folder.Name(), func(t *testing.T) {
			dir := filepath.Join("testdata/faults", folder.Name())
			_, err := registry.Load(registry.Source{FS: os.DirFS(filepath.Join(dir, "kinds"))})
			var faults syntax.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			golden.Compare(t, filepath.Join(dir, "faults.txt"), faults.Error()+"\n")
		})
	}
}
