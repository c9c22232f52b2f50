package crd

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/maas-kinds/maas/engine/kind/contract"
)

// Read reads the CRDs in files and folders (the files directly in a folder), which
// may hold other objects as well. Somebody else has written them: each has the
// limits of files that contracts are read from.
func Read(paths ...string) ([]*apiextensionsv1.CustomResourceDefinition, error) {
	var all []*apiextensionsv1.CustomResourceDefinition
	for _, path := range paths {
		files, err := filesOf(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			content, err := contract.ReadFile(file)
			if err != nil {
				return nil, err
			}
			crds, err := contract.Definitions(content)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			all = append(all, crds...)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no CustomResourceDefinition in %v", paths)
	}
	return all, nil
}

// filesOf are the file itself, or the files of a folder.
func filesOf(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		if !entry.IsDir() && contract.MayHold(entry.Name()) {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	return files, nil
}

// Published is the CRD among those at hand that declares all that is pinned of a
// type, of which only the names are needed; nil where none does: a copy may be of
// another time than the pin.
func Published(atHand []*apiextensionsv1.CustomResourceDefinition, pinned contract.Contract) *apiextensionsv1.CustomResourceDefinition {
	for _, crd := range atHand {
		if crd.Spec.Group != pinned.Group || crd.Spec.Names.Kind != pinned.Kind {
			continue
		}
		now, want := contract.Of(crd, contract.ContractSource{}), pinned
		want.Scope, want.Plural = cmp.Or(want.Scope, now.Scope), cmp.Or(want.Plural, now.Plural)
		if pin := (&contract.Pin{Contracts: []contract.Contract{want}}); len(pin.Drifts([]contract.Contract{now})) == 0 {
			return crd
		}
	}
	return nil
}
