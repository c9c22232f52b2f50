package workbench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/kinds"
)

// Errors of a question that no page of this program asks.
var (
	ErrUnknownMethod = errors.New("no such method")
	ErrBadQuestion   = errors.New("the question cannot be read")
	ErrNotFound      = errors.New("not found")
)

// MaxAsked bounds a question, in bytes: a kind-spec, cases and objects as JSON, which
// has up to six for one of them.
const MaxAsked = 32 << 20

// named asks for something by its name.
type named struct {
	Written
	Name string `json:"name"`
}

// Ask answers a question in JSON, by its method:
//
//	decide   a Question: an Answer
//	cases    what is Written: a CaseList
//	case     the same, with name: the Question that the case asks
//	library  nothing: the names of the built-in kinds
//	open     name, of a built-in kind: what is Written of it
func (b *Bench) Ask(ctx context.Context, method string, asked []byte) ([]byte, error) {
	answer, err := b.ask(ctx, method, asked)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	encoded, err := json.Marshal(answer)
	if err != nil {
		return nil, fmt.Errorf("%s: writing the answer: %w", method, err)
	}
	return encoded, nil
}

func (b *Bench) ask(ctx context.Context, method string, asked []byte) (any, error) {
	if method == "decide" {
		var q Question
		if err := read(asked, &q); err != nil {
			return nil, err
		}
		return b.Decide(ctx, q)
	}
	var of named
	if err := read(asked, &of); err != nil {
		return nil, err
	}
	switch method {
	case "cases":
		return b.Cases(ctx, of.Written)
	case "case":
		q, found, err := b.Case(of.Written, of.Name)
		if err == nil && !found {
			err = fmt.Errorf("the case %q: %w", of.Name, ErrNotFound)
		}
		return q, err
	case "library":
		return library()
	case "open":
		return open(of.Name)
	}
	return nil, ErrUnknownMethod
}

func read(asked []byte, into any) error {
	if err := json.Unmarshal(asked, into); err != nil {
		return fmt.Errorf("%w: %w", ErrBadQuestion, err)
	}
	return nil
}

// library are the names of the built-in kinds, sorted.
func library() ([]string, error) {
	files, err := fs.Glob(kinds.FS, "*/"+folder.SpecFile)
	if err != nil {
		return nil, fmt.Errorf("listing the built-in kinds: %w", err)
	}
	for i, file := range files {
		files[i] = path.Dir(file)
	}
	return files, nil
}

// open reads a built-in kind and its cases.
func open(name string) (Written, error) {
	var w Written
	for file, into := range map[string]*string{folder.SpecFile: &w.Kind, folder.CasesFile: &w.Cases} {
		content, err := fs.ReadFile(kinds.FS, path.Join(name, file))
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
			return w, fmt.Errorf("the built-in kind %q: %w", name, ErrNotFound)
		case err != nil:
			return w, fmt.Errorf("reading the built-in kind %s: %w", name, err)
		}
		*into = string(content)
	}
	return w, nil
}
