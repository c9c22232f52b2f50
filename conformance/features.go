package conformance

import (
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Features are what the kind-spec makes use of, inferred from it, sorted.
func (f *Folder) Features() []string {
	if f.Spec == nil {
		return nil
	}
	spec, found := f.Spec, map[string]bool{}
	note := func(feature string, uses bool) { found[feature] = found[feature] || uses }
	note("NoReferent", spec.NoReferent != "")
	note("NoFailure", spec.NoFailure != "")
	note("NoEndpoint", spec.NoEndpoint != "")
	note("NamedValues", spec.Values != nil)
	note("OwnDwell", spec.UnhealthyAfter != "")
	note("ModelEnrichment", spec.Model != nil)
	note("Aliases", spec.Aliases != nil)
	note("EndpointPreference", len(spec.Endpoint) > 1)
	if spec.Probe != nil {
		note("ProbeWhenAwake", spec.Probe.Policy == "WhenAwake")
		note("ProbeNever", spec.Probe.Policy == "Never")
	}
	if spec.Referent != nil {
		note("SeveralVersions", len(spec.Referent.Versions) > 1)
		note("CrossNamespaceByGrant", spec.Referent.CrossNamespace == v1alpha1.CrossNamespaceGrant)
		note("CrossNamespaceDenied", spec.Referent.CrossNamespace == v1alpha1.CrossNamespaceDeny)
	}
	for _, t := range typesOf(spec) {
		note("ClusterScope", t.Scope == v1alpha1.ScopeCluster)
	}
	for _, generation := range generations(spec) {
		note("GenerationPerCondition", generation == "PerCondition")
	}
	note("GenerationGate", lags(spec))
	for _, s := range spec.Subjects {
		note("RelatedObjects", s.Object != nil)
		note("RelatedByLabels", s.Object != nil && s.Object.Labels != nil)
		note("ListEntries", s.Object == nil)
		note("EntryPreference", s.Prefer != nil)
	}
	for _, rule := range spec.Health {
		note("ServableOnDemand", rule.Is == v1alpha1.VerdictServable)
		note("Delegation", rule.Kind != "")
	}
	for _, c := range spec.Endpoint {
		note("EndpointTemplate", c.Template != "")
		note("EndpointCompletion", c.Scheme != "" || c.Port != 0)
		note("EndpointConstant", c.Constant != nil)
		note("EndpointParts", c.URL != nil)
		note("Delegation", c.Kind != "")
	}
	walkSpec(spec, func(p *v1alpha1.Predicate) {
		note("Conditions", p.Condition != "")
		note("ConditionReasons", p.ReasonIn != nil)
		note("NumberBounds", p.AtLeast != nil)
		note("TextPatterns", p.MessageMatches != "" || p.Matches != "")
		note("Joins", p.Agrees != nil)
		note("HostnameIntersection", p.Intersects != nil)
	}, func(s *v1alpha1.Source) {
		note("Conditions", s.Condition != "")
		note("MapKeys", s.Key)
		note("TextPatterns", s.Capture != "")
		note("HostnameIntersection", s.Intersects != nil)
	})
	maps.DeleteFunc(found, func(_ string, uses bool) bool { return !uses })
	return slices.Sorted(maps.Keys(found))
}
