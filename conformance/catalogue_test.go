package conformance_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// catalogue are the built-in kinds.
func catalogue(t *testing.T) (*conformance.Suite, []*conformance.Folder) {
	t.Helper()
	suite, err := conformance.New()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := suite.Load(registry.Source{Name: "kinds", FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	return suite, folders
}

// Every built-in kind passes every level.
func TestCatalogue(t *testing.T) {
	suite, folders := catalogue(t)
	for _, folder := range folders {
		t.Run(folder.Name, func(t *testing.T) {
			proof, err := suite.Prove(t.Context(), folder, conformance.Levels())
			if err != nil {
				t.Fatal(err)
			}
			for _, level := range proof.Levels {
				t.Run(level.ID, func(t *testing.T) {
					for _, check := range level.Checks {
						if check.Outcome == conformance.Failed {
							t.Errorf("%s: %s", check.Name, check.Message)
						}
					}
				})
			}
		})
	}
}

// The page of every kind shows what the kind decides.
func TestPages(t *testing.T) {
	suite, folders := catalogue(t)
	for _, folder := range folders {
		t.Run(folder.Name, func(t *testing.T) {
			if folder.Kind == nil {
				t.Fatal("the kind-spec has faults")
			}
			file := filepath.Join("..", "kinds", folder.Name, "README.md")
			current, err := os.ReadFile(file)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			want, err := suite.Page(t.Context(), folder, string(current))
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, file, want)
		})
	}
}
