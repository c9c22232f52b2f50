package engine_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine"
)

// What the controller keeps of a MaaSModel does not depend on what else its owner
// has written into it.
func TestKeptOfAModel(t *testing.T) {
	now := metav1.NewTime(time.Unix(1800000000, 0))
	status := v1alpha1.MaaSModelStatus{ID: "m", Phase: v1alpha1.PhaseReady, Endpoint: "http://m.a.svc"}
	spec := v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Widget", Name: "m"}}
	kept := metav1.ObjectMeta{
		Namespace: "a", Name: "m", UID: "u", ResourceVersion: "7", Generation: 3, CreationTimestamp: now, DeletionTimestamp: &now,
		Finalizers:  []string{"example.com/backup"},
		Annotations: map[string]string{v1alpha1.AnnotationAliases: "a, b"},
	}
	many := func(n int) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = "example.com/" + strconv.Itoa(i)
		}
		return all
	}
	for name, test := range map[string]struct {
		change func(m *metav1.ObjectMeta)
		want   func(m *metav1.ObjectMeta)
	}{
		"what decides": {change: func(*metav1.ObjectMeta) {}},
		"labels, owners and managers": {change: func(m *metav1.ObjectMeta) {
			m.Labels = map[string]string{"team": strings.Repeat("x", 63)}
			m.OwnerReferences = make([]metav1.OwnerReference, 1000)
			m.ManagedFields = make([]metav1.ManagedFieldsEntry, 1000)
		}},
		"annotations of others": {change: func(m *metav1.ObjectMeta) { m.Annotations["example.com/x"] = strings.Repeat("x", 250<<10) }},
		"an annotation that is longer than what is read of it": {
			change: func(m *metav1.ObjectMeta) {
				m.Annotations[v1alpha1.AnnotationDescription] = strings.Repeat("x", 250<<10)
			},
			want: func(m *metav1.ObjectMeta) {
				m.Annotations[v1alpha1.AnnotationDescription] = strings.Repeat("x", 5<<10)
			},
		},
		"no annotation that is read": {
			change: func(m *metav1.ObjectMeta) { m.Annotations = map[string]string{"example.com/x": "x"} },
			want:   func(m *metav1.ObjectMeta) { m.Annotations = nil },
		},
		"thousands of finalizers": {
			change: func(m *metav1.ObjectMeta) { m.Finalizers = many(5000) },
			want:   func(m *metav1.ObjectMeta) { m.Finalizers = many(8) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			model := &v1alpha1.MaaSModel{ObjectMeta: *kept.DeepCopy(), Spec: spec, Status: status}
			test.change(&model.ObjectMeta)
			want := &v1alpha1.MaaSModel{ObjectMeta: *kept.DeepCopy(), Spec: spec, Status: status}
			if test.want != nil {
				test.want(&want.ObjectMeta)
			}
			got, err := engine.CacheOptions().DefaultTransform(model)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if whole, _ := json.Marshal(got); len(whole) > 32<<10 {
				t.Errorf("%d bytes are kept", len(whole))
			}
		})
	}
}
