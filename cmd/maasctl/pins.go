package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// pinPath is where the pin of a kind is.
func pinPath(k *kind.Kind) string {
	return filepath.Join(filepath.Dir(k.File()), folder.PinFile)
}

// readPin reads the pin beside a kind; nil when there is none. The error is of
// type kind.Faults when the pin has faults.
func readPin(k *kind.Kind) (*contract.Pin, error) {
	file := pinPath(k)
	content, err := folder.ReadPinFile(treeOf(filepath.Dir(file)), filepath.Base(file))
	if of := (*fs.PathError)(nil); errors.As(err, &of) {
		of.Path = file
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading the pin of %s: %w", k.Name(), err)
	}
	return contract.ReadPin(filepath.ToSlash(file), content)
}

// readBuiltInPin reads the pin of a built-in kind; nil when there is none.
func readBuiltInPin(k *kind.Kind) (*contract.Pin, error) {
	file := path.Join(k.Name(), folder.PinFile)
	content, err := folder.ReadPinFile(kinds.FS, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading the pin of %s: %w", k.Name(), err)
	}
	return contract.ReadPin(path.Join(builtIn, file), content)
}

// builtIn is the name of the built-in kinds' source.
const builtIn = "built-in"

func loadBuiltIn() (*kind.Set, error) {
	return registry.Load(registry.Source{Name: builtIn, FS: kinds.FS})
}

// typesOf are the types of objects that a kind reads itself, each once. Those of
// kinds that it hands objects on to are in the pins of these.
func typesOf(k *kind.Kind) []schema.GroupKind {
	var types []schema.GroupKind
	add := func(r kind.Referent) {
		if !slices.Contains(types, r.GroupKind()) {
			types = append(types, r.GroupKind())
		}
	}
	for _, r := range k.Referents() {
		add(r)
	}
	for _, r := range k.Related() {
		add(r.Referent)
	}
	return types
}

// loadArguments loads the kinds of KIND-DIR arguments, and reports faults.
func loadArguments(paths []string, std ioStreams) (*kind.Set, error) {
	set, err := loadPaths(paths)
	var faults syntax.Faults
	if errors.As(err, &faults) {
		return nil, reportFaults(faults, std)
	}
	return set, err
}
