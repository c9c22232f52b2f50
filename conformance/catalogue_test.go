package conformance_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/conformance/page"
	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// catalogue are the built-in kinds.
func catalogue(t *testing.T) (*conformance.Suite, []*cases.Folder) {
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

// Every built-in kind passes every level. The short form leaves out the last, whose
// generated faults and mutants take minutes under the race detector: it is shown
// on one small kind, and by what is planted in that.
func TestCatalogue(t *testing.T) {
	suite, folders := catalogue(t)
	levels := conformance.Levels()
	if testing.Short() {
		levels = levels[:len(levels)-1]
	}
	for _, folder := range folders {
		t.Run(folder.Name, func(t *testing.T) {
			proof, err := suite.Prove(t.Context(), folder, levels)
			if err != nil {
				t.Fatal(err)
			}
			for _, level := range proof.Levels {
				t.Run(level.ID, func(t *testing.T) {
					for _, result := range level.Checks {
						if result.Outcome == check.Failed {
							t.Errorf("%s: %s", result.Name, result.Message)
						}
					}
				})
			}
		})
	}
}

// The page of every kind shows what the kind decides.
func TestPages(t *testing.T) {
	_, folders := catalogue(t)
	machine, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
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
			want, err := page.Of(t.Context(), machine, folder, string(current))
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, file, want)
		})
	}
}

// One page lists the kinds, with what each says of its models.
func TestCataloguePage(t *testing.T) {
	_, folders := catalogue(t)
	golden.Compare(t, filepath.Join("..", "kinds", "README.md"), page.Catalogue(folders))
}

// One page counts what each kind says of its models, and what its definition could
// give beside that.
func TestFactsPage(t *testing.T) {
	definitions, err := contract.Files(testenv.CRDDir(t))
	if err != nil {
		t.Fatal(err)
	}
	_, folders := catalogue(t)
	golden.Compare(t, filepath.Join("..", "kinds", "FACTS.md"), page.Facts(folders, definitions))
}

// One page says of all kinds what was read, and what is not established.
func TestSourcesPage(t *testing.T) {
	_, folders := catalogue(t)
	var names []string
	files := map[string]*sources.File{}
	for _, folder := range folders {
		names = append(names, folder.Name)
		if files[folder.Name] = folder.Sources; folder.Sources == nil {
			t.Errorf("%s has no sources.yaml", folder.Name)
		}
	}
	golden.Compare(t, filepath.Join("..", "kinds", "SOURCES.md"), sources.Overview(names, files))
}
