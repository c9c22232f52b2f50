package contract

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

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
func Files(paths ...string) ([]Contract, error) {
	var all []Contract
	seen := map[schema.GroupKind]bool{}
	for _, path := range paths {
		source, err := open(path)
		if err != nil {
			return nil, err
		}
		defer source.release()
		found := 0
		for _, file := range source.files {
			contracts, err := source.read(file)
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

// source is where files of CRDs are.
type source struct {
	dir string
	// tree is dir; links in it lead out of it only where the user has named one.
	tree    fs.FS
	release func()
	// files of the tree that may hold CRDs.
	files []string
}

// open finds the files of a path.
func open(path string) (source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return source{}, err
	}
	if dir := filepath.Dir(path); !info.IsDir() {
		return source{dir, os.DirFS(dir), func() {}, []string{filepath.Base(path)}}, nil
	}
	s := source{dir: path}
	s.tree, s.release = folder.Tree(path)
	seen := 0
	err = fs.WalkDir(s.tree, ".", func(file string, entry fs.DirEntry, err error) error {
		if seen++; seen > maxWalked {
			return fmt.Errorf("%s holds more than %d files and folders: name the folder with the CRDs in it", path, maxWalked)
		}
		if err == nil && !entry.IsDir() && MayHold(file) {
			s.files = append(s.files, file)
		}
		return err
	})
	if err != nil {
		s.release()
	}
	return s, err
}

func (s source) read(name string) ([]Contract, error) {
	file := filepath.Join(s.dir, name)
	content, err := readAs(file, s.tree, name)
	if err != nil {
		return nil, err
	}
	contracts, err := Read(filepath.Base(file), content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return contracts, nil
}

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
		of.Path = path
	}
	return content, err
}

// Read gives the contracts of the CRDs in a file's content, which may hold
// other objects as well.
func Read(file string, content []byte) ([]Contract, error) {
	crds, err := Definitions(content)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	source := ContractSource{File: file, SHA256: hex.EncodeToString(sum[:])}
	var all []Contract
	for _, crd := range crds {
		all = append(all, Of(crd, source))
	}
	return all, nil
}

// Definitions are the CRDs in a file's content.
func Definitions(content []byte) ([]*apiextensionsv1.CustomResourceDefinition, error) {
	var all []*apiextensionsv1.CustomResourceDefinition
	for document := range syntax.Stream(content) {
		crd, err := definitionIn(document)
		if err != nil {
			return nil, fmt.Errorf("reading a %s: %w", definition, err)
		}
		if crd != nil {
			all = append(all, crd)
		}
	}
	return all, nil
}

// definitionIn is nil for a document of something else, perhaps a chart's
// template, which may be anything and is not read.
func definitionIn(document syntax.StreamDocument) (*apiextensionsv1.CustomResourceDefinition, error) {
	if !bytes.Contains(document.Text, []byte(definition)) {
		return nil, nil
	}
	encoded, err := document.JSON()
	if err != nil {
		return nil, err
	}
	var what metav1.TypeMeta
	if err := json.Unmarshal(encoded, &what); err != nil || what.Kind != definition || what.APIVersion != apiextensionsv1.SchemeGroupVersion.String() {
		return nil, nil //nolint:nilerr // what is no object is no CRD
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := json.Unmarshal(encoded, &crd); err != nil {
		return nil, fmt.Errorf("line %d: %w", document.Line, err)
	}
	return &crd, nil
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
