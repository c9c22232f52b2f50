package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// installDefinitions installs the CRDs of this project, and for every type that
// kinds read the operator's own CRD from crdDir, or one made from the kind-specs
// where crdDir is empty or has none.
func installDefinitions(ctx context.Context, config *rest.Config, kinds *kind.Set, root, crdDir string, say io.Writer) error {
	crds, err := crd.Read(filepath.Join(root, "config", "crd"))
	if err != nil {
		return err
	}
	installed := map[schema.GroupKind]bool{}
	for _, definition := range crds {
		installed[defines(definition)] = true
	}
	types := typesOf(kinds)
	published, err := readDefinitions(crdDir, types)
	if err != nil {
		return err
	}
	for _, t := range types {
		if installed[t.GroupKind()] {
			continue
		}
		definition, found := published[t.GroupKind()]
		origin := "as published by its project"
		if !found {
			definition, origin = crd.Minimal(t, kinds.Kinds()...), "made from the kind-specs"
		}
		fmt.Fprintf(say, "      %-55s %s\n", definition.Name, origin)
		crds = append(crds, definition)
	}
	if err := crd.Install(ctx, config, crds...); err != nil {
		return fmt.Errorf("installing CRDs: %w", err)
	}
	return nil
}

// typesOf are the types that kinds read and Kubernetes itself does not bring,
// each once.
func typesOf(kinds *kind.Set) []kind.Referent {
	var types []kind.Referent
	seen := map[schema.GroupKind]bool{}
	for _, k := range kinds.Kinds() {
		for _, t := range k.Types() {
			if !seen[t.GroupKind()] && !clientgoscheme.Scheme.IsGroupRegistered(t.Group) {
				seen[t.GroupKind()] = true
				types = append(types, t)
			}
		}
	}
	return types
}

func defines(definition *apiextensionsv1.CustomResourceDefinition) schema.GroupKind {
	return schema.GroupKind{Group: definition.Spec.Group, Kind: definition.Spec.Names.Kind}
}

// readDefinitions finds the CRDs of types below a folder.
func readDefinitions(dir string, types []kind.Referent) (map[schema.GroupKind]*apiextensionsv1.CustomResourceDefinition, error) {
	found := map[schema.GroupKind]*apiextensionsv1.CustomResourceDefinition{}
	if dir == "" {
		return found, nil
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		wanted, err := mentionsAny(path, types)
		if err != nil || !wanted {
			return err
		}
		crds, err := crd.Read(path)
		if err != nil {
			return err
		}
		for _, definition := range crds {
			found[defines(definition)] = definition
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the CRDs of the backends: %w", err)
	}
	return found, nil
}

// mentionsAny says whether a file may define one of the types: CRDs have
// megabytes of schema, and many in a folder are of other types.
func mentionsAny(path string, types []kind.Referent) (bool, error) {
	content, err := contract.ReadFile(path)
	if err != nil {
		return false, err
	}
	for _, t := range types {
		if bytes.Contains(content, []byte("group: "+t.Group+"\n")) && bytes.Contains(content, []byte("kind: "+t.Kind+"\n")) {
			return true, nil
		}
	}
	return false, nil
}

// defaultCRDDir is CRD_DIR, else the folder shared/crds beside the repository,
// else nothing.
func defaultCRDDir(root string) string {
	if dir := os.Getenv("CRD_DIR"); dir != "" {
		return dir
	}
	dir := filepath.Join(root, "..", "shared", "crds")
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}
