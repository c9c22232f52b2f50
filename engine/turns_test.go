package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// relying is a kind whose referent always exists, and whose facts are in a widget.
const relying = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Relying}
spec:
  description: a ConfigMap, and a widget of its name beside it
  referent: {group: "", kind: ConfigMap, versions: [v1]}
  subjects:
    - {as: widget, object: {group: GROUP, kind: Widget, versions: [v1, v1beta1]}}
  health:
    - is: Ready
      when: [{of: widget, path: $.status.verdict, equals: Ready}]
  noFailure: widgets are repaired
  endpoint:
    - {of: widget, path: $.status.url}
`

// A type takes every turn there is, again and again, under three kinds that
// read it: two refer to it and one reads it beside its referent. There is one
// watch for the three, a bounded number of requests for each turn, none between
// turns while the type is away, and nothing is left behind.
func TestTypeTurns(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	namespace := env.Namespace(t)
	widget := w.spec(t)
	twin := strings.NewReplacer("name: widget", "name: twin", "[widget]", "[]").Replace(widget)
	asked := &streams{path: "/widgets"}
	c := run(t, env, load(t, widget, twin, strings.ReplaceAll(relying, "GROUP", w.group)), asked.of)

	models := []*v1alpha1.MaaSModel{modelOf(t, env, namespace, "widget"), modelOf(t, env, namespace, "twin"), modelOf(t, env, namespace, "Relying")}
	all := func(phase v1alpha1.Phase, endpoint, reason, beside string) {
		t.Helper()
		for i, model := range models {
			if want := (stands{phase, endpoint, reason}); i < 2 {
				expect(t, env, model, want)
			} else {
				want.Reason = beside
				expect(t, env, model, want)
			}
		}
	}
	all(v1alpha1.PhasePending, "", v1alpha1.ReasonCRDNotInstalled, v1alpha1.ReasonBackendProgressing)

	const turns, perTurn = 4, 60
	idle, before := 0, 0
	for turn := range turns {
		w.install(t)
		w.apply(t, namespace, "granite", ready)
		all(v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady, v1alpha1.ReasonReady)
		w.serve(t, "v2")
		all(v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonVersionNotServed, v1alpha1.ReasonBackendProgressing)
		w.serve(t, "v1beta1", "v2")
		all(v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady, v1alpha1.ReasonReady)
		w.uninstall(t)
		all(v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonCRDNotInstalled, v1alpha1.ReasonBackendProgressing)
		// Before its type, the widget itself is gone, for the same reason.
		testenv.Eventually(t, patience, func() error {
			err := refresh(t, env, models[2])
			if got := condition(models[2], v1alpha1.ConditionBackendReady).Message; err == nil && !strings.Contains(got, "does not serve Widget."+w.group) {
				err = fmt.Errorf("the model beside whose referent a widget should be says %q", got)
			}
			return err
		})
		now := settled(t, idle)
		requests, open, _ := asked.counted()
		t.Logf("turn %d: %d requests, %d goroutines", turn, requests-before, now)
		if open > 0 || requests-before > perTurn {
			t.Errorf("turn %d took %d requests, want at most %d; %d watches are open", turn, requests-before, perTurn, open)
		}
		if before = requests; turn == 0 {
			idle = now
		}
	}
	if _, _, most := asked.counted(); most != 1 {
		t.Errorf("%d watches of one type at one time, want 1 for all kinds", most)
	}
	for _, line := range c.log.loud() {
		t.Errorf("logged: %s", line)
	}
}

// modelOf makes a MaaSModel of a kind that is named for it, and refers to
// "granite". The ConfigMap of that name, for those that are relying, is there.
func modelOf(t testing.TB, env *testenv.Env, namespace, kind string) *v1alpha1.MaaSModel {
	t.Helper()
	backend := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}}
	backend.SetNamespace(namespace)
	backend.SetName("granite")
	env.Apply(t, backend)
	model := &v1alpha1.MaaSModel{Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: kind, Name: "granite"}}}
	model.Namespace, model.Name = namespace, lower(kind)
	create(t, env, model)
	return model
}

// settled waits until no goroutine watches that type any more, and there are
// hardly more goroutines than there were when all was idle, if that is known.
// The few are connections, which client-go opens as it needs them.
func settled(t testing.TB, idle int) int {
	t.Helper()
	const few = 5
	now := 0
	testenv.Eventually(t, patience, func() error {
		if now = goroutines(t, ""); idle > 0 && now > idle+few {
			return fmt.Errorf("%d goroutines, %d when all was idle", now, idle)
		}
		return nil
	})
	return now
}
