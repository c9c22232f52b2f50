package assets

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

const mainModule = "github.com/maas-kinds/maas"

// FindRoot returns the folder of this repository's go.mod: dir or the nearest
// folder above it.
func FindRoot(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := start; ; at = filepath.Dir(at) {
		goMod, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("looking for the repository root: %w", err)
		}
		if modfile.ModulePath(goMod) == mainModule {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("neither %s nor a folder above it holds the go.mod of %s: run this inside a checkout", start, mainModule)
		}
	}
}
