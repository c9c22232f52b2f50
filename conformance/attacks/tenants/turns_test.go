package tenants_test

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// answers are what DNS may say of a name inside, whoever got it to.
func answers() []attack {
	attacks := []attack{{name: "DNS says another address the second time", why: "the address counts, not what the name meant before",
		try: func(n *tenant, token string) {
			address := n.service("bad")
			n.wire.allow(address)
			n.dns.setInstead("bad."+n.namespace+clusterDomain, address, outside)
			n.offer("bad", "http://bad."+n.namespace+".svc")
			n.expectListed(token, "bad") // inside, the first time
			for i := range 3 {           // and each of these is asked for with a token of its own
				n.ids(token + strconv.Itoa(i))
			}
		}}}
	for _, address := range []string{outside, "8.8.8.8", "10.0.0.5", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.100.100.200",
		"168.63.129.16", "2001:db8::66", "fd00:ec2::254", "10.96.0.1"} {
		attacks = append(attacks, attack{name: "DNS says " + address, why: "the address counts, not the name", try: func(n *tenant, token string) {
			n.service("bad")
			n.dns.setInstead("bad."+n.namespace+clusterDomain, address)
			n.offer("bad", "http://bad."+n.namespace+".svc")
			n.expectKeptOut(token)
		}})
	}
	return attacks
}

// rights are what the role edit does not give.
func rights() []attack {
	refused := func(name, why string, do func(n *tenant) error) attack {
		return attack{name: "may not " + name, why: why, try: func(n *tenant, _ string) {
			n.offer("m", "http://m."+n.namespace+".svc") // what the role does give
			if err := do(n); !apierrors.IsForbidden(err) {
				n.t.Errorf("%v, want Forbidden", err)
			}
		}}
	}
	return []attack{
		refused("write a status", "tokens are sent to what stands there", func(n *tenant) error {
			model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: n.namespace, Name: "m"}}
			return n.Status().Patch(n.t.Context(), model, client.RawPatch("application/merge-patch+json", []byte(`{"status":{"endpoint":"http://evil.example"}}`)))
		}),
		refused("make a kind", "a kind says what is read and where tokens go", func(n *tenant) error {
			return n.Create(n.t.Context(), testenv.ReadObjects(n.t, "testdata/unasked.yaml")[0])
		}),
		refused("write EndpointSlices", "they lead a Service anywhere", func(n *tenant) error {
			return n.Create(n.t.Context(), &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: n.namespace, Name: "s"}, AddressType: discoveryv1.AddressTypeIPv4})
		}),
		refused("read what ids are held", "it tells of models of other namespaces", func(n *tenant) error {
			return n.List(n.t.Context(), &corev1.ConfigMapList{}, client.InNamespace("maas-system"))
		}),
		refused("offer models elsewhere", "the other namespace is somebody else's", func(n *tenant) error {
			return n.Create(n.t.Context(), &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "m"},
				Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Endpoint", Name: "m"}}})
		}),
		refused("see models elsewhere", "they may be hidden from the tenant", func(n *tenant) error {
			return n.List(n.t.Context(), &v1alpha1.MaaSModelList{})
		}),
		refused("widen the cluster's networks", "addresses in them are inside", func(n *tenant) error {
			return n.Create(n.t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "mine"}, Spec: corev1.NodeSpec{PodCIDR: "203.0.113.0/24"}})
		}),
	}
}

