package modelkind

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/registry"
)

// Which ControllerRevision is the last good revision of a ModelKind.
func TestLastGood(t *testing.T) {
	t.Parallel()
	const spec = `{"description":"<d>","names":["a"]}`
	sum, err := digest([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		change func(*Resource, *appsv1.ControllerRevision)
		want   string
	}{
		"what was in force": {func(*Resource, *appsv1.ControllerRevision) {}, ""},
		"the same spec, written anew": {func(_ *Resource, r *appsv1.ControllerRevision) {
			r.Data.Raw = []byte(`{"spec": {"names": ["a"], "description": "\u003cd>"}}`)
		}, ""},
		"another spec, as by somebody who may write here": {func(_ *Resource, r *appsv1.ControllerRevision) {
			r.Data.Raw = []byte(`{"spec": {"names": ["b"], "description": "<d>"}}`)
		}, "it has another spec than the one that was in force"},
		"another type of value": {func(_ *Resource, r *appsv1.ControllerRevision) { r.Data.Raw = []byte(`{"spec": {"names": "a"}}`) },
			"it has another spec than the one that was in force"},
		"of another ModelKind": {func(_ *Resource, r *appsv1.ControllerRevision) { r.OwnerReferences[0].Name = "gadget" },
			"it is not of this ModelKind"},
		"of a StatefulSet": {func(_ *Resource, r *appsv1.ControllerRevision) { r.OwnerReferences[0].Kind = "StatefulSet" },
			"it is not of this ModelKind"},
		"of nobody": {func(_ *Resource, r *appsv1.ControllerRevision) { r.OwnerReferences = nil }, "it is not of this ModelKind"},
		"the ModelKind was deleted and made again": {func(m *Resource, _ *appsv1.ControllerRevision) { m.UID = "second" },
			"it is of an earlier ModelKind of this name"},
		"of a generation that the ModelKind never had": {func(m *Resource, _ *appsv1.ControllerRevision) { m.Status.LastGood.Generation = 6 },
			"it is of generation 6, and the ModelKind of 5"},
		"the status names none": {func(m *Resource, _ *appsv1.ControllerRevision) { m.Status.LastGood = nil }, "the status names none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource := &Resource{ObjectMeta: metav1.ObjectMeta{Name: "widget", UID: "first", Generation: 5}, Spec: []byte(`{}`)}
			resource.Status.LastGood = &v1alpha1.LastGoodRevision{Generation: 3, Digest: sum}
			found, err := revisionOf(resource, &registry.Stored{UID: "first", Generation: 3, Spec: []byte(spec)}, types.NamespacedName{Namespace: "n", Name: "r"})
			if err != nil {
				t.Fatal(err)
			}
			tc.change(resource, found)
			got, err := lastGood(resource, found)
			if message := messageOf(err); message != tc.want {
				t.Fatalf("refused because %q, want %q", message, tc.want)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(metav1.ObjectMeta{Name: "widget", UID: "first", Generation: 3}, got.ObjectMeta); diff != "" {
				t.Errorf("metadata (-want +got):\n%s", diff)
			}
		})
	}
}

// What is no JSON is no spec, and the error says so.
func TestLastGoodUnreadable(t *testing.T) {
	t.Parallel()
	resource := &Resource{ObjectMeta: metav1.ObjectMeta{Name: "widget", UID: "first", Generation: 5}}
	resource.Status.LastGood = &v1alpha1.LastGoodRevision{Generation: 3, Digest: "sha256:0"}
	found, err := revisionOf(resource, &registry.Stored{Generation: 3, Spec: []byte(`{}`)}, types.NamespacedName{})
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{"nothing": "", "an object without a spec": "{}", "half of one": `{"spec":{`} {
		found.Data = runtime.RawExtension{Raw: []byte(raw)}
		if got, err := lastGood(resource, found); err == nil {
			t.Errorf("%s was taken: %+v", name, got)
		}
	}
}

func messageOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
