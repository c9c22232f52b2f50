package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/draft"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/phase"
)

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
	names := caseNames(states, events)
	for i, state := range states {
		if state.Object.Object["status"] == nil {
			continue
		}
		list = append(list, draft.Case{Name: names[i], Patch: draft.Change(states[base].Object, state.Object),
			Description: "As it was seen in " + state.Name + ". " + folder.Undescribed})
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

// caseNames call each state by its event and, where several have one, by what the state is
// called as well.
func caseNames(states []draft.State, events []string) []string {
	sharing, names := map[string]int{}, make([]string, len(states))
	for _, event := range events {
		sharing[event]++
	}
	for i, event := range events {
		if names[i] = event; sharing[event] > 1 {
			names[i] = event + "_" + inCamelCase(strings.TrimSuffix(states[i].Name, filepath.Ext(states[i].Name)))
		}
		if names[i] == event+"_" || slices.Contains(names[:i], names[i]) {
			names[i] = fmt.Sprintf("%s_state%d", event, i+1)
		}
	}
	return names
}

// inCamelCase makes onItsWay of on-its-way.
func inCamelCase(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !letterOrDigit(r) })
	for i, word := range words {
		if i > 0 {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}

func letterOrDigit(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
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
