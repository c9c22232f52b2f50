package live

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	status := func(replicas int64) v1alpha1.MaaSModelStatus {
		return v1alpha1.MaaSModelStatus{
			Phase: v1alpha1.PhaseReady, Model: &v1alpha1.ModelInfo{Type: "chat", Replicas: &replicas},
			Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: "Ready"}},
		}
	}
	for name, test := range map[string]struct {
		want, got v1alpha1.MaaSModelStatus
		says      string
	}{
		"equal values are at different places": {status(2), status(2), ""},
		"another count":                        {status(2), status(3), `  model: expected {"type":"chat","replicas":2}, found {"type":"chat","replicas":3}`},
		"nothing is known of the model":        {status(2), v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Conditions: status(2).Conditions}, `  model: expected {"type":"chat","replicas":2}, found none`},
		"nobody has looked":                    {status(2), v1alpha1.MaaSModelStatus{}, "  it is empty: the controller does not resolve the model, or may not write its status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.says, differences(test.want, test.got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
