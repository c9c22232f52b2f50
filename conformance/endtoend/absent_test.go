package endtoend_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// playAbsent has a model of every kind whose backend is not there, and one of a kind
// that is misspelt. The controller's role is enough for what it says of them, the
// Event included: else it would write that something is forbidden, see install.Start.
func (w *world) playAbsent(t *testing.T) {
	namespace := w.env.Namespace(t)
	create := func(kind string, want stands) *v1alpha1.MaaSModel {
		name := "absent-" + strings.ToLower(kind)
		model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
			Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: kind, Name: "no-" + name}}}
		if err := w.env.Client.Create(t.Context(), model); err != nil {
			t.Fatal(err)
		}
		w.awaitStanding(t, model, want)
		return model
	}
	var names []string
	for _, folder := range w.folders {
		names = append(names, folder.Kind.Name())
		want := stands{v1alpha1.PhasePending, "", v1alpha1.ReasonReferentNotFound}
		if folder.Kind.NoReferent() != "" {
			want = stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonNoEndpoint}
		}
		create(folder.Kind.Name(), want)
	}
	misspelt := create("LLMInferenceServices", stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown})
	slices.Sort(names)
	want := []string{`Warning KindUnknown Resolve: Pending → Failed: no kind-spec is named "LLMInferenceServices", did you mean "LLMInferenceService"? There are ` + strings.Join(names, ", ")}
	testenv.Eventually(t, patience, func() error {
		list := &eventsv1.EventList{}
		if err := w.env.Client.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
			return err
		}
		var got []string
		for _, e := range list.Items {
			if e.Regarding.UID == misspelt.UID {
				got = append(got, fmt.Sprintf("%s %s %s: %s", e.Type, e.Reason, e.Action, e.Note))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("events of %s (-want +got):\n%s", misspelt.Name, diff)
		}
		return nil
	})
}
