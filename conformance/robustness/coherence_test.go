package robustness_test

import (
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/robustness"
)

// Each change makes a verdict say two things at once, but for the first one.
func TestContradictions(t *testing.T) {
	condition := func(conditionType, status, reason string) func(*evaluation.Decision) {
		return func(v *evaluation.Decision) {
			v.Conditions[conditionType] = evaluation.Condition{Status: status, Reason: reason}
		}
	}
	for name, change := range map[string]func(*evaluation.Decision){
		"":                                 func(*evaluation.Decision) {},
		"an endpoint that is not resolved": condition(v1alpha1.ConditionEndpointResolved, "False", v1alpha1.ReasonEndpointMissing),
		"an endpoint of no candidate":      func(v *evaluation.Decision) { v.Decided.Endpoint = nil },
		"a candidate and an override":      condition(v1alpha1.ConditionEndpointResolved, "True", v1alpha1.ReasonEndpointOverridden),
		"a backend that is ready and progressing": condition(v1alpha1.ConditionBackendReady, "True", v1alpha1.ReasonBackendProgressing),
		"a failure and another phase":             condition(v1alpha1.ConditionBackendReady, "False", v1alpha1.ReasonBackendFailed),
		"a rule of a stale status":                condition(v1alpha1.ConditionBackendReady, "False", v1alpha1.ReasonGenerationStale),
		"a reason that nothing gives":             condition(v1alpha1.ConditionReady, "False", v1alpha1.ReasonEndpointMissing),
		"an endpoint of nothing":                  condition(v1alpha1.ConditionReferenceResolved, "False", v1alpha1.ReasonReferentNotFound),
	} {
		t.Run(name, func(t *testing.T) {
			endpoint, rule, candidate := "https://models.example.com", "ready", "url"
			v := evaluation.Decision{
				Phase: v1alpha1.PhaseReady, Endpoint: &endpoint, Decided: evaluation.Decided{Health: &rule, Endpoint: &candidate},
				Conditions: map[string]evaluation.Condition{
					v1alpha1.ConditionReferenceResolved: {Status: "True", Reason: v1alpha1.ReasonResolved},
					v1alpha1.ConditionBackendReady:      {Status: "True", Reason: v1alpha1.ReasonBackendReady},
					v1alpha1.ConditionEndpointResolved:  {Status: "True", Reason: v1alpha1.ReasonResolved},
					v1alpha1.ConditionReady:             {Status: "True", Reason: v1alpha1.ReasonReady},
				},
			}
			change(&v)
			if found := robustness.Contradiction(v); (found != "") != (name != "") {
				t.Errorf("found %q", found)
			}
		})
	}
}
