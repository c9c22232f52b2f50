package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// What somebody else writes into a status is undone at once: whoever could
// leave an endpoint there could collect tokens.
func TestStatusTamperingIsHealed(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	run(t, env, w.kinds)
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})

	for name, tamper := range map[string]func(*v1alpha1.MaaSModelStatus){
		"another endpoint":   func(s *v1alpha1.MaaSModelStatus) { s.Endpoint = "http://collector.example.net" },
		"no conditions":      func(s *v1alpha1.MaaSModelStatus) { s.Conditions = nil },
		"nothing at all":     func(s *v1alpha1.MaaSModelStatus) { *s = v1alpha1.MaaSModelStatus{} },
		"another phase":      func(s *v1alpha1.MaaSModelStatus) { s.Phase = v1alpha1.PhaseFailed },
		"another id":         func(s *v1alpha1.MaaSModelStatus) { s.ID = namespace + "/granite" },
		"somebody else's id": func(s *v1alpha1.MaaSModelStatus) { s.ID = "elsewhere/llama" },
		"another kind name":  func(s *v1alpha1.MaaSModelStatus) { s.Kind = "gadget" },
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, env, model, standsReady)
			tampered := model.DeepCopy()
			tamper(&tampered.Status)
			if err := env.Client.Status().Update(t.Context(), tampered); err != nil {
				t.Fatal(err)
			}
			testenv.Eventually(t, patience, func() error {
				healed := tampered.DeepCopy()
				if err := refresh(t, env, healed); err != nil {
					return err
				}
				if diff := cmp.Diff(timeless(model.Status), timeless(healed.Status)); diff != "" {
					return fmt.Errorf("not healed (-before +after):\n%s", diff)
				}
				return nil
			})
		})
	}
}

// timeless leaves out when conditions changed.
func timeless(status v1alpha1.MaaSModelStatus) v1alpha1.MaaSModelStatus {
	status = *status.DeepCopy()
	for i := range status.Conditions {
		status.Conditions[i].LastTransitionTime.Reset()
	}
	return status
}

// Changes in what no kind reads wake nobody and write nothing.
func TestChurnWritesNothing(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	c := run(t, env, w.kinds)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	bystander := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "bystander"})
	w.apply(t, namespace, "granite", ready)
	expect(t, env, model, standsReady)
	expect(t, env, bystander, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonReferentNotFound})
	stored, before := model.ResourceVersion, reconciles(t, c)

	const churns = 40
	for i := range churns {
		churned := facts{"heartbeat": int64(i)}
		for field, value := range ready {
			churned[field] = value
		}
		w.apply(t, namespace, "granite", churned)
	}
	// A change that is read, of another referent, comes after all of these.
	w.apply(t, namespace, "bystander", ready)
	expect(t, env, bystander, standsReady)
	if err := refresh(t, env, model); err != nil || model.ResourceVersion != stored {
		t.Errorf("resourceVersion is %s (%v), want %s", model.ResourceVersion, err, stored)
	}
	// The bystander accounts for some.
	if extra := reconciles(t, c) - before; extra > churns/2 {
		t.Errorf("%v reconciles after %d changes that nothing reads", extra, churns)
	}
}

func reconciles(t testing.TB, c *controller) float64 {
	t.Helper()
	count, err := counted(t, c.registry, "maas_reconciles_total", map[string]string{"outcome": "ok"})
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// Models of one referent move together, each as its own spec says.
func TestTwoModelsOfOneReferent(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	here, there := env.Namespace(t), env.Namespace(t)
	run(t, env, w.kinds)
	plain := createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	overridden := &v1alpha1.MaaSModel{Spec: v1alpha1.MaaSModelSpec{
		ModelRef:         v1alpha1.ModelReference{Kind: "widget", Name: "granite", Namespace: here},
		EndpointOverride: "https://models.example.com/granite",
	}}
	overridden.Namespace, overridden.Name = there, "elsewhere"
	create(t, env, overridden)
	widget := w.apply(t, here, "granite", ready)
	expect(t, env, plain, standsReady)
	expect(t, env, overridden, stands{v1alpha1.PhaseReady, "https://models.example.com/granite", v1alpha1.ReasonReady})
	w.delete(t, widget)
	for _, model := range []*v1alpha1.MaaSModel{plain, overridden} {
		expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonReferentNotFound})
	}
}

