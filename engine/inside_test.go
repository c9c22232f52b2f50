package engine_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// inside sets what is known of the cluster.
func inside(live *endpoint.LiveCluster) setting {
	return func(_ *rest.Config, _ *manager.Options, options *engine.Options) { options.Inside = live }
}

// serviceKinds are those whose models need no more than a Service, and not even that.
func serviceKinds(t testing.TB) *kind.Set {
	t.Helper()
	return load(t, read(t, "../kinds/Service/kind.yaml"), read(t, "../kinds/Endpoint/kind.yaml"))
}

// overridden makes a model of no backend object whose endpoint is its own.
func overridden(t testing.TB, env *testenv.Env, namespace, name, url string) *v1alpha1.MaaSModel {
	t.Helper()
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Endpoint", Name: name}, EndpointOverride: url},
	}
	create(t, env, model)
	return model
}

// stranger is somebody who may edit one namespace, and nothing else.
type stranger struct {
	client.Client
	t         testing.TB
	namespace string
}

// service makes a Service what a spec says.
func (s stranger) service(name string, spec corev1.ServiceSpec) {
	s.t.Helper()
	now := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}}
	err := s.Get(s.t.Context(), client.ObjectKeyFromObject(now), now)
	now.Spec.Type, now.Spec.Selector, now.Spec.ExternalName = spec.Type, spec.Selector, spec.ExternalName
	now.Spec.Ports = []corev1.ServicePort{{Port: 80}}
	if err == nil {
		err = s.Update(s.t.Context(), now)
	} else {
		now.Spec.ClusterIP = spec.ClusterIP
		err = s.Create(s.t.Context(), now)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// slice makes the addresses behind a Service.
func (s stranger) slice(service string, addresses ...string) {
	s.t.Helper()
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: service, Labels: map[string]string{discoveryv1.LabelServiceName: service}},
	}
	err := s.Get(s.t.Context(), client.ObjectKeyFromObject(slice), slice)
	slice.AddressType, slice.Endpoints = discoveryv1.AddressTypeIPv4, []discoveryv1.Endpoint{{Addresses: addresses}}
	if err == nil {
		err = s.Update(s.t.Context(), slice)
	} else {
		err = s.Create(s.t.Context(), slice)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

var (
	external  = corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "evil.example"}
	selecting = corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, Selector: map[string]string{"app": "granite"}}
	headless  = corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, ClusterIP: corev1.ClusterIPNone}
)

// A Service that leads out of the cluster takes the endpoint with it, and gives
// it back: whoever finds out first, no caller's token goes there.
func TestEndpointAtExternalName(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	namespace := env.Namespace(t)
	by := stranger{env.Client, t, namespace}
	run(t, env, serviceKinds(t))
	const url = "http://NAME.NAMESPACE.svc:8000"
	at := strings.NewReplacer("NAMESPACE", namespace, "NAME", "granite").Replace(url)
	model := overridden(t, env, namespace, "granite", at)
	ready := stands{v1alpha1.PhaseReady, at, v1alpha1.ReasonReady}
	refused := stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonEndpointOutsideCluster}
	expect(t, env, model, ready)
	for _, step := range []struct {
		name string
		spec corev1.ServiceSpec
		want stands
	}{
		{"the name that nobody had is an ExternalName's", external, refused},
		{"it is a Service of Pods", selecting, ready},
		{"it turns into an ExternalName", external, refused},
		{"and back", selecting, ready},
	} {
		t.Log(step.name)
		by.service("granite", step.spec)
		expect(t, env, model, step.want)
		if step.want != refused {
			continue
		}
		message := condition(model, v1alpha1.ConditionEndpointResolved).Message
		for _, part := range []string{"Service " + namespace + "/granite is of type ExternalName", `"evil.example"`, "tokens", "spec.endpointOverride"} {
			if !strings.Contains(message, part) {
				t.Errorf("the message does not say %q: %s", part, message)
			}
		}
	}

	t.Log("the kind Service, and a name that DNS completes to the same")
	by.service("phi", external)
	phi := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Service", Name: "phi"})
	short := overridden(t, env, namespace, "short", "http://phi."+namespace)
	named := stands{v1alpha1.PhaseReady, "http://phi." + namespace + ".svc", v1alpha1.ReasonReady}
	completed := stands{v1alpha1.PhaseReady, "http://phi." + namespace, v1alpha1.ReasonReady}
	expect(t, env, phi, refused)
	expect(t, env, short, refused)
	by.service("phi", selecting)
	expect(t, env, phi, named)
	expect(t, env, short, completed)
	by.service("phi", external)
	expect(t, env, phi, refused)
	expect(t, env, short, refused)
}

