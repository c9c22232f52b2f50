package engine_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	gocmp "github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

func condition(model *v1alpha1.MaaSModel, name string) metav1.Condition {
	if found := meta.FindStatusCondition(model.Status.Conditions, name); found != nil {
		return *found
	}
	return metav1.Condition{}
}

func lower(s string) string { return strings.ToLower(s) }

// expectEvents waits until the events of a model are exactly these, in order.
func expectEvents(t testing.TB, env *testenv.Env, model *v1alpha1.MaaSModel, want []string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		list := &eventsv1.EventList{}
		if err := env.Client.List(t.Context(), list, client.InNamespace(model.Namespace)); err != nil {
			return err
		}
		slices.SortFunc(list.Items, func(a, b eventsv1.Event) int {
			return cmp.Or(a.EventTime.Compare(b.EventTime.Time), cmp.Compare(a.ResourceVersion, b.ResourceVersion))
		})
		var got []string
		for _, event := range list.Items {
			if event.Regarding.UID == model.UID {
				got = append(got, fmt.Sprintf("%s %s %s: %s", event.Type, event.Reason, event.Action, event.Note))
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			return fmt.Errorf("events (-want +got):\n%s", diff)
		}
		return nil
	})
}

// Transitions are told of, once each, and nothing else is.
func TestEventsAndMetricsTellTransitions(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	c := run(t, env, w.kinds)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonReferentNotFound})
	widget := w.apply(t, namespace, "granite", ready)
	expect(t, env, model, standsReady)
	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "http://granite.example.org"})
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://granite.example.org", v1alpha1.ReasonReady})
	w.delete(t, widget)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonReferentNotFound})

	expectEvents(t, env, model, []string{
		"Normal Ready Resolve: Pending → Ready: The backend is ready and its endpoint is published.",
		"Warning ReferentNotFound Resolve: Ready → Unhealthy: Widget." + w.group + " " + namespace + "/granite does not exist: create it, or correct spec.modelRef",
	})
	series := map[string]string{"namespace": namespace, "name": "granite", "kind": "Widget"}
	for phase, want := range map[string]float64{"Pending": 0, "Ready": 0, "Unhealthy": 1, "Failed": 0} {
		series["phase"] = phase
		testenv.Eventually(t, patience, func() error { return expectMetric(t, c, "maas_model_phase", series, want) })
	}
	for _, transition := range []map[string]string{
		{"kind": "Widget", "from": "Pending", "to": "Ready", "reason": "Ready"},
		{"kind": "Widget", "from": "Ready", "to": "Unhealthy", "reason": "ReferentNotFound"},
	} {
		if err := expectMetric(t, c, "maas_transitions_total", transition, 1); err != nil {
			t.Error(err)
		}
	}
	watch := map[string]string{"group": w.group, "version": "v1", "kind": "Widget", "state": "Synced"}
	if err := expectMetric(t, c, "maas_referent_watch", watch, 1); err != nil {
		t.Error(err)
	}
	if err := expectMetric(t, c, "maas_illegal_transitions_total", nil, 0); err != nil {
		t.Error(err)
	}

	if err := env.Client.Delete(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, patience, func() error {
		if _, err := counted(t, c.registry, "maas_model_phase", series); err == nil {
			return fmt.Errorf("the deleted model still has a series")
		}
		return nil
	})
}

func expectMetric(t testing.TB, c *controller, name string, labels map[string]string, want float64) error {
	t.Helper()
	got, err := counted(t, c.registry, name, labels)
	if err == nil && got != want {
		err = fmt.Errorf("%s%v is %v, want %v", name, labels, got, want)
	}
	return err
}

// The API server refuses a note over 1 KiB, and a backend may give cause for one.
func TestLongNote(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	run(t, env, w.kinds)
	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "http://169.254.169.254/" + strings.Repeat("e", 1800)})
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonEndpointInvalid})
	testenv.Eventually(t, patience, func() error {
		list := &eventsv1.EventList{}
		if err := env.Client.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
			return err
		}
		if len(list.Items) != 1 || !strings.HasSuffix(list.Items[0].Note, "…") {
			return fmt.Errorf("want one event that is cut short, got %v", list.Items)
		}
		return nil
	})
}

// A backend may say about itself as much as an object holds, with escapes and marks in it that lead
// a reader astray. The API server takes what is made of it, and so does a terminal.
func TestHostileMessage(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	run(t, env, load(t, w.spec(t, "{path: $.status.verdict, equals: Broken}", `{condition: Ready, status: "False"}`)))
	const trap = "\u202e\u2066\u0007 \u001b[2J\u001b]0;owned\u0007\r\nphase: Ready\n"
	w.apply(t, namespace, "granite", facts{"url": "http://granite.example.com", "conditions": []any{
		map[string]any{"type": "Ready", "status": "False", "reason": "Broken", "message": strings.Repeat(trap, 500_000/len(trap)), "lastTransitionTime": "2026-01-01T00:00:00Z"},
	}})
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "http://granite.example.com", v1alpha1.ReasonBackendFailed})
	said := map[string]string{}
	for _, c := range model.Status.Conditions {
		said[c.Type] = c.Message
	}
	testenv.Eventually(t, patience, func() error {
		list := &eventsv1.EventList{}
		if err := env.Client.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
			return err
		}
		if len(list.Items) != 1 {
			return fmt.Errorf("want one event, got %v", list.Items)
		}
		said["the event"] = list.Items[0].Note
		return nil
	})
	for _, where := range []string{v1alpha1.ConditionBackendReady, v1alpha1.ConditionReady, "the event"} {
		if text := said[where]; len(text) > 2048 || strings.ContainsFunc(strings.ReplaceAll(text, "\n", ""), unicode.IsControl) || strings.ContainsAny(text, "\u202e\u2066") || !strings.Contains(text, `\u202e`) {
			t.Errorf("%s has %d bytes: %.300q", where, len(text), text)
		}
	}
}
