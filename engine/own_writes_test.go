package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Which changes wake a model whose status was written.
func TestOwnWrites(t *testing.T) {
	t.Parallel()
	key := types.NamespacedName{Namespace: "llm", Name: "granite"}
	model := func(phase v1alpha1.Phase, change func(*v1alpha1.MaaSModel)) *v1alpha1.MaaSModel {
		m := &v1alpha1.MaaSModel{}
		m.Namespace, m.Name, m.Generation, m.Status.Phase = key.Namespace, key.Name, 1, phase
		if change != nil {
			change(m)
		}
		return m
	}
	for name, test := range map[string]struct {
		written v1alpha1.Phase
		// looked: the model was looked at between the write and its arrival.
		looked bool
		comes  []*v1alpha1.MaaSModel
		want   []bool
	}{
		"nobody has written":                     {"", false, []*v1alpha1.MaaSModel{model("Ready", nil)}, []bool{true}},
		"what was written":                       {"Ready", false, []*v1alpha1.MaaSModel{model("Ready", nil)}, []bool{false}},
		"it comes once":                          {"Ready", false, []*v1alpha1.MaaSModel{model("Ready", nil), model("Failed", nil), model("Ready", nil)}, []bool{false, true, true}},
		"another status":                         {"Ready", false, []*v1alpha1.MaaSModel{model("Failed", nil)}, []bool{true}},
		"looked at meanwhile, by the one before": {"Unhealthy", true, []*v1alpha1.MaaSModel{model("Unhealthy", nil)}, []bool{true}},
		"with an edit of the spec":               {"Ready", false, []*v1alpha1.MaaSModel{model("Ready", func(m *v1alpha1.MaaSModel) { m.Generation = 2 })}, []bool{true}},
		"with an annotation":                     {"Ready", false, []*v1alpha1.MaaSModel{model("Ready", func(m *v1alpha1.MaaSModel) { m.Annotations = map[string]string{"a": "b"} })}, []bool{true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, before := newOwnWrites(), model("Pending", nil)
			if test.written != "" {
				o.expect(key, v1alpha1.MaaSModelStatus{Phase: test.written})
			}
			if test.looked {
				o.forget(key)
			}
			var got []bool
			for _, after := range test.comes {
				got = append(got, o.others().Update(event.TypedUpdateEvent[*v1alpha1.MaaSModel]{ObjectOld: before, ObjectNew: after}))
				before = after
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("wakes (-want +got):\n%s", diff)
			}
		})
	}
}
