package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// shortly has kinds let go of soon after their last model.
func shortly(_ *rest.Config, _ *manager.Options, options *engine.Options) {
	options.UnusedAfter = 50 * time.Millisecond
}

// The objects of a type are read while some model needs them, and not before or
// after: those of the referent, and those beside it.
func TestOnlyWhatIsUsedIsWatched(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	w.apply(t, namespace, "granite", ready)
	widgets, maps := &streams{path: "/widgets"}, &streams{path: "/configmaps"}
	kinds := load(t, w.spec(t), strings.ReplaceAll(relying, "GROUP", w.group))
	c := run(t, env, kinds, shortly, widgets.of, maps.of)
	watched := func(inUse string, wantWidgets, wantMaps int) {
		t.Helper()
		testenv.Eventually(t, patience, func() error {
			_, openWidgets, _ := widgets.counted()
			_, openMaps, _ := maps.counted()
			if openWidgets != wantWidgets || openMaps != wantMaps {
				return fmt.Errorf("with %s %d watches on widgets and %d on ConfigMaps, want %d and %d", inUse, openWidgets, openMaps, wantWidgets, wantMaps)
			}
			return nil
		})
	}
	testenv.Eventually(t, patience, func() error {
		return expectMetric(t, c, "maas_referent_watch", map[string]string{"group": w.group, "state": "Unused"}, 1)
	})
	if asked, _, _ := widgets.counted(); asked != 0 {
		t.Errorf("%d requests about widgets that no model needs", asked)
	}
	for range 2 { // However often it comes and goes.
		model := modelOf(t, env, namespace, "Widget")
		expect(t, env, model, standsReady)
		watched("a Widget", 1, 0)
		relying := modelOf(t, env, namespace, "Relying")
		expect(t, env, relying, standsReady)
		watched("both", 1, 1)
		if err := env.Client.Delete(t.Context(), model); err != nil {
			t.Fatal(err)
		}
		watched("what relies on a Widget", 1, 1)
		if err := env.Client.Delete(t.Context(), relying); err != nil {
			t.Fatal(err)
		}
		watched("nothing", 0, 0)
	}
	for _, line := range c.log.loud() {
		t.Errorf("logged: %s", line)
	}
}

// A model is looked at once when it comes, however many types it is made from, and
// once at a start; its own status wakes nobody.
func TestModelsAreLookedAtOnce(t *testing.T) {
	t.Parallel()
	const models = 20
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	kinds := load(t, w.spec(t))
	var all []*v1alpha1.MaaSModel
	for n := range models {
		name := fmt.Sprintf("granite-%d", n)
		w.apply(t, namespace, name, ready)
		all = append(all, createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: name}))
	}
	for _, start := range []string{"first", "second"} {
		c := run(t, env, kinds)
		for _, model := range all {
			expect(t, env, model, standsReady)
		}
		looked := 0
		testenv.Eventually(t, patience, func() error {
			looked = counts(t, c, "maas_reconciles_total", map[string]string{"outcome": "ok"})
			if looked < models {
				return fmt.Errorf("%v of %d models looked at", looked, models)
			}
			return nil
		})
		if looked > models*11/10 {
			t.Errorf("the %s start: %v looks at %d models", start, looked, models)
		}
		c.stop()
	}
}
