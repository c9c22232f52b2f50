package cases

import (
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// Features are what the kind-spec makes use of, inferred from it, sorted.
func (f *Folder) Features() []string {
	if f.Spec == nil {
		return nil
	}
	found := features{}
	found.ofKind(f.Spec)
	found.ofObjects(f.Spec)
	found.ofDecisions(f.Spec)
	maps.DeleteFunc(found, func(_ string, uses bool) bool { return !uses })
	return slices.Sorted(maps.Keys(found))
}

type features map[string]bool

func (f features) note(feature string, uses bool) { f[feature] = f[feature] || uses }

func (f features) ofKind(spec *v1alpha1.ModelKindSpec) {
	f.note("NoReferent", spec.NoReferent != "")
	f.note("NoFailure", spec.NoFailure != "")
	f.note("NoEndpoint", spec.NoEndpoint != "")
	f.note("NamedValues", spec.Values != nil)
	f.note("Parameters", spec.Parameters != nil)
	f.note("OwnDwell", spec.UnhealthyAfter != "")
	f.note("ModelEnrichment", spec.Model != nil)
	f.note("Aliases", spec.Aliases != nil)
	f.note("EndpointPreference", len(spec.Endpoint) > 1)
	if spec.Probe != nil {
		f.note("ProbeWhenAwake", spec.Probe.Policy == "WhenAwake")
		f.note("ProbeNever", spec.Probe.Policy == "Never")
	}
}

func (f features) ofObjects(spec *v1alpha1.ModelKindSpec) {
	if spec.Referent != nil {
		f.note("SeveralVersions", len(spec.Referent.Versions) > 1)
		f.note("AlternativeTypes", spec.Referent.Alternatives != nil)
		f.note("CrossNamespaceByGrant", spec.Referent.CrossNamespace == v1alpha1.CrossNamespaceGrant)
		f.note("CrossNamespaceDenied", spec.Referent.CrossNamespace == v1alpha1.CrossNamespaceDeny)
	}
	for _, t := range ObjectTypes(spec) {
		f.note("ClusterScope", t.Scope == v1alpha1.ScopeCluster)
	}
	f.note("GenerationPerCondition", slices.Contains(generations(spec), v1alpha1.GenerationPerCondition))
	f.note("GenerationGate", Lags(spec))
	for _, s := range spec.Subjects {
		f.note("RelatedObjects", s.Object != nil)
		f.note("RelatedByFields", s.Object != nil && s.Object.Fields != nil)
		f.note("RelatedByLabels", s.Object != nil && s.Object.Labels != nil)
		f.note("ListEntries", s.Object == nil)
		f.note("EntryPreference", s.Prefer != nil)
	}
}

func (f features) ofDecisions(spec *v1alpha1.ModelKindSpec) {
	for _, rule := range spec.Health {
		f.note("ServableOnDemand", rule.Is == v1alpha1.VerdictServable)
		f.note("Delegation", rule.Kind != "")
	}
	for _, c := range spec.Endpoint {
		f.note("EndpointTemplate", c.Template != "")
		f.note("EndpointCompletion", c.Scheme != "" || c.Port != 0)
		f.note("EndpointConstant", c.Constant != nil)
		f.note("EndpointParts", c.URL != nil)
		f.note("Delegation", c.Kind != "")
	}
	tree := vet.Walk(spec)
	for _, p := range tree.Predicates {
		f.note("Conditions", p.Condition != "")
		f.note("ConditionReasons", p.ReasonIn != nil)
		f.note("NumberBounds", p.AtLeast != nil)
		f.note("TextPatterns", p.MessageMatches != "" || p.Matches != "")
		f.note("Joins", p.Agrees != nil)
		f.note("HostnameIntersection", p.Intersects != nil)
	}
	for _, s := range tree.Sources {
		f.note("Conditions", s.Condition != "")
		f.note("MapKeys", s.Key)
		f.note("TextPatterns", s.Capture != "")
		f.note("HostnameIntersection", s.Intersects != nil)
	}
}
