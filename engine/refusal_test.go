package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/maas-kinds/maas/engine/registry"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// A bad spec that is dropped in over a good one: its models stay as they are,
// say so with file and line, once, and take the mended one up.
func TestServingPreviousRevision(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	roster, live := registry.New("kinds"), kind.NewLive(registry.New().Set())
	drop := func(spec string) {
		t.Helper()
		contents, err := parser.Source(registry.Source{Name: "kinds", FS: fstest.MapFS{"widget.yaml": {Data: []byte(spec)}}})
		if err != nil {
			t.Fatal(err)
		}
		roster = roster.Next(contents)
		live.Replace(roster.Set())
	}
	run(t, env, nil, in(live))
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	accepted := func(reason, says string) {
		t.Helper()
		testenv.Eventually(t, patience, func() error {
			if err := refresh(t, env, model); err != nil {
				return err
			}
			if got := condition(model, v1alpha1.ConditionKindAccepted); got.Reason != reason || !strings.Contains(got.Message, says) {
				return fmt.Errorf("KindAccepted is %s %s: %s", got.Status, got.Reason, got.Message)
			}
			return nil
		})
	}

	broken := w.spec(t, "is: Ready", "is: Redy")
	drop(broken)
	accepted(v1alpha1.ReasonKindUnknown, "kinds/widget.yaml:17: spec.health[1].is")
	drop(w.spec(t))
	expect(t, env, model, standsReady)
	accepted(v1alpha1.ReasonAccepted, "")
	drop(broken)
	accepted(v1alpha1.ReasonServingPreviousRevision, "kinds/widget.yaml:17: spec.health[1].is")
	expect(t, env, model, standsReady)
	testenv.Eventually(t, patience, func() error {
		list := &eventsv1.EventList{}
		if err := env.Client.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
			return err
		}
		told := slices.DeleteFunc(list.Items, func(e eventsv1.Event) bool { return e.Reason != v1alpha1.ReasonServingPreviousRevision })
		if len(told) != 1 || !strings.Contains(told[0].Note, "kinds/widget.yaml:17") {
			return fmt.Errorf("events of a refused revision: %+v", told)
		}
		return nil
	})
	drop(w.spec(t, "$.status.url", "$.status.other"))
	accepted(v1alpha1.ReasonAccepted, "")
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonEndpointMissing})
}
