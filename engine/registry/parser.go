package registry

import (
	"fmt"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Contents is what a source held at one moment.
type Contents struct {
	// Source is the source's name.
	Source string
	// Documents in the order of their files.
	Documents []SpecDocument
	// Faults that belong to no document, such as a folder without a kind.yaml.
	Faults syntax.Faults
	// Unreadable says why the source could not even be listed. What it holds is
	// then not known, which is not the same as nothing.
	Unreadable syntax.Faults
}

// SpecDocument is one kind-spec: a kind, or what is wrong with it.
type SpecDocument struct {
	// Source is the name of the source that the document is of.
	Source string
	// File as messages name it; no two documents of a source have the same.
	File string
	// Name of the kind as far as it can be read, also where there are faults.
	Name string
	// Kind is nil when there are faults.
	Kind *kind.Kind
	// Faults are empty when there is a kind.
	Faults syntax.Faults
	// Stored is the object that the document was read from; nil for a file.
	Stored *Stored
	// Held keeps the kind out of force that the document has: what was in force of the
	// document before stays. It is not set where that is the same.
	Held bool
	// LastGood is a revision without faults that was in force before this process
	// began. It counts until one is in force in this process; nil for none.
	LastGood *SpecDocument
}

// Stored is an object that a document was read from, as it was then.
type Stored struct {
	UID        string
	Generation int64
	// Spec in JSON.
	Spec []byte
}

// Parser compiles kind-specs one by one. It is safe for concurrent use.
type Parser struct{ language *kind.Language }

// NewParser fails only when the program itself is broken.
func NewParser() (*Parser, error) {
	language, err := kind.NewLanguage()
	return &Parser{language}, err
}

// Source reads everything that a source holds. The error says that the program
// itself is broken; what is wrong with the source is in the contents.
func (p *Parser) Source(source Source) (Contents, error) {
	contents := Contents{Source: source.Name}
	var files []string
	files, contents.Faults, contents.Unreadable = specFiles(source)
	size := 0
	for _, file := range files {
		label := source.label(file)
		content, err := folder.ReadSpec(source.FS, file)
		if size += len(content); err == nil && size > folder.MaxSourceSize {
			err = fmt.Errorf("with it the kind-specs of %s have more than %d bytes, which is all that is read of one source", source.label("."), folder.MaxSourceSize)
		}
		if err != nil {
			contents.Documents = append(contents.Documents, SpecDocument{Source: source.Name, File: label,
				Faults: syntax.Faults{{File: label, Line: 1, Message: "cannot be read: " + reason(err), Rule: syntax.RuleFile}}})
			continue
		}
		doc, err := p.parse(source.Name, label, folderOf(file), content)
		if err != nil {
			return Contents{}, err
		}
		contents.Documents = append(contents.Documents, doc)
	}
	return contents, nil
}

// Document compiles one kind-spec that is in no folder, in YAML or JSON. The
// error says that the program itself is broken.
func (p *Parser) Document(source, file string, content []byte) (SpecDocument, error) {
	return p.parse(source, file, "", content)
}

func (p *Parser) parse(source, file, folder string, content []byte) (SpecDocument, error) {
	doc := syntax.Parse(file, content)
	parsed := SpecDocument{Source: source, File: file, Name: nameIn(doc.Value())}
	k, err := p.language.CompileDocument(doc, folder)
	if err != nil {
		return SpecDocument{}, err
	}
	if parsed.Faults = doc.Faults(); len(parsed.Faults) > 0 {
		return parsed, nil
	}
	parsed.Kind, parsed.Name = k, k.Name()
	return parsed, nil
}

// nameIn is the name that a document gives its kind, "" where none can be read.
func nameIn(document any) string {
	text := func(path ...string) string {
		object, _ := document.(map[string]any)
		for _, field := range path[:len(path)-1] {
			object, _ = object[field].(map[string]any)
		}
		found, _ := object[path[len(path)-1]].(string)
		return found
	}
	return kind.NameOf(text("spec", "name"), text("metadata", "name"), text("spec", "referent", "kind"))
}
