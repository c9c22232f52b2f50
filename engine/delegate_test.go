package engine_test

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

const (
	// handing is a kind that decides nothing itself.
	handing = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: handing}
spec:
  description: a ConfigMap that names the widget which serves
  referent: {group: "", kind: ConfigMap, versions: [v1]}
  subjects:
    - {as: widget, object: {group: GROUP, kind: Widget, versions: [v1], name: [{path: $.data.widget}]}}
  health: [{of: widget, kind: Widget}]
  endpoint: [{of: widget, kind: Widget}]
`
	// besideService is a kind of widgets that reads a Service, which whoever hands a
	// widget on to it does not.
	besideService = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: widget}
spec:
  description: a widget behind the Service of its name
  referent: {group: GROUP, kind: Widget, versions: [v1]}
  subjects:
    - {as: service, object: {group: "", kind: Service, versions: [v1]}}
  health:
    - {is: Ready, when: [{path: $.status.verdict, equals: Ready}]}
  noFailure: widgets are repaired
  endpoint:
    - url: {host: [{template: "{name}.{namespace}.svc"}], port: [{of: service, path: "$.spec.ports[0].port"}]}
`
)

// A ModelKind hands its widget on to another ModelKind. Its models follow what
// only that one reads, and that one itself: when it comes, changes and goes.
func TestModelKindHandsOn(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	of := func(spec string, changes ...string) string {
		return strings.NewReplacer(append(changes, "GROUP", w.group)...).Replace(spec)
	}
	named := metav1.ObjectMeta{Namespace: namespace, Name: "granite"}
	service := &corev1.Service{ObjectMeta: named, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 8000}}}}
	front := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "front"}, Data: map[string]string{"widget": "granite"}}
	for _, object := range []client.Object{front, service} {
		if err := env.Client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	w.apply(t, namespace, "granite", ready)
	at := func(port int) string { return fmt.Sprintf("http://granite.%s.svc:%d", namespace, port) }
	refused := stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown}

	c := run(t, env, nil, withResources(t))
	outer := applyKind(t, env, of(handing))
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "handing", Name: "front"})
	expect(t, env, model, refused)
	if got := condition(model, v1alpha1.ConditionReferenceResolved).Message; !strings.Contains(got, "the kind handing hands on to the kind Widget, which is not in force") {
		t.Errorf("the model says %q", got)
	}

	inner := applyKind(t, env, of(besideService))
	expect(t, env, model, stands{v1alpha1.PhaseReady, at(8000), v1alpha1.ReasonReady})
	served := []string{"Accepted=True Accepted", "ReferentServed=True Served", "Permitted=True Permitted"}
	expectKind(t, env, outer, 1, served...)
	expectKind(t, env, inner, 0, served...)
	sameRevision(t, env, model, outer)

	t.Log("what only the other kind reads")
	service.Spec.Ports[0].Port = 9000
	if err := env.Client.Update(t.Context(), service); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, stands{v1alpha1.PhaseReady, at(9000), v1alpha1.ReasonReady})

	t.Log("the other kind is replaced, breaks, is mended and goes")
	applyKind(t, env, of(besideService, "equals: Ready", "equals: Splendid"))
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, at(9000), v1alpha1.ReasonBackendProgressing})
	sameRevision(t, env, model, outer)
	applyKind(t, env, of(besideService, "equals: Ready", "matches: '('"))
	expectKind(t, env, inner, 0, append([]string{"Accepted=False ServingPreviousRevision"}, served[1:]...)...)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, at(9000), v1alpha1.ReasonBackendProgressing})
	applyKind(t, env, of(besideService, `"{name}.{namespace}.svc"`, `"{name}-b.{namespace}.svc"`))
	expect(t, env, model, stands{v1alpha1.PhaseReady, strings.Replace(at(9000), "granite.", "granite-b.", 1), v1alpha1.ReasonReady})
	if err := env.Client.Delete(t.Context(), inner.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, refused)
	for _, line := range c.log.loud() {
		if !strings.Contains(line, "ModelKind judged") {
			t.Errorf("logged: %s", line)
		}
	}
}

// sameRevision waits until a ModelKind names the revision that its model was
// decided by.
func sameRevision(t testing.TB, env *testenv.Env, model *v1alpha1.MaaSModel, resource *v1alpha1.ModelKind) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		for _, object := range []client.Object{resource, model} {
			if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
				return err
			}
		}
		if resource.Status.Revision != model.Status.KindRevision {
			return fmt.Errorf("the ModelKind is in revision %q, its model was decided by %q", resource.Status.Revision, model.Status.KindRevision)
		}
		return nil
	})
}
