package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/maas-kinds/maas/cmd/internal/editor"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// casesBeside evaluates the cases that lie beside a kind.
type casesBeside struct {
	machine *phase.Machine
	reader  *cases.Reader
}

func newCasesBeside() (*casesBeside, error) {
	machine, err := phase.New()
	if err != nil {
		return nil, err
	}
	reader, err := cases.NewReader(machine)
	if err != nil {
		return nil, err
	}
	return &casesBeside{machine, reader}, nil
}

// decide gives what the cases in a folder decide with a kind whose text may not be
// saved yet; nothing where they have faults, which maasctl test tells.
func (c *casesBeside) decide(ctx context.Context, dir, text string, k *kind.Kind) ([]editor.Case, error) {
	tree, release := folder.Tree(dir)
	defer release()
	sources := []registry.Source{{Name: filepath.ToSlash(dir), FS: withText{tree, text}}}
	if handsOn(k) { // To compile the others takes a while.
		above, releaseAbove := folder.Tree(filepath.Dir(dir))
		defer releaseAbove()
		sources = append(sources, registry.Source{Name: builtIn, FS: kinds.FS, Background: true}, registry.Source{Name: "beside", FS: above, Background: true})
	}
	folders, err := c.reader.Load(sources...)
	if err != nil || len(folders) != 1 {
		return nil, err
	}
	var decided []editor.Case
	for _, one := range folders[0].Cases {
		result, err := evaluation.Of(ctx, c.machine, evaluation.Question{Kind: k, Referent: one.Referent, Related: one.Related,
			Previous: one.Previous, Override: one.Override, Parameters: one.Parameters, Traced: true})
		if err != nil {
			return nil, err
		}
		decision := result.Decision()
		found := editor.Case{Name: one.Name, Phase: string(decision.Phase), Trace: result.Observation.Trace}
		if by := decision.Decided.Health; by != nil {
			found.Health = *by
		}
		if by := decision.Decided.Endpoint; by != nil {
			found.Endpoint = *by
		}
		decided = append(decided, found)
	}
	return decided, nil
}

// handsOn says whether a kind has others decide about objects.
func handsOn(k *kind.Kind) bool {
	for _, rule := range k.Spec().Health {
		if rule.Kind != "" {
			return true
		}
	}
	for _, candidate := range k.Spec().Endpoint {
		if candidate.Kind != "" {
			return true
		}
	}
	return false
}

// withText is the folder of a kind, with another text in the place of the
// kind-spec.
type withText struct {
	fs.FS
	text string
}

// Open is part of fs.FS.
func (w withText) Open(name string) (fs.File, error) {
	if name == folder.SpecFile {
		return textFile{strings.NewReader(w.text)}, nil
	}
	return w.FS.Open(name)
}

// Stat is part of fs.StatFS: what is no regular file must not be opened to see that.
func (w withText) Stat(name string) (fs.FileInfo, error) {
	if name == folder.SpecFile {
		return textFile{strings.NewReader(w.text)}, nil
	}
	return fs.Stat(w.FS, name)
}

// textFile is a text as a file, and what a file system says of it.
type textFile struct{ *strings.Reader }

func (f textFile) Stat() (fs.FileInfo, error) { return f, nil }
func (textFile) Close() error                 { return nil }
func (textFile) Name() string                 { return folder.SpecFile }
func (textFile) Mode() fs.FileMode            { return 0o444 }
func (textFile) ModTime() time.Time           { return time.Time{} }
func (textFile) IsDir() bool                  { return false }
func (textFile) Sys() any                     { return nil }
