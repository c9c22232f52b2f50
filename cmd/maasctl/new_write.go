package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/draft"
	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// compiledDraft holds the draft against the language, as lint does.
func compiledDraft(in draft.Input) (draft.Draft, *kind.Kind, error) {
	made, err := draft.Of(in)
	if err != nil {
		return made, nil, err
	}
	language, err := kind.NewLanguage()
	if err != nil {
		return made, nil, err
	}
	var value any
	if err := yaml.Unmarshal([]byte(made.Spec), &value); err != nil {
		return made, nil, fmt.Errorf("reading the draft of %s: %w", made.Name, err)
	}
	k, err := language.Compile(filepath.Join(made.Name, "kind.yaml"), value)
	if err != nil {
		return made, nil, fmt.Errorf("no kind-spec can be made of this; please write one by hand:\n%w", err)
	}
	return made, in.Kinds.Link(k), nil
}

// draftSources lists what the draft claims of the backend.
func draftSources(spec string, k *kind.Kind) string {
	document := syntax.Parse(k.File(), []byte(spec))
	var written v1alpha1.ModelKind
	if err := document.Decode(&written); err != nil {
		return "" // It compiled, and says so at the first test if it does not any more.
	}
	return sources.Skeleton(sources.Claims(&written.Spec), folder.NotLookedAt)
}

// refuseThere says that nothing is overwritten.
func refuseThere(dir, name string) error {
	into := filepath.Join(dir, name)
	if _, err := os.Lstat(into); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already, and nothing is overwritten: choose another --name or --dir", into)
	}
	return nil
}

// writeKind makes the folder of a kind that is not there yet.
func (o *newOptions) writeKind(made draft.Draft, files map[string]string, std ioStreams) error {
	if err := refuseThere(o.dir, made.Name); err != nil {
		return err
	}
	if err := writeFiles(o.dir, made.Name, files, std); err != nil {
		return err
	}
	taken := 0
	for _, content := range files {
		taken += strings.Count(content, draft.Hidden)
	}
	if taken > 0 {
		fmt.Fprintf(std.err, "note: %s that looked secret or personal %s %s now; where a name or a label that counts is among them, make one up\n",
			count(taken, "value"), map[bool]string{true: "is", false: "are"}[taken == 1], draft.Hidden)
	}
	return o.sayNext(made, std)
}

func writeFiles(dir, name string, files map[string]string, std ioStreams) error {
	into := filepath.Join(dir, name)
	if err := os.MkdirAll(into, 0o755); err != nil { //nolint:gosec // source files, for everyone to read
		return fmt.Errorf("making the folder %s: %w", into, err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(into, name)
		if err := writeFile(file, []byte(files[name]), 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", file, err)
		}
		fmt.Fprintln(std.out, file)
	}
	return nil
}

func (o *newOptions) sayNext(made draft.Draft, std ioStreams) error {
	into, decide := filepath.Join(o.dir, made.Name), ""
	facts := filepath.Join(into, "sources.yaml")
	if _, err := os.Lstat(facts); err == nil { // there are kinds that claim nothing
		decide = fmt.Sprintf(", and say in %s where you read it", facts)
	}
	if !made.Ready {
		fmt.Fprintf(std.err, "note: nothing that was given says that it is ready, so nothing is ready by this draft; give an object that serves as well\n")
	}
	_, err := fmt.Fprintf(std.err, `
Next:
  decide what the comments in %s ask%s
  maasctl pin %s --crd %s --upstream PROJECT@VERSION
  maasctl test %s --write-expectations    then read what it wrote, and add cases
`, filepath.Join(into, "kind.yaml"), decide, into, cmp.Or(o.crd, "PATH"), into)
	return err
}
