package kind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Document is one YAML document as data, with the line of every field. It is
// read as strictly as a kind-spec: duplicate keys, anchors and merge keys are
// faults.
type Document struct{ document document }

// maxDocuments bounds how many YAML documents are read of one file.
const maxDocuments = 1000

// ReadDocuments reads the documents of a YAML stream, leaving out empty ones.
// One that cannot be read is the last and holds the fault.
func ReadDocuments(file string, content []byte) []*Document {
	if err := refuseCrowd(content); err != nil {
		d := &Document{document{file: file, lines: map[string]int{}}}
		d.document.giveUp(1, err.Error())
		return []*Document{d}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var all []*Document
	for {
		d := &Document{document{file: file, lines: map[string]int{}}}
		var root yaml.Node
		err := decoder.Decode(&root)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			line, message := splitYAMLError(err)
			d.document.fault(line, "", "not valid YAML: "+message)
			return append(all, d)
		}
		if root.Content[0].ShortTag() == "!!null" {
			continue
		}
		if len(all) == maxDocuments {
			d.document.giveUp(root.Line, fmt.Sprintf("more than %d YAML documents, and that is all that is read", maxDocuments))
			return append(all, d)
		}
		d.document.value = d.document.convert(root.Content[0], "")
		all = append(all, d)
	}
}

// Value is the document's content in the shapes that encoding/json gives. It
// may be partial where there are faults.
func (d *Document) Value() any { return d.document.value }

// Faults are those found so far, by reading, by a Schema or by AddFault.
func (d *Document) Faults() Faults { return d.document.faults.sorted() }

// AddFault notes what is wrong with the field at a JSON Pointer.
func (d *Document) AddFault(pointer, format string, args ...any) {
	d.document.faultAt(pointer, format, args...)
}

// Fault is what is wrong with the field at a JSON Pointer, or with the nearest
// thing around it that is written down.
func (d *Document) Fault(pointer, format string, args ...any) Fault {
	fault := d.document.at(pointer)
	fault.Message = fmt.Sprintf(format, args...)
	return fault
}

// Decode puts the content into a Go value by its JSON tags.
func (d *Document) Decode(into any) error {
	encoded, err := json.Marshal(d.document.value)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", d.document.file, err)
	}
	if err := json.Unmarshal(encoded, into); err != nil {
		return fmt.Errorf("decoding %s: %w", d.document.file, err)
	}
	return nil
}

// Schema is one of the JSON Schemas of package schemas. It words violations
// for people. It is safe for concurrent use.
type Schema struct{ validator *validator }

// CompileSchema compiles the schema of that file name, for example schemas.KindSpec.
func CompileSchema(name string) (*Schema, error) {
	v, err := newValidatorFor(name)
	if err != nil {
		return nil, err
	}
	return &Schema{v}, nil
}

// Validate adds to the document a fault for every violation. The error means
// that the program itself is broken.
func (s *Schema) Validate(d *Document) error { return s.validator.validate(&d.document) }

// Language compiles kind-specs that are data already, one at a time, at little
// cost for each.
type Language struct{ validator *validator }

// NewLanguage compiles the schema of kind-specs once.
func NewLanguage() (*Language, error) {
	v, err := newValidator()
	if err != nil {
		return nil, err
	}
	return &Language{v}, nil
}

// Compile makes a kind of a kind-spec in the shapes that encoding/json gives;
// file is what faults call it. The error is of type Faults unless the program
// itself is broken.
func (l *Language) Compile(file string, spec any) (*Kind, error) {
	return l.compile(document{file: file, value: spec})
}

// CompileSpec is Compile for a kind-spec in its Go types.
func (l *Language) CompileSpec(file string, spec *v1alpha1.ModelKind) (*Kind, error) {
	encoded, err := json.Marshal(map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": "ModelKind",
		"metadata": map[string]string{"name": spec.Name}, "spec": spec.Spec,
	})
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", file, err)
	}
	doc := document{file: file}
	if err := json.Unmarshal(encoded, &doc.value); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", file, err)
	}
	return l.compile(doc)
}

func (l *Language) compile(doc document) (*Kind, error) {
	k, err := compileDocument(l.validator, &doc, "")
	if err != nil {
		return nil, err
	}
	if k == nil {
		return nil, doc.faults.sorted()
	}
	return k, nil
}
