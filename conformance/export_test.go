package conformance

import "github.com/maas-kinds/maas/api/v1alpha1"

// What tests of the package hold to account.
var (
	HostileURLs     = adversarialURLs
	HostileEndpoint = adversarialEndpoint
	Deciding        = deciding
	PatchBetween    = patchBetween
	Described       = described
	MergePatch      = mergePatch
	Contradiction   = Decision.contradiction
)

// MutantNames are those of all mutants of a kind-spec, in order.
func MutantNames(spec *v1alpha1.ModelKindSpec) []string {
	return each(mutantsOf(spec), func(m mutant) string { return m.name })
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

// SameDecision says whether two verdicts differ in nothing that kills a mutant.
func SameDecision(a, b Decision) bool { return a.same(b) }
