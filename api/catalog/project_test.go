package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Of the conditions the catalog keeps whether the backend sleeps, and of a model that
// is not ready why; nothing else.
func TestProjectKeepsWhoSleeps(t *testing.T) {
	ready := metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonReady}
	backend := func(status metav1.ConditionStatus, reason string) metav1.Condition {
		return metav1.Condition{Type: v1alpha1.ConditionBackendReady, Status: status, Reason: reason, Message: "a long text"}
	}
	for name, tc := range map[string]struct {
		conditions []metav1.Condition
		asleep     bool
	}{
		"none":                      {nil, false},
		"asleep":                    {[]metav1.Condition{backend(metav1.ConditionTrue, v1alpha1.ReasonBackendServable), ready}, true},
		"awake":                     {[]metav1.Condition{backend(metav1.ConditionTrue, v1alpha1.ReasonBackendReady), ready}, false},
		"stale":                     {[]metav1.Condition{backend(metav1.ConditionFalse, v1alpha1.ReasonGenerationStale)}, false},
		"the reason without a True": {[]metav1.Condition{backend(metav1.ConditionFalse, v1alpha1.ReasonBackendServable)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			kept, err := project(&v1alpha1.MaaSModel{Status: v1alpha1.MaaSModelStatus{Conditions: tc.conditions}})
			if err != nil {
				t.Fatal(err)
			}
			var want v1alpha1.MaaSModel
			if tc.asleep {
				want.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionBackendReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonBackendServable}}
			}
			if diff := cmp.Diff(&want, kept); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
		})
	}
}
