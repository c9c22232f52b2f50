package engine_test

import (
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// lagDwell is how long a model stays Ready while its backend's status lags.
const lagDwell = 10 * time.Second

// A replica whose clock is ahead has written since when a backend lags, or the
// clock goes back while that is waited for: the model stays Ready for the dwell
// from now, not for the hour in between, and each is written once.
func TestSkewedClock(t *testing.T) {
	t.Parallel()
	for name, skew := range map[string]func(*testing.T, *testenv.Env, *v1alpha1.MaaSModel, *clocktesting.FakePassiveClock){
		"the one before was ahead": func(t *testing.T, env *testenv.Env, model *v1alpha1.MaaSModel, clock *clocktesting.FakePassiveClock) {
			ahead := model.DeepCopy()
			for i := range ahead.Status.Conditions {
				ahead.Status.Conditions[i].LastTransitionTime = metav1.NewTime(clock.Now().Add(time.Hour))
			}
			if err := env.Client.Status().Update(t.Context(), ahead); err != nil {
				t.Fatal(err)
			}
		},
		"its own goes back": func(t *testing.T, env *testenv.Env, model *v1alpha1.MaaSModel, clock *clocktesting.FakePassiveClock) {
			clock.SetTime(clock.Now().Add(-time.Hour))
			poke(t, env, model, "back")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := server.Lend(t)
			w := newWidgets(t, env, kind.CrossNamespaceAllow)
			w.install(t)
			namespace, sent := env.Namespace(t), &traffic{}
			clock := clocktesting.NewFakePassiveClock(time.Now())
			run(t, env, w.kinds, told(clock), sent.tap)
			widget := w.apply(t, namespace, "granite", ready)
			model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
			expect(t, env, model, standsReady)
			if err := env.Client.Patch(t.Context(), widget.DeepCopy(), merge(`{"spec":{"replicas":2}}`)); err != nil {
				t.Fatal(err)
			}
			held := stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonBackendFlapping}
			expect(t, env, model, held)

			skew(t, env, model, clock)
			testenv.Eventually(t, patience, func() error {
				if err := refresh(t, env, model); err != nil {
					return err
				}
				lost := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionBackendReady)
				if lost.LastTransitionTime.After(clock.Now()) {
					return fmt.Errorf("lost at %s, which lies ahead of %s", lost.LastTransitionTime, clock.Now())
				}
				return nil
			})
			expect(t, env, model, held)
			clock.SetTime(clock.Now().Add(lagDwell))
			poke(t, env, model, "over")
			expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "http://granite.example.com", v1alpha1.ReasonGenerationStale})
			// Ready, held, held from another time, Unhealthy: each once, and once
			// more where the cache was behind.
			if got := sent.writes(namespace); got > 8 {
				t.Errorf("%d status writes, want one of each change", got)
			}
		})
	}
}

// poke wakes a model: rechecks are due by the system's clock.
func poke(t *testing.T, env *testenv.Env, model *v1alpha1.MaaSModel, label string) {
	t.Helper()
	if err := env.Client.Patch(t.Context(), model.DeepCopy(), merge(`{"metadata":{"labels":{"poked":%q}}}`, label)); err != nil {
		t.Fatal(err)
	}
}
