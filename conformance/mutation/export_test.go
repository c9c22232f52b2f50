package mutation

import "github.com/maas-kinds/maas/api/v1alpha1"

// Deciding is the part of a kind-spec that mutants are made of.
var Deciding = deciding

// MutantNames are those of all mutants of a kind-spec, in order.
func MutantNames(spec *v1alpha1.ModelKindSpec) []string {
	var names []string
	for _, m := range mutantsOf(spec) {
		names = append(names, m.name)
	}
	return names
}

// MutantCalled is the kind-spec of one mutant; nil when there is none.
func MutantCalled(spec *v1alpha1.ModelKindSpec, name string) *v1alpha1.ModelKindSpec {
	for _, m := range mutantsOf(spec) {
		if m.name == name {
			return m.spec
		}
	}
	return nil
}
