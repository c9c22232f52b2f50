package conformance

import (
	"maps"
	"slices"
)

// Features are what the kind-spec makes use of, inferred from it, sorted.
func (f *Folder) Features() []string {
	found := map[string]bool{}
	spec := f.spec()
	for name, feature := range map[string]string{
		"noReferent": "NoReferent", "noFailure": "NoFailure", "noEndpoint": "NoEndpoint", "related": "RelatedObjects",
		"values": "NamedValues", "unhealthyAfter": "OwnDwell", "model": "ModelEnrichment", "aliases": "Aliases",
	} {
		found[feature] = spec[name] != nil
	}
	found["SeveralVersions"] = len(list(spec["referent"], "versions")) > 1
	found["EndpointPreference"] = len(list(spec, "endpoint")) > 1
	found["ProbeWhenAwake"] = text(spec["probe"], "policy") == "WhenAwake"
	found["ProbeNever"] = text(spec["probe"], "policy") == "Never"
	walk(nil, spec, func(at location, value any) {
		if len(at) == 0 || isName(at) {
			return
		}
		name, _ := at[len(at)-1].(string)
		said, _ := value.(string)
		for _, feature := range featuresOf(at, name, said) {
			found[feature] = true
		}
	})
	maps.DeleteFunc(found, func(_ string, uses bool) bool { return !uses })
	return slices.Sorted(maps.Keys(found))
}

// isName says whether the last step is a word of the author and not a field.
func isName(at location) bool {
	return len(at) > 1 && (at[len(at)-2] == "values" || at[len(at)-2] == "matchLabels" || at[len(at)-2] == "headers")
}

// featuresOf a single field of the kind-spec.
func featuresOf(at location, name, said string) []string {
	switch {
	case name == "generation" && said == "PerCondition":
		return []string{"GenerationPerCondition"}
	case name == "generation" && said != "Ignore":
		return []string{"GenerationGate"}
	case name == "scope" && said == "Cluster":
		return []string{"ClusterScope"}
	case name == "crossNamespace" && said == "Allow":
		return []string{"CrossNamespace"}
	case name == "crossNamespace" && said == "Grant":
		return []string{"CrossNamespaceByGrant"}
	case name == "selector":
		return []string{"RelatedBySelector"}
	case name == "is" && said == "Servable":
		return []string{"ServableOnDemand"}
	case name == "template" && at[0] == "endpoint":
		return []string{"EndpointTemplate"}
	case name == "port" && at[0] == "endpoint":
		return []string{"EndpointCompletion"}
	case name == "constant" && at[0] == "endpoint":
		return []string{"EndpointConstant"}
	}
	feature, ok := map[string]string{
		"each": "ListEntries", "key": "MapKeys", "condition": "Conditions", "reasonIn": "ConditionReasons", "atLeast": "NumberBounds",
		"messageMatches": "TextPatterns", "matches": "TextPatterns", "scheme": "EndpointCompletion",
	}[name]
	if !ok {
		return nil
	}
	return []string{feature}
}
