package mutation

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Changed are the objects that one is changed to, to find what a mutant does.
func Changed(spec *v1alpha1.ModelKindSpec, object map[string]any) []map[string]any {
	p := newPool(spec)
	p.add(&unstructured.Unstructured{Object: object})
	var all []map[string]any
	for e := range p.edits(object) {
		all = append(all, e.apply(object))
	}
	return all
}

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
