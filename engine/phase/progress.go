package phase

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// progress gives the condition that kstatus reads before Ready, which cannot tell a
// model that is on its way from one that somebody has to act on: kstatus takes
// Reconciling for InProgress and Stalled for Failed. Ready models have neither,
// as kstatus wants it of conditions that are there only while something is not
// as it should be. That includes a model that a dwell keeps Ready: it is served.
func progress(to v1alpha1.Phase, ready metav1.Condition) []metav1.Condition {
	switch to {
	case v1alpha1.PhaseReady:
		return nil
	case v1alpha1.PhaseFailed:
		return []metav1.Condition{condition(v1alpha1.ConditionStalled, metav1.ConditionTrue, ready.Reason, ready.Message)}
	default:
		return []metav1.Condition{condition(v1alpha1.ConditionReconciling, metav1.ConditionTrue, ready.Reason, ready.Message)}
	}
}

// transient says whether a condition is ours and is left out while it is not
// True: a stored one that was not decided again is over, and not somebody else's.
func transient(conditionType string) bool {
	switch conditionType {
	case v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled, v1alpha1.ConditionUnlisted, v1alpha1.ConditionRetiring:
		return true
	}
	return false
}
