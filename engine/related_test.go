package engine_test

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// The facts of one model lie in four objects of four types, one found by label,
// one by name, one by a name that another of them says.
func TestRelatedObjects(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	controller := run(t, env, load(t, strings.ReplaceAll(read(t, "testdata/woven-kind.yaml"), "GROUP", w.group)))
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Woven", Name: "phi"})
	w.apply(t, namespace, "phi", nil)

	named := func(name string, labels map[string]string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels}
	}
	container := corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}}
	pod := &corev1.Pod{ObjectMeta: named("phi-0", map[string]string{"widget": "phi"}), Spec: container}
	service := &corev1.Service{ObjectMeta: named("phi", nil), Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 8000}}}}
	settings := &corev1.ConfigMap{ObjectMeta: named("phi-settings", nil), Data: map[string]string{"path": "v1"}}
	endpoint := func(port int, path string) string {
		return fmt.Sprintf("http://phi.%s.svc:%d/%s", namespace, port, path)
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, c := t.Context(), env.Client
	for _, step := range []struct {
		name string
		do   func() error
		want stands
	}{
		{"nothing is there yet", func() error { return nil },
			stands{v1alpha1.PhasePending, "", v1alpha1.ReasonBackendProgressing}},
		{"a Pod by its label", func() error { return c.Create(ctx, pod) },
			stands{v1alpha1.PhasePending, "", v1alpha1.ReasonBackendProgressing}},
		{"its condition", func() error { return setReady(t, c, pod, corev1.ConditionTrue) },
			stands{v1alpha1.PhasePending, "", v1alpha1.ReasonEndpointMissing}},
		{"a Service by its name", func() error { return c.Create(ctx, service) },
			stands{v1alpha1.PhasePending, "", v1alpha1.ReasonEndpointMissing}},
		{"an object that nobody names yet", func() error { return c.Create(ctx, settings) },
			stands{v1alpha1.PhasePending, "", v1alpha1.ReasonEndpointMissing}},
		{"it is named now", func() error {
			service.Annotations = map[string]string{"example.com/settings": "phi-settings"}
			return c.Update(ctx, service)
		}, stands{v1alpha1.PhaseReady, endpoint(8000, "v1"), v1alpha1.ReasonReady}},
		{"and what it says has changed", func() error {
			settings.Data["path"] = "v2"
			return c.Update(ctx, settings)
		}, stands{v1alpha1.PhaseReady, endpoint(8000, "v2"), v1alpha1.ReasonReady}},
		{"the port has changed", func() error {
			service.Spec.Ports[0].Port = 9000
			return c.Update(ctx, service)
		}, stands{v1alpha1.PhaseReady, endpoint(9000, "v2"), v1alpha1.ReasonReady}},
		{"the Pod has lost its label", func() error {
			pod.Labels = nil
			return c.Update(ctx, pod)
		}, stands{v1alpha1.PhaseUnhealthy, endpoint(9000, "v2"), v1alpha1.ReasonBackendProgressing}},
		{"and has it back", func() error {
			pod.Labels = map[string]string{"widget": "phi"}
			return c.Update(ctx, pod)
		}, stands{v1alpha1.PhaseReady, endpoint(9000, "v2"), v1alpha1.ReasonReady}},
		{"the last link of the chain is deleted", func() error { return c.Delete(ctx, settings) },
			stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonEndpointMissing}},
	} {
		t.Log(step.name)
		do(step.do())
		expect(t, env, model, step.want)
	}

	t.Log("what no query matches writes nothing")
	do(refresh(t, env, model))
	before := model.ResourceVersion
	other := &corev1.Pod{ObjectMeta: named("other-0", map[string]string{"widget": "other"}), Spec: container}
	do(c.Create(ctx, other))
	do(setReady(t, c, other, corev1.ConditionTrue))
	// Another model that is resolved afterwards shows that the change was seen.
	witness := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Woven", Name: "other"})
	w.apply(t, namespace, "other", nil)
	expect(t, env, witness, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonEndpointMissing})
	do(refresh(t, env, model))
	if model.ResourceVersion != before {
		t.Errorf("the status was written, from %s to %s", before, model.ResourceVersion)
	}
	if loud := controller.log.loud(); len(loud) > 0 {
		t.Errorf("alarms in the log:\n%s", strings.Join(loud, "\n"))
	}
}

func setReady(t testing.TB, c client.Client, pod *corev1.Pod, status corev1.ConditionStatus) error {
	t.Helper()
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: status}}
	return c.Status().Update(t.Context(), pod)
}

// A kind whose models point at no object: the endpoint is the model's own.
func TestNoReferent(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	namespace := env.Namespace(t)
	run(t, env, load(t, `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Somewhere}
spec:
  description: a backend that is no Kubernetes object
  noReferent: the backend runs outside of the cluster
  noEndpoint: set spec.endpointOverride to the address of the service
`))
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Somewhere", Name: "gpt"})
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonNoEndpoint})
	model.Spec.EndpointOverride = "https://models.example.com/v1"
	if err := env.Client.Update(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, stands{v1alpha1.PhaseReady, "https://models.example.com/v1", v1alpha1.ReasonReady})
}
