package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Asleep says whether the backend is not ready itself, but wakes when it is
// called.
func (s *MaaSModelStatus) Asleep() bool {
	ready := meta.FindStatusCondition(s.Conditions, ConditionBackendReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.Reason == ReasonBackendServable
}
