package vet

import (
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Prune takes out the values, the parameters and the subjects that nothing uses, and then those
// that only these used.
func Prune(spec *v1alpha1.ModelKindSpec) {
	for {
		before := len(spec.Values) + len(spec.Parameters) + len(spec.Subjects)
		used := Walk(spec).Uses()
		maps.DeleteFunc(spec.Values, func(name string, _ v1alpha1.Sources) bool { return !used.Values[name] })
		maps.DeleteFunc(spec.Parameters, func(name string, _ v1alpha1.Parameter) bool { return !used.Values[name] })
		spec.Subjects = slices.DeleteFunc(spec.Subjects, func(s v1alpha1.Subject) bool { return !used.Subjects[s.As] })
		if len(spec.Values)+len(spec.Parameters)+len(spec.Subjects) == before {
			return
		}
	}
}