// A status that lags its generation, as at every edit, does not take a Ready
// model out of service at once, and does in the end. Time is the test's.
func TestStaleStatusDwells(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	clock := clocktesting.NewFakePassiveClock(time.Now())
	run(t, env, w.kinds, func(_ *rest.Config, _ *manager.Options, options *engine.Options) { options.Clock = clock })
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)

	edit := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"replicas": int64(2)}}}
	edit.SetAPIVersion(w.group + "/v1")
	edit.SetKind("Widget")
	edit.SetNamespace(namespace)
	edit.SetName("granite")
	env.Apply(t, edit)
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonBackendFlapping})

	clock.SetTime(clock.Now().Add(time.Hour))
	// The recheck is due by the system's clock; any change of the model comes first.
	poke := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"labels":{"poked":"yes"}}}`))
	if err := env.Client.Patch(t.Context(), model, poke); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "http://granite.example.com", v1alpha1.ReasonGenerationStale})
}

// Somebody who keeps writing the same status makes conflicts, and no errors:
// the right status is there in the end.
func TestSecondWriter(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	c := run(t, env, w.kinds)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})

	ctx, cancel := context.WithCancel(t.Context())
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			patch := fmt.Sprintf(`{"status":{"endpoint":"http://writer-%d.example.net"}}`, i)
			_ = env.Client.Status().Patch(ctx, model.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(patch)))
		}
	})
	for i := range 10 {
		w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": fmt.Sprintf("http://granite-%d.example.com", i)})
	}
	testenv.Eventually(t, patience, func() error {
		conflicts, err := counted(t, c.registry, "maas_status_writes_total", map[string]string{"outcome": "conflict"})
		if err == nil && conflicts == 0 {
			err = fmt.Errorf("no conflict yet")
		}
		return err
	})
	cancel()
	writer.Wait()
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://granite-9.example.com", v1alpha1.ReasonReady})
	for _, line := range c.log.loud() {
		t.Logf("logged: %s", line)
	}
}

// Whoever deletes a model wants it to be called no more. A finalizer, which anybody
// who may edit the model can set, does not keep its endpoint published, and what
// turns bad later is not kept either. What else a model carries stays as it is.
func TestDeletedModelIsWithdrawn(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	run(t, env, w.kinds)
	w.apply(t, namespace, "granite", ready)
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: "granite", Finalizers: []string{"example.com/backup", "example.com/audit"},
			Labels:      map[string]string{"team": "a"},
			Annotations: map[string]string{"example.com/note": "x", v1alpha1.AnnotationDisplayName: "Granite"},
		},
		Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Widget", Name: "granite"}},
	}
	create(t, env, model)
	expect(t, env, model, standsReady)
	before := model.DeepCopy()
	if err := env.Client.Delete(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonModelTerminating})
	if ready := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionReady); !strings.Contains(ready.Message, "example.com/backup, example.com/audit") {
		t.Errorf("nobody is told what keeps it: %s", ready.Message)
	}
	if model.Status.ID != "granite" || model.Status.ObservedGeneration != model.Generation {
		t.Errorf("the status is of id %q and generation %d: %+v", model.Status.ID, model.Status.ObservedGeneration, model.ObjectMeta)
	}
	type carried struct {
		Labels, Annotations map[string]string
		Finalizers          []string
	}
	of := func(m *v1alpha1.MaaSModel) carried { return carried{m.Labels, m.Annotations, m.Finalizers} }
	if diff := cmp.Diff(of(before), of(model)); diff != "" {
		t.Errorf("what else it carries (-before +after):\n%s", diff)
	}
	if err := env.Client.Patch(t.Context(), model, client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`))); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, patience, func() error {
		if err := refresh(t, env, model); !apierrors.IsNotFound(err) {
			return fmt.Errorf("it is still there: %v", err)
		}
		return nil
	})
}

// While nobody looks, a model is deleted that a finalizer keeps, and then its
// backend: whoever looks next withdraws it, and once.
func TestTerminatingBeforeTheStart(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	c := run(t, env, w.kinds)
	widget := w.apply(t, namespace, "granite", ready)
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "granite", Finalizers: []string{"example.org/hold"}},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Widget", Name: "granite"}},
	}
	create(t, env, model)
	expect(t, env, model, standsReady)
	c.stop()
	if err := env.Client.Delete(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	w.delete(t, widget)
	terminating := stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonModelTerminating}
	c = run(t, env, w.kinds)
	expect(t, env, model, terminating)
	c.stop()

	stored := model.ResourceVersion
	c = run(t, env, w.kinds)
	testenv.Eventually(t, patience, func() error {
		if count, err := counted(t, c.registry, "maas_reconciles_total", map[string]string{"outcome": "ok"}); err != nil || count == 0 {
			return errors.New("not reconciled yet")
		}
		return nil
	})
	if err := refresh(t, env, model); err != nil || model.ResourceVersion != stored {
		t.Errorf("it was written again (%v): %+v", err, standing(model))
	}
	if err := env.Client.Patch(t.Context(), model, client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`))); err != nil {
		t.Fatal(err)
	}
}
