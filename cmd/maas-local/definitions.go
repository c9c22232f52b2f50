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
	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/engine/kind"
)

// installDefinitions installs the CRDs of this project, and for every kind the
// operator's own CRD from crdDir, or one made from the kind-spec where crdDir
// is empty or has none.
func installDefinitions(ctx context.Context, config *rest.Config, kinds *kind.Set, root, crdDir string, say io.Writer) error {
	crds, err := crd.Read(filepath.Join(root, "config", "crd"))
	if err != nil {
		return err
	}
	published, err := readDefinitions(crdDir, kinds)
	if err != nil {
		return err
	}
	for _, k := range kinds.Kinds() {
		if k.NoReferent() != "" {
			continue
		}
		definition, found := published[k.Referent().GroupKind()]
		origin := "as published by its project"
		if !found {
			definition, origin = crd.Minimal(k), "made from the kind-spec"
		}
		fmt.Fprintf(say, "      %-20s %s (%s)\n", k.Name(), definition.Name, origin)
		crds = append(crds, definition)
	}
	if err := crd.Install(ctx, config, crds...); err != nil {
		return fmt.Errorf("installing CRDs: %w", err)
	}
	return nil
}

// readDefinitions finds the CRDs of the kinds' referents below a folder.
func readDefinitions(dir string, kinds *kind.Set) (map[schema.GroupKind]*apiextensionsv1.CustomResourceDefinition, error) {
	found := map[schema.GroupKind]*apiextensionsv1.CustomResourceDefinition{}
	if dir == "" {
		return found, nil
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		wanted, err := mentionsAny(path, kinds)
		if err != nil || !wanted {
			return err
		}
		crds, err := crd.Read(path)
		if err != nil {
			return err
		}
		for _, definition := range crds {
			found[schema.GroupKind{Group: definition.Spec.Group, Kind: definition.Spec.Names.Kind}] = definition
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the CRDs of the backends: %w", err)
	}
	return found, nil
}

// mentionsAny says whether a file may define a referent: CRDs have megabytes
// of schema, and most in a folder are of no kind.
func mentionsAny(path string, kinds *kind.Set) (bool, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	for _, k := range kinds.Kinds() {
		if k.NoReferent() == "" && bytes.Contains(content, []byte("group: "+k.Referent().Group+"\n")) && bytes.Contains(content, []byte("kind: "+k.Referent().Kind+"\n")) {
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
