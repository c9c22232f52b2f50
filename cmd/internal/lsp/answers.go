package lsp

import (
	"context"
	"fmt"

	"github.com/maas-kinds/maas/cmd/internal/editor"
)

// asked is what a request is about; false where there is nothing to say.
func (s *server) asked(p documentParams) (d *document, checked *editor.Checked, ok bool, err error) {
	if d, err = s.document(p); err != nil {
		return nil, nil, false, err
	}
	checked, ok, err = s.look(d)
	return d, checked, ok, err
}

// codeAction offers what mends the faults in a range.
func (s *server) codeAction(_ context.Context, p documentParams) (any, error) {
	d, checked, ok, err := s.asked(p)
	actions := []codeAction{}
	if err != nil || !ok {
		return actions, err
	}
	wanted := editor.Range{Start: d.lines.offset(p.Range.Start), End: d.lines.offset(p.Range.End)}
	for _, f := range checked.Findings {
		if f.File != d.beside.File || f.Range.End < wanted.Start || wanted.End < f.Range.Start {
			continue
		}
		fixes, err := s.Editor.Fixes(*checked, f)
		if err != nil {
			return nil, err
		}
		for i, fix := range fixes {
			edits := make([]textEdit, len(fix.Edits))
			for i, e := range fix.Edits {
				edits[i] = textEdit{d.lines.textRange(e.Range), e.New}
			}
			actions = append(actions, codeAction{Title: fix.Title, Kind: "quickfix", Diagnostics: []diagnostic{d.diagnostic(f)},
				IsPreferred: i == 0, Edit: workspaceEdit{map[string][]textEdit{d.uri: edits}}})
		}
	}
	return actions, nil
}

// completion offers what may be written at a place.
func (s *server) completion(_ context.Context, p documentParams) (any, error) {
	d, checked, ok, err := s.asked(p)
	items := []completionItem{}
	if err != nil || !ok {
		return items, err
	}
	const isField, isValue = 10, 12
	for i, c := range s.Editor.Complete(*checked, d.lines.offset(p.Position)) {
		item := completionItem{Label: c.Label, Kind: isValue, Detail: c.Detail, SortText: fmt.Sprintf("%04d", i),
			FilterText: c.New, TextEdit: textEdit{d.lines.textRange(c.Range), c.New}}
		if c.IsField {
			item.Kind = isField
		}
		if c.Meaning != "" {
			item.Documentation = &markup{"markdown", c.Meaning}
		}
		items = append(items, item)
	}
	return items, nil
}

// definition leads to where a name is declared.
func (s *server) definition(_ context.Context, p documentParams) (any, error) {
	d, checked, ok, err := s.asked(p)
	if err != nil || !ok {
		return nil, err
	}
	if at, found := checked.Definition(d.lines.offset(p.Position)); found {
		return location{d.uri, d.lines.textRange(at)}, nil
	}
	return nil, nil
}

// hover says what is at a place, and what it decides.
func (s *server) hover(ctx context.Context, p documentParams) (any, error) {
	d, checked, ok, err := s.asked(p)
	if err != nil || !ok {
		return nil, err
	}
	offset := d.lines.offset(p.Position)
	if d.cases == nil && d.beside.Decide != nil && checked.Kind != nil {
		if d.cases, err = d.beside.Decide(ctx, checked.Kind); err != nil {
			return nil, err
		}
	}
	text, at, found := s.Editor.Hover(*checked, offset, d.cases)
	if !found {
		return nil, nil
	}
	return hover{markup{"markdown", text}, d.lines.textRange(at)}, nil
}
