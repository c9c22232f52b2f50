package robustness

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
)

// incoherent says what contradicts what in a decision.
func incoherent(s evaluation.Result) string {
	v := s.Decision()
	ready := v.Phase == v1alpha1.PhaseReady
	switch {
	case ready != isTrue(v, v1alpha1.ConditionReady):
		return "phase " + string(v.Phase) + ", and condition Ready is " + v.Conditions[v1alpha1.ConditionReady].Status
	case ready && v.Endpoint == nil:
		return "phase Ready without an endpoint"
	case ready && !(isTrue(v, v1alpha1.ConditionBackendReady) && isTrue(v, v1alpha1.ConditionEndpointResolved)):
		return "phase Ready, and BackendReady or EndpointResolved is not True"
	case ready && !s.Observation.Generation.Fresh:
		return "phase Ready with a stale status"
	}
	return contradiction(v)
}

// contradiction says which condition does not follow from what a case expects:
// phase, endpoint, rule, candidate and reason. It is written apart from the state
// machine, to hold it to account; "" when there is none.
func contradiction(v evaluation.Decision) string {
	overridden := v.Decided.Endpoint != nil && *v.Decided.Endpoint == "endpointOverride"
	backend, endpoint := v.Conditions[v1alpha1.ConditionBackendReady], v.Conditions[v1alpha1.ConditionEndpointResolved]
	if !isTrue(v, v1alpha1.ConditionReferenceResolved) {
		return unresolved(v)
	}
	switch {
	case isTrue(v, v1alpha1.ConditionEndpointResolved) != (v.Endpoint != nil):
		return "endpoint " + evaluation.OrNull(v.Endpoint) + ", and EndpointResolved is " + endpoint.Status
	case (v.Endpoint != nil) != (v.Decided.Endpoint != nil):
		return "endpoint " + evaluation.OrNull(v.Endpoint) + " of candidate " + evaluation.OrNull(v.Decided.Endpoint)
	case overridden != (endpoint.Reason == v1alpha1.ReasonEndpointOverridden):
		return "candidate " + evaluation.OrNull(v.Decided.Endpoint) + ", and EndpointResolved says " + endpoint.Reason
	case isTrue(v, v1alpha1.ConditionBackendReady) != slices.Contains([]string{v1alpha1.ReasonBackendReady, v1alpha1.ReasonBackendServable}, backend.Reason):
		return "BackendReady is " + backend.String()
	case backend.Reason == v1alpha1.ReasonBackendFailed && (v.Decided.Health == nil || v.Phase != v1alpha1.PhaseFailed):
		return "BackendReady says BackendFailed of rule " + evaluation.OrNull(v.Decided.Health) + " in phase " + string(v.Phase)
	case backend.Reason == v1alpha1.ReasonGenerationStale && v.Decided.Health != nil:
		return "BackendReady says GenerationStale, and " + *v.Decided.Health + " decided"
	}
	return unexplained(v)
}

// unresolved: nothing is read through a reference that is not resolved.
func unresolved(v evaluation.Decision) string {
	for _, conditionType := range []string{v1alpha1.ConditionBackendReady, v1alpha1.ConditionEndpointResolved} {
		if c := v.Conditions[conditionType]; c.Status != string(metav1.ConditionUnknown) {
			return "the reference is not resolved, and " + conditionType + " is " + c.String()
		}
	}
	if v.Endpoint != nil || v.Decided != (evaluation.Decided{}) {
		return "the reference is not resolved, and endpoint is " + evaluation.OrNull(v.Endpoint) + " of " + evaluation.OrNull(v.Decided.Health) + " and " + evaluation.OrNull(v.Decided.Endpoint)
	}
	return unexplained(v)
}

// unexplained: a model that is not ready gives the reason of something that is
// not as it should be.
func unexplained(v evaluation.Decision) string {
	if isTrue(v, v1alpha1.ConditionReady) {
		return ""
	}
	reason := v.Reason(v1alpha1.ConditionReady)
	for conditionType, c := range v.Conditions {
		if conditionType != v1alpha1.ConditionReady && c.Reason == reason && c.Status != string(metav1.ConditionTrue) {
			return ""
		}
	}
	return "Ready says " + reason + ", which no other condition does"
}

func isTrue(v evaluation.Decision, conditionType string) bool {
	return v.Conditions[conditionType].Status == string(metav1.ConditionTrue)
}