// Behind a Service without a selector are the addresses that somebody has
// written. They have to be the cluster's, as far as its networks are known.
func TestEndpointOfWrittenAddresses(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	namespace := env.Namespace(t)
	by := stranger{env.Client, t, namespace}
	live := &endpoint.LiveCluster{}
	run(t, env, serviceKinds(t), inside(live))
	at := "http://granite." + namespace + ".svc:8000"
	model := overridden(t, env, namespace, "granite", at)
	ready := stands{v1alpha1.PhaseReady, at, v1alpha1.ReasonReady}
	refused := stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonEndpointOutsideCluster}
	pods := func(network string) *endpoint.Cluster {
		return &endpoint.Cluster{Pods: []netip.Prefix{netip.MustParsePrefix(network)}}
	}
	for _, step := range []struct {
		name string
		do   func()
		want stands
	}{
		{"nobody stands behind it", func() { by.service("granite", headless) }, ready},
		{"an address, and no network is known", func() { by.slice("granite", "10.244.1.7") }, refused},
		{"the networks become known", func() { live.Store(pods("10.244.0.0/16")) }, ready},
		{"an address outside of them", func() { by.slice("granite", "10.244.1.7", "203.0.113.9") }, refused},
		{"it is gone", func() { by.slice("granite", "10.244.1.7") }, ready},
		{"the networks become others", func() { live.Store(pods("10.9.0.0/16")) }, refused},
	} {
		t.Log(step.name)
		step.do()
		expect(t, env, model, step.want)
	}

	t.Log("the cluster's domain becomes known, and with it that a name is a Service's")
	by.service("phi", external)
	at = "http://phi." + namespace + ".svc.corp.example"
	phi := overridden(t, env, namespace, "phi", at)
	expect(t, env, phi, stands{v1alpha1.PhaseReady, at, v1alpha1.ReasonReady})
	live.Store(&endpoint.Cluster{Domain: "corp.example"})
	expect(t, env, phi, refused)
}

// Who may not read Services cannot say where their names lead.
func TestServicesForbidden(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	namespace := env.Namespace(t)
	var rules, services []rbacv1.PolicyRule
	for _, rule := range controllerRules(t) {
		if slices.Contains(rule.Resources, "services") {
			services = append(services, rule)
		} else {
			rules = append(rules, rule)
		}
	}
	bind(t, env, "blind", "blind", rules)
	run(t, env, load(t, read(t, "../kinds/Endpoint/kind.yaml")), as("blind"))
	at := "http://granite." + namespace + ".svc:8000"
	model := overridden(t, env, namespace, "granite", at)
	elsewhere := overridden(t, env, namespace, "elsewhere", "https://models.example.com")
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonForbidden})
	expect(t, env, elsewhere, stands{v1alpha1.PhaseReady, "https://models.example.com", v1alpha1.ReasonReady})
	if message := condition(model, v1alpha1.ConditionEndpointResolved).Message; !strings.Contains(message, `resource "services"`) {
		t.Errorf("the message does not say what to grant: %s", message)
	}
	bind(t, env, "blind", "seeing", services)
	expect(t, env, model, stands{v1alpha1.PhaseReady, at, v1alpha1.ReasonReady})
}
