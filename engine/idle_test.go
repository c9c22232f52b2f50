package engine_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// Nothing is written without a change of meaning: not at a start, and not for
// changes in what no kind-spec reads, whichever object they are in. The engine
// is stopped before its writes are counted: none is still on its way.
func TestOnlyMeaningIsWritten(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	kinds := load(t, w.spec(t),
		strings.ReplaceAll(read(t, "testdata/woven-kind.yaml"), "GROUP", w.group))
	namespace := env.Namespace(t)
	sent := &traffic{}
	c := run(t, env, kinds, sent.tap)
	settled := oneOfEach(t, env, w, namespace)
	for model, want := range settled {
		expect(t, env, model, want)
	}
	c.stop()

	t.Run("at a start", func(t *testing.T) {
		before := sent.writes(namespace)
		c := run(t, env, kinds, sent.tap)
		sentinel(t, env, w, namespace, "started")
		c.stop()
		expectNoWrites(t, sent, namespace, before)
	})
	t.Run("in churn", func(t *testing.T) {
		before := sent.writes(namespace)
		c := run(t, env, kinds, sent.tap)
		for i := range 30 {
			churn(t, env, w, namespace, i)
		}
		sentinel(t, env, w, namespace, "churned")
		if unchanged := counts(t, c, "maas_status_writes_total", map[string]string{"outcome": "unchanged"}); unchanged == 0 {
			t.Error("no model was looked at: the churn proves nothing")
		}
		c.stop()
		expectNoWrites(t, sent, namespace, before)
	})
}

// oneOfEach makes models that stand differently, and says how.
func oneOfEach(t *testing.T, env *testenv.Env, w *widgets, namespace string) map[*v1alpha1.MaaSModel]stands {
	t.Helper()
	w.apply(t, namespace, "fine", ready)
	w.apply(t, namespace, "broken", facts{"verdict": "Broken"})
	w.apply(t, namespace, "starting", nil)
	w.apply(t, namespace, "woven", nil)
	meta := metav1.ObjectMeta{Namespace: namespace, Name: "woven", Labels: map[string]string{"widget": "woven"}}
	for _, object := range []client.Object{
		&corev1.Pod{ObjectMeta: meta, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}}},
		&corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 8000}}}},
	} {
		if err := env.Client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	of := func(kind, name string) *v1alpha1.MaaSModel {
		return createModel(t, env, namespace, v1alpha1.ModelReference{Kind: kind, Name: name})
	}
	return map[*v1alpha1.MaaSModel]stands{
		of("Widget", "fine"):     standsReady,
		of("Widget", "broken"):   {v1alpha1.PhaseFailed, "", v1alpha1.ReasonBackendFailed},
		of("Widget", "starting"): {v1alpha1.PhasePending, "", v1alpha1.ReasonBackendProgressing},
		of("Widget", "absent"):   {v1alpha1.PhasePending, "", v1alpha1.ReasonReferentNotFound},
		of("Woven", "woven"):     {v1alpha1.PhasePending, "", v1alpha1.ReasonBackendProgressing},
		of("Gadget", "gadget"):   {v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown},
	}
}

// churn changes what no kind-spec reads: of a referent, of what is related to
// one, of a model, and of an object that no model names.
func churn(t *testing.T, env *testenv.Env, w *widgets, namespace string, round int) {
	t.Helper()
	beating := facts{"heartbeat": int64(round)}
	for field, value := range ready {
		beating[field] = value
	}
	w.apply(t, namespace, "fine", beating)
	w.apply(t, namespace, "unnamed", facts{"verdict": []string{"Ready", "Broken"}[round%2]})
	meta := metav1.ObjectMeta{Namespace: namespace, Name: "woven"}
	annotate := merge(`{"metadata":{"annotations":{"round":"%d"},"labels":{"round":"%d"}}}`, round, round)
	model := metav1.ObjectMeta{Namespace: namespace, Name: "fine"}
	for _, object := range []client.Object{
		&corev1.Pod{ObjectMeta: meta}, &corev1.Service{ObjectMeta: meta}, &v1alpha1.MaaSModel{ObjectMeta: model},
	} {
		if err := env.Client.Patch(t.Context(), object, annotate); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
}

// sentinel is a model, in another namespace, whose status comes after what was
// done before: it is resolved when it is Ready.
func sentinel(t *testing.T, env *testenv.Env, w *widgets, namespace, name string) {
	t.Helper()
	w.apply(t, namespace, name, ready)
	model := &v1alpha1.MaaSModel{Spec: v1alpha1.MaaSModelSpec{
		ModelRef: v1alpha1.ModelReference{Kind: "Widget", Namespace: namespace, Name: name}}}
	model.Namespace, model.Name = env.Namespace(t), name
	create(t, env, model)
	expect(t, env, model, standsReady)
}

func expectNoWrites(t *testing.T, sent *traffic, namespace string, before int) {
	t.Helper()
	if extra := sent.writes(namespace) - before; extra > 0 {
		t.Errorf("%d writes without a change of meaning", extra)
	}
}
