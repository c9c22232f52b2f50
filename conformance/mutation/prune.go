package mutation

import (
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// deciding is the kind-spec without what only explains or enriches, which no
// case can notice a change in. Every rule and candidate has its name written, so
// that a mutant's are called the same.
func deciding(spec *v1alpha1.ModelKindSpec) *v1alpha1.ModelKindSpec {
	rules, candidates := kind.RuleNames(spec), kind.CandidateNames(spec)
	spec = spec.DeepCopy()
	spec.Model = nil
	for i := range spec.Health {
		spec.Health[i].Name, spec.Health[i].Because = rules[i], nil
	}
	for i := range spec.Endpoint {
		spec.Endpoint[i].Name = candidates[i]
		if u := spec.Endpoint[i].URL; u != nil {
			// A scheme is what it is in any case.
			for j := range u.Scheme {
				u.Scheme[j].Lower = false
			}
		}
	}
	prune(spec)
	return spec
}

// prune takes out the values, the parameters and the subjects that nothing uses, and then those
// that only these used.
func prune(spec *v1alpha1.ModelKindSpec) {
	for {
		before := len(spec.Values) + len(spec.Parameters) + len(spec.Subjects)
		used := vet.Walk(spec).Uses()
		maps.DeleteFunc(spec.Values, func(name string, _ v1alpha1.Sources) bool { return !used.Values[name] })
		maps.DeleteFunc(spec.Parameters, func(name string, _ v1alpha1.Parameter) bool { return !used.Values[name] })
		spec.Subjects = slices.DeleteFunc(spec.Subjects, func(s v1alpha1.Subject) bool { return !used.Subjects[s.As] })
		if len(spec.Values)+len(spec.Parameters)+len(spec.Subjects) == before {
			return
		}
	}
}
