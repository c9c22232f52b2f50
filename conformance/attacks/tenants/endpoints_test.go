package tenants_test

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// outside is an address that belongs to nobody in the cluster.
const outside = "203.0.113.66"

// expectKeptOut offers a model that is as it should be, beside one that is not:
// a caller gets the one, and not the other.
func (n *tenant) expectKeptOut(token string) {
	n.t.Helper()
	n.status("bad")
	address := n.service("good")
	n.wire.allow(address)
	n.offer("good", "http://good."+n.namespace+".svc")
	n.expectPhase("good", v1alpha1.PhaseReady, "")
	n.expectListed(token, "good")
	if !n.wire.got(address, token) {
		n.t.Error("the model that is as it should be was listed and not asked")
	}
}

// kept is the attack of an endpoint that may not be asked. NS stands for the
// tenant's namespace.
func kept(url, why string) attack {
	return attack{name: "endpoint " + url, why: why, try: func(n *tenant, token string) {
		n.offer("bad", strings.ReplaceAll(url, "NS", n.namespace))
		n.expectKeptOut(token)
	}}
}

// endpoints are addresses that anybody can write into spec.endpointOverride.
func endpoints() []attack {
	const (
		away     = "a token leaves the cluster"
		metadata = "a cloud's metadata service is asked from inside"
		plane    = "the API server takes bearer tokens"
	)
	attacks := []attack{
		kept("http://evil.example", away),
		kept("https://evil.example", away),
		kept("https://evil.example:8443/v1", away),
		kept("http://"+outside, away),
		kept("http://8.8.8.8:8000", away),
		kept("http://[2001:db8::66]", away),
		kept("http://good.NS.svc.evil.example", "a name that only begins like a Service's"),
		kept("http://evil.example.svc.evil.example", "a suffix in the middle of a name"),
		kept("http://evilsvc", "a suffix without its dot"),
		kept("http://good.NS", "a short name goes through search paths"),
		kept("http://10.96.0.1", plane),
		kept("http://10.96.0.1:6443", plane),
		kept("https://kubernetes.default.svc", plane),
		kept("http://kubernetes.default.svc:443", plane),
		kept("http://kubernetes.default.svc.cluster.local:6443", plane),
		kept("http://127.0.0.1:8000", "what listens on the node's loopback is asked"),
		kept("http://[::1]:8000", "what listens on the node's loopback is asked"),
		kept("http://localhost:8000", "what listens on the node's loopback is asked"),
		kept("http://0.0.0.0:8000", "an address that means this machine"),
		kept("http://[::]:8000", "an address that means this machine"),
		kept("http://metadata.google.internal", metadata),
	}
	for _, address := range []string{"169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "[fd00:ec2::254]", "[fd00:ec2::23]",
		"[fd00:c1::a9fe:a9fe]", "[fd20:ce::254]", "[fd00:42::42]", "[fe80::a9fe:a9fe]", "[::ffff:169.254.169.254]", "[::169.254.169.254]",
		"[::ffff:0:169.254.169.254]", "[64:ff9b::169.254.169.254]", "[2002:a9fe:a9fe::1]"} {
		attacks = append(attacks, kept("http://"+address, metadata))
	}
	return attacks
}

// names are Services that lead elsewhere.
func names() []attack {
	leads := func(target, why string) attack {
		return attack{name: "ExternalName " + target, why: why, try: func(n *tenant, token string) {
			n.external("bad", strings.ReplaceAll(target, "NS", n.namespace))
			n.offer("bad", "http://bad."+n.namespace+".svc")
			n.offer("bad-long", "http://bad."+n.namespace+".svc.cluster.local:8000/v1")
			n.expectPhase("bad", v1alpha1.PhaseFailed, "ExternalName")
			n.expectPhase("bad-long", v1alpha1.PhaseFailed, "ExternalName")
			n.expectKeptOut(token)
		}}
	}
	return []attack{
		leads("evil.example", "a token leaves the cluster by a Service of the tenant"),
		leads(outside, "a name that resolvers read as an address"),
		leads("169.254.169.254", "the metadata service by name"),
		leads("metadata.google.internal", "the metadata service by name"),
		leads("kubernetes.default.svc.cluster.local", "the API server by another name"),
		leads("maas-api.maas-system.svc.cluster.local", "the API asks itself by another name"),
		leads("localhost", "the node's loopback by name"),
		leads("other.NS.svc.cluster.local", "what is behind the other name may change"),
		{name: "a referent of kind Service", why: "the kind publishes the name of an ExternalName", try: func(n *tenant, token string) {
			n.external("bad", "evil.example")
			n.create(&v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Name: "bad"},
				Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Service", Name: "bad"}}})
			n.expectKeptOut(token)
		}},
		{name: "an ExternalName with a cluster address", why: "the API server keeps no cluster address for it, and may one day", try: func(n *tenant, token string) {
			service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "bad"}, Spec: corev1.ServiceSpec{
				Type: corev1.ServiceTypeExternalName, ExternalName: "evil.example", Ports: []corev1.ServicePort{{Port: 80}},
				ExternalIPs: []string{outside}}}
			n.create(service)
			n.offer("bad", "http://bad."+n.namespace+".svc")
			n.expectPhase("bad", v1alpha1.PhaseFailed, "ExternalName")
			n.expectKeptOut(token)
		}},
		{name: "a kind that is never asked", why: "a link to a stranger's host stands in everybody's list", try: func(n *tenant, token string) {
			n.env.Apply(n.t, testenv.ReadObjects(n.t, "testdata/unasked.yaml")...)
			n.create(&v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Name: "bad"}, Spec: v1alpha1.MaaSModelSpec{
				ModelRef: v1alpha1.ModelReference{Kind: "unasked", Name: "bad"}, EndpointOverride: "https://evil.example"}})
			n.expectPhase("bad", v1alpha1.PhaseReady, "")
			n.create(&v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Name: "fair"}, Spec: v1alpha1.MaaSModelSpec{
				ModelRef: v1alpha1.ModelReference{Kind: "unasked", Name: "fair"}, EndpointOverride: "http://fair." + n.namespace + ".svc"}})
			n.expectListed(token, "fair")
		}},
	}
}
