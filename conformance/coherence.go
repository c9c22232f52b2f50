package conformance

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// contradiction says which condition does not follow from what a case expects:
// phase, endpoint, rule, candidate and reason. It is written apart from the state
// machine, to hold it to account; "" when there is none.
func (v Decision) contradiction() string {
	overridden := v.Decided.Endpoint != nil && *v.Decided.Endpoint == "endpointOverride"
	backend, endpoint := v.Conditions[v1alpha1.ConditionBackendReady], v.Conditions[v1alpha1.ConditionEndpointResolved]
	if !v.is(v1alpha1.ConditionReferenceResolved) {
		return v.unresolved()
	}
	switch {
	case v.is(v1alpha1.ConditionEndpointResolved) != (v.Endpoint != nil):
		return "endpoint " + orNull(v.Endpoint) + ", and EndpointResolved is " + endpoint.Status
	case (v.Endpoint != nil) != (v.Decided.Endpoint != nil):
		return "endpoint " + orNull(v.Endpoint) + " of candidate " + orNull(v.Decided.Endpoint)
	case overridden != (endpoint.Reason == v1alpha1.ReasonEndpointOverridden):
		return "candidate " + orNull(v.Decided.Endpoint) + ", and EndpointResolved says " + endpoint.Reason
	case v.is(v1alpha1.ConditionBackendReady) != slices.Contains([]string{v1alpha1.ReasonBackendReady, v1alpha1.ReasonBackendServable}, backend.Reason):
		return "BackendReady is " + backend.String()
	case backend.Reason == v1alpha1.ReasonBackendFailed && (v.Decided.Health == nil || v.Phase != v1alpha1.PhaseFailed):
		return "BackendReady says BackendFailed of rule " + orNull(v.Decided.Health) + " in phase " + string(v.Phase)
	case backend.Reason == v1alpha1.ReasonGenerationStale && v.Decided.Health != nil:
		return "BackendReady says GenerationStale, and " + *v.Decided.Health + " decided"
	}
	return v.unexplained()
}

// unresolved: nothing is read through a reference that is not resolved.
func (v Decision) unresolved() string {
	for _, conditionType := range []string{v1alpha1.ConditionBackendReady, v1alpha1.ConditionEndpointResolved} {
		if c := v.Conditions[conditionType]; c.Status != string(metav1.ConditionUnknown) {
			return "the reference is not resolved, and " + conditionType + " is " + c.String()
		}
	}
	if v.Endpoint != nil || v.Decided != (Decided{}) {
		return "the reference is not resolved, and endpoint is " + orNull(v.Endpoint) + " of " + orNull(v.Decided.Health) + " and " + orNull(v.Decided.Endpoint)
	}
	return v.unexplained()
}

// unexplained: a model that is not ready gives the reason of something that is
// not as it should be.
func (v Decision) unexplained() string {
	if v.is(v1alpha1.ConditionReady) {
		return ""
	}
	reason := v.reason(v1alpha1.ConditionReady)
	for conditionType, c := range v.Conditions {
		if conditionType != v1alpha1.ConditionReady && c.Reason == reason && c.Status != string(metav1.ConditionTrue) {
			return ""
		}
	}
	return "Ready says " + reason + ", which no other condition does"
}

func (v Decision) is(conditionType string) bool {
	return v.Conditions[conditionType].Status == string(metav1.ConditionTrue)
}
