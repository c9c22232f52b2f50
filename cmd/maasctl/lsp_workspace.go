package main

import (
	"context"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"

	"github.com/maas-kinds/maas/cmd/internal/editor"
	"github.com/maas-kinds/maas/cmd/internal/lsp"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/registry"
)

// workspace reads what lies beside the documents of an editor.
type workspace struct {
	parser  *registry.Parser
	cases   *casesBeside
	builtIn []*kind.Kind
	// known are the kinds beside that of a folder, until something is saved.
	known map[string][]*kind.Kind
}

func newWorkspace() (*workspace, error) {
	parser, err := registry.NewParser()
	if err != nil {
		return nil, err
	}
	cases, err := newCasesBeside()
	if err != nil {
		return nil, err
	}
	set, err := loadBuiltIn()
	if err != nil {
		return nil, err
	}
	w := &workspace{parser: parser, cases: cases, builtIn: set.Kinds()}
	w.forget()
	return w, nil
}

// forget has the kinds beside others read again: one was saved.
func (w *workspace) forget() { w.known = map[string][]*kind.Kind{} }

// look gives what is beside a document. What cannot be read is not there: the
// commands that need it say why.
func (w *workspace) look(uri, text string) lsp.Beside {
	file, ok := pathOf(uri)
	if !ok {
		return lsp.Beside{File: uri, Others: w.builtIn}
	}
	dir, name := filepath.Split(file)
	beside := lsp.Beside{File: filepath.ToSlash(file), IsKind: name == folder.SpecFile, Others: w.builtIn}
	if !beside.IsKind {
		return beside
	}
	dir = filepath.Clean(dir)
	beside.Folder, beside.Others = filepath.Base(dir), w.others(dir)
	tree, release := folder.Tree(dir)
	defer release()
	beside.PinFile = filepath.ToSlash(filepath.Join(dir, folder.PinFile))
	if pin, err := folder.ReadPinFile(tree, folder.PinFile); err == nil {
		beside.Pin = pin
	}
	if _, err := fs.Stat(tree, folder.CasesFile); err == nil {
		beside.Decide = func(ctx context.Context, k *kind.Kind) ([]editor.Case, error) {
			return w.cases.decide(ctx, dir, text, k)
		}
	}
	return beside
}

// pathOf is the file that a URI names; false where it names none.
func pathOf(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || !filepath.IsAbs(filepath.FromSlash(u.Path)) {
		return "", false
	}
	return filepath.FromSlash(u.Path), true
}

// others are the kinds of the folders beside that of a kind, and the built-in ones
// that none of them replaces.
func (w *workspace) others(dir string) []*kind.Kind {
	if known, ok := w.known[dir]; ok {
		return known
	}
	tree, release := folder.Tree(filepath.Dir(dir))
	defer release()
	contents, err := w.parser.Source(registry.Source{FS: tree})
	if err != nil {
		return w.builtIn
	}
	var kinds []*kind.Kind
	claimed := map[string]bool{}
	for _, doc := range contents.Documents {
		if doc.Kind == nil || doc.File == filepath.Base(dir)+"/"+folder.SpecFile {
			continue
		}
		kinds = append(kinds, doc.Kind)
		for name := range doc.Kind.Claims() {
			claimed[name] = true
		}
	}
	replaced := func(k *kind.Kind) bool {
		for name := range k.Claims() {
			if claimed[name] {
				return true
			}
		}
		return false
	}
	kinds = append(kinds, slices.DeleteFunc(slices.Clone(w.builtIn), replaced)...)
	w.known[dir] = kinds
	return kinds
}
