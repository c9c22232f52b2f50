package sources

import (
	"fmt"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/schemas"
)

// Source is where something was read.
type Source struct {
	Project string `json:"project"`
	Version string `json:"version"`
	// Path in the project, and At which place of that file.
	Path string `json:"path"`
	At   string `json:"at"`
	// URL is that of a document or an issue.
	URL string `json:"url"`
}

// String gives kserve/kserve v0.20.0, pkg/apis/x.go, SetStatus.
func (s Source) String() string {
	words := strings.TrimSpace(s.Project + " " + s.Version)
	for _, part := range []string{s.Path, s.At, s.URL} {
		if part != "" {
			words += ", " + part
		}
	}
	return words
}

// Fact is one thing that is taken for true of a backend.
type Fact struct {
	Fact string `json:"fact"`
	// Of is the subject whose object it is about; empty for the referent.
	Of string `json:"of"`
	// Conditions are the types that it backs, with their reasons; Fields those of
	// the status, with the words in them.
	Conditions map[string][]string `json:"conditions"`
	Fields     map[string][]string `json:"fields"`
	// Source is nil where NotEstablished says what was looked at.
	Source         *Source `json:"source"`
	NotEstablished string  `json:"notEstablished"`
}

// File is the sources of a kind. The zero File has none.
type File struct{ Facts []Fact }

// Reader reads files of sources. It is safe for concurrent use.
type Reader struct{ schema *syntax.Schema }

// NewReader makes a reader. The error means that the program itself is broken.
func NewReader() (*Reader, error) {
	schema, err := syntax.CompileSchema(schemas.Sources)
	if err != nil {
		return nil, err
	}
	return &Reader{schema}, nil
}

// Read reads a file strictly. One that has faults gives no fact. The error means
// that the program itself is broken.
func (r *Reader) Read(name string, content []byte) (*File, syntax.Faults, error) {
	d := syntax.Parse(name, content)
	if faults := d.Faults(); len(faults) > 0 {
		return nil, faults, nil
	}
	if err := r.schema.Validate(d); err != nil {
		return nil, nil, err
	}
	var written struct {
		Spec struct {
			Facts []Fact `json:"facts"`
		} `json:"spec"`
	}
	if len(d.Faults()) == 0 {
		if err := d.Decode(&written); err != nil {
			return nil, nil, err
		}
	}
	for i, fact := range written.Spec.Facts {
		at := fmt.Sprintf("/spec/facts/%d", i)
		switch {
		case (fact.Source == nil) == (fact.NotEstablished == ""):
			d.FaultAt(at, "a fact has either a source or notEstablished: write where it was read, or what was looked at in vain")
		case fact.Source != nil:
			fact.Source.Check(d, at+"/source")
		}
	}
	if faults := d.Faults(); len(faults) > 0 {
		return nil, faults, nil
	}
	return &File{Facts: written.Spec.Facts}, nil, nil
}

// Check reports what nobody could look up.
func (s *Source) Check(d *syntax.Document, at string) {
	if (s.Path == "" || s.Version == "") && s.URL == "" {
		d.FaultAt(at, "nobody can look that up: write the version of %s and the path of the file in it, or the url of a document or an issue", s.Project)
	}
}
