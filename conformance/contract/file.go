package contract

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/maas-kinds/maas/engine/kind"
)

// definition is the kind of a CRD's own type.
const definition = "CustomResourceDefinition"

const (
	// maxFileSize in bytes: a project's CRDs, all in one file, have less.
	maxFileSize = 16 << 20
	// maxWalked is how much is looked at below a folder.
	maxWalked = 10_000
)

// Files reads the CRDs of the paths: files, or folders with YAML files at any
// depth, of which those without a CRD are passed over. Project and version of
// the sources are empty. Of a type that several files have, the first counts.
func Files(paths ...string) ([]kind.Contract, error) {
	var all []kind.Contract
	seen := map[schema.GroupKind]bool{}
	for _, path := range paths {
		files, err := yamlFiles(path)
		if err != nil {
			return nil, err
		}
		found := 0
		for _, file := range files {
			contracts, err := readFile(file)
			if err != nil {
				return nil, err
			}
			found += len(contracts)
			for _, c := range contracts {
				if !seen[c.GroupKind()] {
					all = append(all, c)
				}
				seen[c.GroupKind()] = true
			}
		}
		if found == 0 {
			return nil, fmt.Errorf("%s holds no CustomResourceDefinition of apiextensions.k8s.io/v1", path)
		}
	}
	return all, nil
}

func yamlFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	seen := 0
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if seen++; seen > maxWalked {
			return fmt.Errorf("%s holds more than %d files and folders: name the folder with the CRDs in it", path, maxWalked)
		}
		if err == nil && !entry.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file)) {
			files = append(files, file)
		}
		return err
	})
	return files, err
}

func readFile(file string) ([]kind.Contract, error) {
	content, err := kind.Limit{What: "a file of CRDs", Bytes: maxFileSize}.ReadFile(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if err != nil {
		return nil, err
	}
	contracts, err := Read(filepath.Base(file), content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return contracts, nil
}

// Read gives the contracts of the CRDs in a file's content, which may hold
// other objects as well.
func Read(file string, content []byte) ([]kind.Contract, error) {
	sum := sha256.Sum256(content)
	source := kind.ContractSource{File: file, SHA256: hex.EncodeToString(sum[:])}
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096)
	var all []kind.Contract
	for {
		var crd apiextensionsv1.CustomResourceDefinition
		switch err := decoder.Decode(&crd); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil && len(all) == 0 && !bytes.Contains(content, []byte(definition)):
			// A file of something else, perhaps a chart's template.
			return nil, nil
		case err != nil:
			return nil, fmt.Errorf("reading a %s: %w", definition, err)
		}
		if crd.Kind == definition && crd.APIVersion == apiextensionsv1.SchemeGroupVersion.String() {
			all = append(all, Of(&crd, source))
		}
	}
}

// Of is the contract of a CRD; versions that are not served are no part of it.
func Of(crd *apiextensionsv1.CustomResourceDefinition, source kind.ContractSource) kind.Contract {
	c := kind.Contract{
		Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind, Plural: crd.Spec.Names.Plural,
		Scope: kind.Scope(crd.Spec.Scope), Source: source, Versions: map[string]*kind.FieldSchema{},
	}
	for _, v := range crd.Spec.Versions {
		if v.Served {
			c.Versions[v.Name] = &kind.FieldSchema{}
			if v.Schema != nil {
				c.Versions[v.Name] = fromProps(v.Schema.OpenAPIV3Schema)
			}
		}
	}
	return c
}
