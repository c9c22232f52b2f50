package syntax

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

// maxDocuments bounds how many YAML documents are read of one file.
const maxDocuments = 1000

// ReadDocuments reads the documents of a YAML stream, leaving out empty ones.
// One that cannot be read is the last and holds the fault.
func ReadDocuments(file string, content []byte) []*Document {
	if err := refuseCrowd(content); err != nil {
		d := newDocument(file)
		d.giveUp(1, err.Error())
		return []*Document{d}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var all []*Document
	for {
		d := newDocument(file)
		var root yaml.Node
		err := decoder.Decode(&root)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			line, message := splitYAMLError(err)
			d.fault(line, "", "not valid YAML: "+message)
			return append(all, d)
		}
		if root.Content[0].ShortTag() == "!!null" {
			continue
		}
		if len(all) == maxDocuments {
			d.giveUp(root.Line, fmt.Sprintf("more than %d YAML documents, and that is all that is read", maxDocuments))
			return append(all, d)
		}
		d.value = d.convert(root.Content[0], "")
		all = append(all, d)
	}
}

// NewDocument is a document that is data already, in the shapes that
// encoding/json gives.
func NewDocument(file string, value any) *Document {
	return &Document{Positions: Positions{File: file}, value: value}
}

// Value is the content in the shapes that encoding/json gives. It may be partial
// where there are faults.
func (d *Document) Value() any { return d.value }

// Faults are those found so far.
func (d *Document) Faults() Faults { return slices.Clone(d.faults).Sorted() }

// IsPartial says that values are left out because they have faults.
func (d *Document) IsPartial() bool { return d.partial }

// Decode puts the content into a Go value by its JSON tags.
func (d *Document) Decode(into any) error {
	encoded, err := json.Marshal(d.value)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", d.File, err)
	}
	if err := json.Unmarshal(encoded, into); err != nil {
		return fmt.Errorf("decoding %s: %w", d.File, err)
	}
	return nil
}
