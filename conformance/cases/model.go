package cases

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// modelDifferences are between what the case says of the model and what is known;
// none where it says nothing.
func (c Case) modelDifferences(known *v1alpha1.ModelInfo) []evaluation.Difference {
	if c.Model == nil {
		return nil
	}
	want, got := factsOf(c.Model), factsOf(known)
	var all []evaluation.Difference
	for _, field := range modelFields() {
		if w, g := factText(want[field]), factText(got[field]); w != g {
			all = append(all, evaluation.Difference{Field: "model." + field, Want: w, Got: g})
		}
	}
	return all
}

// factsOf a model are by the names of their fields, as in its status.
func factsOf(info *v1alpha1.ModelInfo) map[string]any {
	facts := map[string]any{}
	// A struct of texts, numbers and lists of texts is always JSON.
	content, _ := json.Marshal(info)
	_ = json.Unmarshal(content, &facts)
	return facts
}

// modelFields are all that may be known of a model.
func modelFields() []string {
	fields := []string{"details"}
	for _, fact := range v1alpha1.Facts() {
		fields = append(fields, fact.Name)
	}
	slices.Sort(fields)
	return fields
}

// factText is a fact in YAML on one line.
func factText(fact any) string {
	switch fact := fact.(type) {
	case nil:
		return "null"
	case string:
		return yamlText(&fact)
	case []any:
		var all []string
		for _, entry := range fact {
			all = append(all, factText(entry))
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	return syntax.Canonical(fact)
}

// modelText is what a case says of the model, on one line.
func modelText(info *v1alpha1.ModelInfo) string {
	facts := factsOf(info)
	var all []string
	for _, field := range modelFields() {
		if fact, known := facts[field]; known {
			all = append(all, field+": "+factText(fact))
		}
	}
	return "{" + strings.Join(all, ", ") + "}"
}

// Filled are the fields that the kind-spec has sources for, sorted.
func Filled(spec *v1alpha1.ModelKindSpec) []string {
	return slices.Sorted(maps.Keys(spec.Model))
}

// modelDemands ask for each field that the kind-spec fills in what a case says of
// the model.
func modelDemands(f *Folder) []demand {
	var all []demand
	for _, field := range Filled(f.Spec) {
		all = append(all, demand{"model." + field,
			"write what is known of the model, as model: {" + field + ": …}, in one in which it is known; maasctl test --write-expectations does",
			func(c Case, _ evaluation.Decision) bool { return factsOf(c.Model)[field] != nil }})
	}
	return all
}

// unsaid are the cases, by index, that show a field of the model which no case says,
// and say nothing of the model themselves; of several a Ready one.
func unsaid(f *Folder, decided []evaluation.Decision) map[int]bool {
	said := map[string]bool{}
	say := func(info *v1alpha1.ModelInfo) {
		for field := range factsOf(info) {
			said[field] = true
		}
	}
	for _, c := range f.Cases {
		say(c.Model)
	}
	cases := map[int]bool{}
	for _, ready := range []bool{true, false} {
		for i, c := range f.Cases {
			if c.Model != nil || ready != (decided[i].Phase == v1alpha1.PhaseReady) {
				continue
			}
			known := factsOf(decided[i].Model)
			if slices.ContainsFunc(Filled(f.Spec), func(field string) bool { return !said[field] && known[field] != nil }) {
				cases[i] = true
				say(decided[i].Model)
			}
		}
	}
	return cases
}
