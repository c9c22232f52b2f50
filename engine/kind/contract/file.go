package contract

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/maas-kinds/maas/engine/kind/folder"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/maas-kinds/maas/engine/kind"
)

const (
	// maxFileSize in bytes: a project's CRDs, all in one file, have less.
	maxFileSize = 16 << 20
	// maxWalked is how much is looked at below a folder.
	maxWalked = 10_000
)

// MayHold says whether a file in a folder may have CRDs, by its name.
func MayHold(file string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(file))
}

// ReadFile reads a file that may have CRDs. The error is an fs.PathError.
func ReadFile(path string) ([]byte, error) {
	return readAs(path, os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

// readAs reads a file of a tree, which errors call by its path.
func readAs(path string, tree fs.FS, name string) ([]byte, error) {
	content, err := folder.Limit{What: "a file of CRDs", Bytes: maxFileSize}.ReadFile(tree, name)
	if of := (*fs.PathError)(nil); errors.As(err, &of) {
		of.Op, of.Path = "reading", path
	}
	return content, err
}

// Read gives the contracts of the CRDs in a file's content, which may hold
// other objects as well. Beside an error there are those that can be read.
func Read(file string, content []byte) ([]Contract, error) {
	found, err := definitions(content)
	faults := []error{err}
	sum := sha256.Sum256(content)
	source := ContractSource{File: file, SHA256: hex.EncodeToString(sum[:])}
	var all []Contract
	for _, one := range found {
		if one.isPatch() {
			continue
		}
		if lack := one.lacks(); lack != "" {
			faults = append(faults, fmt.Errorf("reading a %s: line %d: %s has no %s: perhaps it is half of a file", definition, one.line, cmp.Or(one.crd.Name, "it"), lack))
			continue
		}
		all = append(all, Of(one.crd, source))
	}
	return all, errors.Join(faults...)
}

// printed is the path of a column with what is said of a condition.
var printed = regexp.MustCompile(`^\.status\.conditions\[\?\(\s*@\.type\s*==\s*["']([A-Za-z0-9./-]+)["']\s*\)\]`)

// Of is the contract of a CRD; versions that are not served are no part of it.
func Of(crd *apiextensionsv1.CustomResourceDefinition, source ContractSource) Contract {
	c := Contract{
		Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind, Plural: crd.Spec.Names.Plural,
		Scope: kind.Scope(crd.Spec.Scope), Source: source, Versions: map[string]*FieldSchema{},
	}
	for _, v := range crd.Spec.Versions {
		if v.Storage {
			c.Storage = v.Name
		}
		if v.Served {
			c.Served = append(c.Served, v.Name)
			if v.Deprecated {
				c.Deprecated = append(c.Deprecated, v.Name)
			}
			c.Versions[v.Name] = &FieldSchema{}
			if v.Schema != nil {
				c.Versions[v.Name] = fromProps(v.Schema.OpenAPIV3Schema)
			}
			for _, column := range v.AdditionalPrinterColumns {
				if match := printed.FindStringSubmatch(column.JSONPath); match != nil && !slices.Contains(c.Conditions, match[1]) {
					c.Conditions = append(c.Conditions, match[1])
				}
			}
		}
	}
	slices.Sort(c.Served)
	slices.Sort(c.Deprecated)
	return c
}
