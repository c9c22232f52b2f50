package lsp

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"

	"github.com/maas-kinds/maas/cmd/internal/editor"
)

// maxDocuments bounds how many documents are kept.
const maxDocuments = 500

// document is one that is open.
type document struct {
	uri     string
	version int
	lines   lines
	// checked is nil while what is known is of an older text.
	checked *editor.Checked
	beside  Beside
	// cases are nil until they are asked for.
	cases []editor.Case
	// told says that the faults of this text were told, and pinURI where some of
	// them are of the pin.
	told   bool
	pinURI string
}

// isModelKind is in a kind-spec, whatever its file is called.
var isModelKind = regexp.MustCompile(`(?m)^kind: *["']?ModelKind\b`)

func (s *server) didOpen(_ context.Context, p documentParams) (any, error) {
	if len(s.open) == maxDocuments && s.open[p.TextDocument.URI] == nil {
		return nil, fmt.Errorf("%d documents are open, and no more are looked at: close some", maxDocuments)
	}
	s.open[p.TextDocument.URI] = &document{uri: p.TextDocument.URI, version: p.TextDocument.Version, lines: newLines(p.TextDocument.Text)}
	return nil, nil
}

func (s *server) didChange(_ context.Context, p documentParams) (any, error) {
	d, err := s.document(p)
	if err != nil || len(p.ContentChanges) == 0 {
		return nil, err
	}
	last := p.ContentChanges[len(p.ContentChanges)-1]
	if len(last.Range) > 0 && string(last.Range) != "null" {
		return nil, failure{codeInvalidParams, "a change of a part of the text: the server asked for the whole text"}
	}
	d.version, d.lines = p.TextDocument.Version, newLines(last.Text)
	d.outdate()
	return nil, nil
}

// outdate has everything found out anew.
func (d *document) outdate() { d.checked, d.cases, d.told = nil, nil, false }

// didSave looks at all documents again: one may hand on to another, and what lies
// beside them may have been written as well.
func (s *server) didSave(context.Context, documentParams) (any, error) {
	s.Saved()
	for _, d := range s.open {
		d.outdate()
	}
	return nil, nil
}

func (s *server) filesChanged(ctx context.Context, p documentParams) (any, error) {
	return s.didSave(ctx, p)
}

func (s *server) didClose(_ context.Context, p documentParams) (any, error) {
	d, err := s.document(p)
	if err != nil {
		return nil, err
	}
	delete(s.open, d.uri)
	if err := s.publish(d.uri, nil, nil); err != nil || d.pinURI == "" {
		return nil, err
	}
	return nil, s.publish(d.pinURI, nil, nil)
}

func (s *server) document(p documentParams) (*document, error) {
	if d := s.open[p.TextDocument.URI]; d != nil {
		return d, nil
	}
	return nil, failure{codeInvalidParams, fmt.Sprintf("%q is not open", p.TextDocument.URI)}
}

// look finds out what there is to say of a document; false where it is no kind-spec.
func (s *server) look(d *document) (*editor.Checked, bool, error) {
	if d.checked == nil {
		text := d.lines.text
		d.beside = s.Look(d.uri, text)
		checked, err := s.Editor.Check(editor.Document{
			File: d.beside.File, Folder: d.beside.Folder, Text: text, Pin: d.beside.Pin, PinFile: d.beside.PinFile, Others: d.beside.Others,
		})
		if err != nil {
			return nil, false, err
		}
		d.checked = &checked
	}
	return d.checked, d.beside.IsKind || isModelKind.MatchString(d.lines.text), nil
}

// tell publishes what is wrong with the documents that have changed.
func (s *server) tell() error {
	for _, d := range s.open {
		if d.told {
			continue
		}
		d.told = true
		checked, isKind, err := s.look(d)
		if err != nil {
			return err
		}
		if !isKind {
			continue
		}
		if err := s.tellOf(d, checked); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) tellOf(d *document, checked *editor.Checked) error {
	own, ofPin := []diagnostic{}, []diagnostic{}
	pin := newLines(string(d.beside.Pin))
	for _, f := range checked.Findings {
		if f.File == d.beside.File {
			own = append(own, d.diagnostic(f))
			continue
		}
		line := max(f.Line, 1) - 1
		ofPin = append(ofPin, diagnosticOf(f, textRange{position{Line: line}, position{Line: line, Character: pin.width(line)}}))
	}
	if err := s.publish(d.uri, &d.version, own); err != nil {
		return err
	}
	if len(ofPin) == 0 && d.pinURI == "" {
		return nil
	}
	d.pinURI = fileURI(d.beside.PinFile)
	return s.publish(d.pinURI, nil, ofPin)
}

func (d *document) diagnostic(f editor.Finding) diagnostic {
	return diagnosticOf(f, d.lines.textRange(f.Range))
}

func diagnosticOf(f editor.Finding, at textRange) diagnostic {
	out := diagnostic{Range: at, Severity: severityError, Code: f.Rule, Source: "maasctl", Message: f.Message}
	if f.Warning {
		out.Severity, out.Tags = severityWarning, []int{tagUnnecessary}
	}
	return out
}

func (s *server) publish(uri string, version *int, all []diagnostic) error {
	if all == nil {
		all = []diagnostic{}
	}
	return s.notify("textDocument/publishDiagnostics", diagnosticsParams{URI: uri, Version: version, Diagnostics: all})
}

func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}
