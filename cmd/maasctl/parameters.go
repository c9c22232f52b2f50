package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// readParameters reads the file of --parameters; without one nothing is set. What
// is named here has to be there.
func readParameters(file string) (*kind.Parameters, error) {
	if file == "" {
		return kind.NoParameters(""), nil
	}
	dir, name := filepath.Split(file)
	if dir == "" {
		dir = "."
	}
	content, err := kind.ParametersLimit().ReadFile(treeOf(dir), name)
	if err != nil {
		return nil, fmt.Errorf("--parameters: reading %s: %w", file, err)
	}
	return kind.ReadParameters(filepath.ToSlash(file), content)
}

// lintParameters holds a file against kinds, in the place of built-in ones that
// have their names. Where some of these have faults, the file is only read.
func lintParameters(file string, own *kind.Set, faulty bool) (syntax.Faults, error) {
	parameters, err := readParameters(file)
	if err != nil || faulty {
		return nil, err
	}
	all, err := loadBuiltIn()
	if err != nil {
		return nil, err
	}
	isReplaced := func(k *kind.Kind) bool {
		_, replaced := own.Lookup(k.Name())
		return replaced
	}
	return parameters.Check(append(slices.DeleteFunc(all.Kinds(), isReplaced), own.Kinds()...)), nil
}