// turns are things that are as they should be first, and something else later.
func turns() []attack {
	return []attack{
		{name: "a Service becomes an ExternalName", why: "a model that was let in leads outside", try: func(n *tenant, token string) {
			address := n.service("m")
			n.wire.allow(address)
			n.offer("m", "http://m."+n.namespace+".svc")
			n.expectPhase("m", v1alpha1.PhaseReady, "")
			n.expectListed(token, "m")
			service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: n.namespace, Name: "m"}}
			if err := n.Patch(n.t.Context(), service, client.RawPatch("application/merge-patch+json",
				[]byte(`{"spec":{"type":"ExternalName","externalName":"evil.example","clusterIP":"","clusterIPs":null,"selector":null}}`))); err != nil {
				n.t.Fatal(err)
			}
			n.expectPhase("m", v1alpha1.PhaseFailed, "ExternalName")
			n.expectListed(token)
			if status := n.status("m"); status.Endpoint != "" {
				n.t.Errorf("the endpoint %s is still published", status.Endpoint)
			}
		}},
		{name: "a Service is made again as an ExternalName", why: "delete and create is the other way to turn one", try: func(n *tenant, token string) {
			address := n.service("m")
			n.wire.allow(address)
			n.offer("m", "http://m."+n.namespace+".svc")
			n.expectListed(token, "m")
			if err := n.Delete(n.t.Context(), &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: n.namespace, Name: "m"}}); err != nil {
				n.t.Fatal(err)
			}
			n.external("m", "evil.example")
			n.expectPhase("m", v1alpha1.PhaseFailed, "ExternalName")
			n.expectListed(token)
		}},
		{name: "an override moves", why: "the endpoint of a listed model is edited to lead outside", try: func(n *tenant, token string) {
			address := n.service("m")
			n.wire.allow(address)
			n.offer("m", "http://m."+n.namespace+".svc")
			n.expectListed(token, "m")
			model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: n.namespace, Name: "m"}}
			if err := n.Patch(n.t.Context(), model, client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"endpointOverride":"https://evil.example"}}`))); err != nil {
				n.t.Fatal(err)
			}
			n.expectListed(token)
		}},
		{name: "a finalizer keeps a deleted model", why: "nobody looks at it any more, and its Service may lead anywhere by then", try: func(n *tenant, token string) {
			address := n.service("m")
			n.wire.allow(address)
			n.create(&v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Name: "m", Finalizers: []string{"example.com/kept"}},
				Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Endpoint", Name: "m"}, EndpointOverride: "http://m." + n.namespace + ".svc"}})
			n.expectListed(token, "m")
			model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: n.namespace, Name: "m"}}
			if err := n.Delete(n.t.Context(), model); err != nil {
				n.t.Fatal(err)
			}
			n.expectListed(token)
			n.expectPhase("m", v1alpha1.PhaseUnhealthy, "example.com/kept")
			if status := n.status("m"); status.Endpoint != "" || status.ID == "" {
				n.t.Errorf("the endpoint %q is still published, the id is %q", status.Endpoint, status.ID)
			}
			// Else it would stay in the test's namespace for ever.
			if err := n.Patch(n.t.Context(), model, client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"finalizers":null}}`))); err != nil {
				n.t.Fatal(err)
			}
		}},
	}
}

// ids are names that somebody else has.
func ids() []attack {
	// offered has two tenants offer the same name, the victim first.
	offered := func(n *tenant, token string) (victim *tenant, shared string) {
		victim, shared = n.tenant(n.t), "shared-"+n.namespace
		for _, who := range []*tenant{victim, n} {
			who.wire.allow(who.service(shared))
			who.offer(shared, "http://"+shared+"."+who.namespace+".svc")
			who.expectPhase(shared, v1alpha1.PhaseReady, "")
		}
		victim.expectIDs(token, shared)
		n.expectIDs(token, n.namespace+"/"+shared)
		return victim, shared
	}
	remove := func(who *tenant, name string) {
		if err := who.Delete(who.t.Context(), &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: who.namespace, Name: name}}); err != nil {
			who.t.Fatal(err)
		}
	}
	return []attack{
		{name: "waits until a model is made again", why: "callers of the id are led to the stranger", try: func(n *tenant, token string) {
			victim, shared := offered(n, token)
			remove(victim, shared)
			victim.expectIDs(token)
			n.expectIDs(token, n.namespace+"/"+shared)
			victim.offer(shared, "http://"+shared+"."+victim.namespace+".svc")
			victim.expectIDs(token, shared)
			n.expectIDs(token, n.namespace+"/"+shared)
		}},
		{name: "makes its model again in the gap", why: "a new object may ask for the name anew", try: func(n *tenant, token string) {
			victim, shared := offered(n, token)
			remove(victim, shared)
			remove(n, shared)
			n.offer(shared, "http://"+shared+"."+n.namespace+".svc")
			n.expectIDs(token, n.namespace+"/"+shared)
			victim.offer(shared, "http://"+shared+"."+victim.namespace+".svc")
			victim.expectIDs(token, shared)
			n.expectIDs(token, n.namespace+"/"+shared)
		}},
		{name: "names its model like another's qualified id", why: "namespace/name must stay that namespace's", try: func(n *tenant, _ string) {
			err := n.Create(n.t.Context(), &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: n.namespace, Name: "other/m"},
				Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Endpoint", Name: "m"}}})
			if err == nil {
				n.t.Error("a name with a slash is taken")
			}
		}},
	}
}

// crowds are many objects at once.
func crowds() []attack {
	return []attack{
		{name: "three hundred models that lead outside", why: "refusals must not cost others their list", try: func(n *tenant, token string) {
			victim := n.tenant(n.t)
			victim.wire.allow(victim.service("m"))
			victim.offer("m", "http://m."+victim.namespace+".svc")
			n.external("bad", "evil.example")
			for i := range 300 {
				n.offer(fmt.Sprintf("bad-%d", i), "http://bad."+n.namespace+".svc")
			}
			n.expectPhase("bad-299", v1alpha1.PhaseFailed, "ExternalName")
			victim.expectListed(token, "m")
			n.expectListed(token)
		}},
	}
}
