package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/draft"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
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
	return sources.Skeleton(sources.Claims(&written.Spec))
}

// draftCases has each state that was given, and the two that every backend has: without a
// status, and on its way out. They begin with a state that is ready, where there is one.
func draftCases(ctx context.Context, k *kind.Kind, in draft.Input, made draft.Draft) (string, error) {
	states := in.States
	if len(states) == 0 {
		states = []draft.State{{Object: madeUp(*in.Contract)}}
	}
	machine, err := phase.New()
	if err != nil {
		return "", err
	}
	var beside kind.Objects
	for _, b := range made.Beside {
		beside = append(beside, b.Object)
	}
	var events []string
	base := 0
	for i, state := range states {
		// A draft without an endpoint yet is no failure of the backend.
		result, err := evaluation.Of(ctx, machine, evaluation.Question{Kind: k, Referent: state.Object, Related: beside, Previous: v1alpha1.PhasePending, Override: anywhere})
		if err != nil {
			return "", fmt.Errorf("deciding on %s: %w", state.Name, err)
		}
		if events = append(events, stateWord(string(result.Settled.Event))); events[i] == "ready" && events[base] != "ready" {
			base = i
		}
	}
	list := []draft.Case{{Name: "noStatus", Description: "Before the first reconcile there is no status.", Patch: map[string]any{"status": nil}}}
	used := map[string]int{}
	for i, state := range states {
		if state.Object.Object["status"] == nil {
			continue
		}
		name := events[i]
		if used[name]++; used[name] > 1 {
			name = fmt.Sprintf("%s_state%d", name, used[events[i]])
		}
		list = append(list, draft.Case{Name: name, Patch: draft.Change(states[base].Object, state.Object),
			Description: "As it was seen in " + state.Name + ". Say here by which rule of the backend, and where that is written."})
	}
	list = append(list, draft.Case{Name: "terminating", Description: "An object that is being deleted is lost, however ready it says it is.",
		Patch: map[string]any{"metadata": map[string]any{"deletionTimestamp": "2026-01-01T00:00:00Z"}}})
	content, err := draft.Cases(states[base].Object, made.Beside, list)
	if err != nil {
		return "", err
	}
	if limit := cases.Limit(); int64(len(content)) > limit.Bytes {
		return "", fmt.Errorf("the cases would have %d bytes, and %s may have %d: give fewer or smaller objects", len(content), limit.What, limit.Bytes)
	}
	return content, nil
}

// anywhere is an endpoint for models whose own does not matter.
const anywhere = "https://models.example.com"

// stateWord begins the name of a case.
func stateWord(event string) string { return strings.ToLower(strings.TrimPrefix(event, "Backend")) }

// madeUp is an object of a type of which none was seen.
func madeUp(c contract.Contract) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	apiVersion := draft.Versions(c)[0]
	if c.Group != "" {
		apiVersion = c.Group + "/" + apiVersion
	}
	object.SetAPIVersion(apiVersion)
	object.SetKind(c.Kind)
	object.SetName("granite")
	if c.Scope == kind.ScopeNamespaced {
		object.SetNamespace("llm")
	}
	object.SetUID("00000000-0000-4000-8000-000000000001")
	object.SetGeneration(1)
	return object
}

// refuseThere says that nothing is overwritten.
func refuseThere(dir, name string) error {
	folder := filepath.Join(dir, name)
	if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already, and nothing is overwritten: choose another --name or --dir", folder)
	}
	return nil
}

// writeKind makes the folder of a kind that is not there yet.
func writeKind(dir string, made draft.Draft, files map[string]string, std ioStreams) error {
	if err := refuseThere(dir, made.Name); err != nil {
		return err
	}
	if err := writeFiles(dir, made.Name, files, std); err != nil {
		return err
	}
	return sayNext(dir, made, std)
}

func writeFiles(dir, name string, files map[string]string, std ioStreams) error {
	folder := filepath.Join(dir, name)
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // source files, for everyone to read
		return fmt.Errorf("making the folder %s: %w", folder, err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(folder, name)
		if err := writeFile(file, []byte(files[name]), 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", file, err)
		}
		fmt.Fprintln(std.out, file)
	}
	return nil
}

func sayNext(dir string, made draft.Draft, std ioStreams) error {
	folder := filepath.Join(dir, made.Name)
	if !made.Ready {
		fmt.Fprintf(std.err, "note: nothing that was given says that it is ready, so nothing is ready by this draft; give an object that serves as well\n")
	}
	_, err := fmt.Fprintf(std.err, `
Next:
  decide what the comments in %s ask, and say in %s where you read it
  maasctl pin %s --crd PATH --upstream PROJECT@VERSION
  maasctl test %s --write-expectations    then read what it wrote, and add cases
`, filepath.Join(folder, "kind.yaml"), filepath.Join(folder, "sources.yaml"), folder, folder)
	return err
}
