package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// How many status writes one model has in a row, and then one in every pause;
// engine/pace.go says why.
const (
	burst = 10
	pause = time.Second
)

// A backend that flips without rest has its first changes stored as they come,
// then one in a pause, and the last one for certain. No pause ends before the
// test's clock says so: however slow the machine is, the count is exact.
func TestFlippingReferentIsPaced(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	clock, sent := clocktesting.NewFakePassiveClock(time.Now()), &traffic{}
	run(t, env, w.kinds, told(clock), sent.tap)
	widget := w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)

	const flips = 40
	for range flips {
		w.apply(t, namespace, "granite", facts{"verdict": "Broken", "url": "http://granite.example.com"})
		w.apply(t, namespace, "granite", ready)
	}
	last := facts{"verdict": "Ready", "url": "http://last.example.com"}
	w.apply(t, namespace, "granite", last)
	expectAfterPauses(t, env, clock, model, stands{v1alpha1.PhaseReady, "http://last.example.com", v1alpha1.ReasonReady})
	if got := sent.writes(namespace); got > burst+pauses {
		t.Errorf("%d status writes for %d flips, want at most %d", got, 2*flips, burst+pauses)
	}
	// The clock stands, and there is no attempt left.
	for i := range burst + pauses {
		w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": fmt.Sprintf("http://%d.example.com", i)})
	}
	w.delete(t, widget)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonReferentNotFound})
}

// pauses is how many pauses may be needed in the end: the attempt of the first
// is a conflict where the engine's cache is behind.
const pauses = 2

// expectAfterPauses waits as expect does, once the pauses have passed.
func expectAfterPauses(t *testing.T, env *testenv.Env, clock *clocktesting.FakePassiveClock, model *v1alpha1.MaaSModel, want stands) {
	t.Helper()
	clock.SetTime(clock.Now().Add(pauses * pause))
	expect(t, env, model, want)
}

// Somebody who writes the spec, the labels and the status of a model without
// rest does not make the controller do so: the status is right when they rest.
func TestWritersStormIsPaced(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	clock, sent := clocktesting.NewFakePassiveClock(time.Now()), &traffic{}
	c := run(t, env, w.kinds, told(clock), sent.tap)
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)

	const rounds = 60
	var writers sync.WaitGroup
	for _, writer := range []func(context.Context, *v1alpha1.MaaSModel, int) error{
		func(ctx context.Context, model *v1alpha1.MaaSModel, i int) error {
			return env.Client.Patch(ctx, model, merge(`{"metadata":{"labels":{"round":"%d"}}}`, i))
		},
		func(ctx context.Context, model *v1alpha1.MaaSModel, i int) error {
			return env.Client.Patch(ctx, model, merge(`{"spec":{"endpointOverride":"http://override-%d.example.com"}}`, i))
		},
		func(ctx context.Context, model *v1alpha1.MaaSModel, i int) error {
			return env.Client.Status().Patch(ctx, model, merge(`{"status":{"endpoint":"http://writer-%d.example.net"}}`, i))
		},
	} {
		writers.Go(func() {
			for i := range rounds {
				if err := writer(t.Context(), model.DeepCopy(), i); err != nil {
					t.Errorf("round %d: %v", i, err)
				}
			}
		})
	}
	writers.Wait()
	expectAfterPauses(t, env, clock, model,
		stands{v1alpha1.PhaseReady, fmt.Sprintf("http://override-%d.example.com", rounds-1), v1alpha1.ReasonReady})
	if got := sent.writes(namespace); got > burst+pauses {
		t.Errorf("%d status writes in %d rounds of three writers, want at most %d", got, rounds, burst+pauses)
	}
	if model.Status.ObservedGeneration != model.Generation {
		t.Errorf("the status is of generation %d, the model of %d", model.Status.ObservedGeneration, model.Generation)
	}
	if failed := counts(t, c, "maas_reconciles_total", map[string]string{"outcome": "error"}); failed > 0 {
		t.Errorf("%d reconciles ended in an error", failed)
	}
}

func merge(format string, values ...any) client.Patch {
	return client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, format, values...))
}

// Two controllers that write one status in turn do not move the endpoint with every
// write. It follows when the other one has stood for a while, or a spec has changed.
func TestAlternatingEndpointStays(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	clock, sent := clocktesting.NewFakePassiveClock(time.Now()), &traffic{}
	run(t, env, w.kinds, told(clock), sent.tap)
	at := func(host string) facts { return facts{"verdict": "Ready", "url": "http://" + host + ".example.com"} }
	stand := func(host string) stands {
		return stands{v1alpha1.PhaseReady, "http://" + host + ".example.com", v1alpha1.ReasonReady}
	}
	w.apply(t, namespace, "granite", at("one"))
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stand("one"))
	w.apply(t, namespace, "granite", at("two"))
	expect(t, env, model, stand("two"))

	before := sent.writes(namespace)
	for range 20 {
		w.apply(t, namespace, "granite", at("one"))
		w.apply(t, namespace, "granite", at("two"))
	}
	w.apply(t, namespace, "granite", at("one"))
	expectEvent(t, env, model, v1alpha1.ReasonEndpointAlternates, corev1.EventTypeWarning)
	expect(t, env, model, stand("two"))
	if got := sent.writes(namespace) - before; got > 0 {
		t.Errorf("%d status writes while the endpoint alternates, want none", got)
	}
	// Nobody says two any more.
	clock.SetTime(clock.Now().Add(10 * time.Second))
	if err := env.Client.Patch(t.Context(), model.DeepCopy(), merge(`{"metadata":{"labels":{"round":"%d"}}}`, 1)); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, stand("one"))
}
