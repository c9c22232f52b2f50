package mutation

import (
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
	vet.Prune(spec)
	return spec
}
