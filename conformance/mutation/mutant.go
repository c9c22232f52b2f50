package mutation

import (
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// mutant is a kind-spec with one thing changed that some case has to notice.
type mutant struct {
	// name says what was changed, and is what a waiver names. Rules, candidates,
	// subjects and values are in it by name, so that a new one renames no mutant.
	name string
	spec *v1alpha1.ModelKindSpec
	// about is the part of the kind-spec that was changed, as JSON.
	about string
}

// mutation makes mutants. It changes its own copy of the kind-spec, copies that,
// and takes the change back.
type mutation struct {
	spec *v1alpha1.ModelKindSpec
	// values and facts are those of the kind-spec, where they can be changed.
	values  map[string]*v1alpha1.Sources
	facts   map[string]*v1alpha1.Sources
	mutants []mutant
	// about is the part that is being changed.
	about any
	// made are the kind-specs so far, as JSON, the unchanged one included.
	made map[string]bool
}

// newMutation changes the spec itself.
func newMutation(spec *v1alpha1.ModelKindSpec) *mutation {
	m := &mutation{spec: spec, values: changeable(spec.Values), facts: changeable(spec.Model), made: map[string]bool{}}
	m.isNew(spec)
	return m
}

func changeable(written map[string]v1alpha1.Sources) map[string]*v1alpha1.Sources {
	all := map[string]*v1alpha1.Sources{}
	for name, sources := range written {
		all[name] = &sources
	}
	return all
}

// mutantsOf are the mutants of a kind-spec, in the order of its fields.
func mutantsOf(spec *v1alpha1.ModelKindSpec) []mutant {
	m := newMutation(deciding(spec))
	if m.spec.Generation != "" {
		change(m, "drop generation", &m.spec.Generation, "")
	}
	for i := range m.spec.Subjects {
		m.subject(&m.spec.Subjects[i])
	}
	m.parameters()
	for _, name := range slices.Sorted(maps.Keys(m.values)) {
		m.sources("values."+name, m.values[name], required)
	}
	m.health()
	m.endpoint()
	return m.mutants
}

// change adds the mutant in which a field has another value.
func change[T any](m *mutation, name string, field *T, value T) {
	before := *field
	*field = value
	for name, sources := range m.values {
		m.spec.Values[name] = *sources
	}
	for name, sources := range m.facts {
		if delete(m.spec.Model, name); *sources != nil {
			m.spec.Model[name] = *sources
		}
	}
	changed := m.spec.DeepCopy()
	*field = before
	if m.isNew(changed) {
		m.mutants = append(m.mutants, mutant{name, changed, syntax.Canonical(m.about)})
	}
}

// isNew says whether no mutant is the same, nor the kind-spec itself.
func (m *mutation) isNew(spec *v1alpha1.ModelKindSpec) bool {
	text := syntax.Canonical(spec)
	isNew := !m.made[text]
	m.made[text] = true
	return isNew
}

// Whether a list may be left out altogether.
const (
	required = false
	optional = true
)

// drop takes out an entry of a list, unless it is the only one and required.
func drop[S ~[]E, E any](m *mutation, at string, list *S, i int, may bool) {
	switch {
	case len(*list) > 1:
		change(m, "drop "+at, list, slices.Delete(slices.Clone(*list), i, i+1))
	case may:
		change(m, "drop "+at, list, nil)
	}
}

// swap exchanges an entry of a list with the next.
func swap[S ~[]E, E any](m *mutation, at, next string, list *S, i int) {
	swapped := slices.Clone(*list)
	swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
	change(m, "swap "+at+" and "+next, list, swapped)
}
