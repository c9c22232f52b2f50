package kind_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// service and slice are the objects of a case, in namespace llm.
func service(name, spec string) string {
	return "{apiVersion: v1, kind: Service, metadata: {name: " + name + ", namespace: llm}, spec: {" + spec + "}}"
}

func slice(name, of, rest string) string {
	return "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: " + name + ", namespace: llm, labels: {kubernetes.io/service-name: " + of + "}}, " + rest + "}"
}

// networks are what most clusters give Services, and what a row gives Pods.
func networks(pods string) *endpoint.Cluster {
	return &endpoint.Cluster{Services: []netip.Prefix{netip.MustParsePrefix("10.96.0.0/12")}, Pods: []netip.Prefix{netip.MustParsePrefix(pods)}}
}

// Where the name of a Service leads out of the cluster, callers' tokens would
// follow: whoever may write a Service must not be able to collect them.
func TestKeepInside(t *testing.T) {
	const (
		outside   = v1alpha1.ReasonEndpointOutsideCluster
		name      = "http://granite.llm.svc:8000"
		external  = "type: ExternalName, externalName: evil.example"
		selecting = "type: ClusterIP, clusterIP: 10.96.0.9, selector: {app: granite}"
		bare      = "type: ClusterIP, clusterIP: 10.96.0.9"
		headless  = "type: ClusterIP, clusterIP: None"
		inPods    = `addressType: IPv4, endpoints: [{addresses: ["10.244.1.7"]}, {addresses: ["10.244.1.8", "10.96.0.1"]}]`
		onePublic = `addressType: IPv4, endpoints: [{addresses: ["10.244.1.7"]}, {addresses: ["10.244.1.8", "203.0.113.9"]}]`
		reads     = "Service llm/granite"
		sliced    = "EndpointSlice in llm with kubernetes.io/service-name=granite"
	)
	known := networks("10.244.0.0/16")
	controlled := networks("10.244.0.0/16")
	controlled.APIServer = []netip.AddrPort{netip.MustParseAddrPort("10.244.1.7:6443")}
	for title, test := range map[string]struct {
		url     string
		objects []string
		cluster *endpoint.Cluster
		allow   string
		// reason is empty where the endpoint is published; says are parts of the message.
		reason string
		says   []string
		reads  []string
	}{
		"another host is for the API to judge":         {url: "https://models.example.com", cluster: known},
		"so is an address":                             {url: "http://203.0.113.9:8000", cluster: known},
		"a host of another namespace without svc":      {url: "http://granite.other", objects: []string{service("granite", external)}, cluster: known},
		"a Service that does not exist leads nowhere":  {url: name, cluster: known, reads: []string{reads}},
		"and the networks need not be known for that":  {url: name, reads: []string{reads}},
		"a selector: the cluster writes the slices":    {url: name, objects: []string{service("granite", selecting), slice("a", "granite", onePublic)}, reads: []string{reads}},
		"a headless one with a selector":               {url: name, objects: []string{service("granite", headless+", selector: {app: granite}")}, reads: []string{reads}},
		"an ExternalName of another Service":           {url: name, objects: []string{service("granite", selecting), service("other", external)}, reads: []string{reads}},
		"an externalName that its type makes nothing":  {url: name, objects: []string{service("granite", selecting+", externalName: evil.example")}, reads: []string{reads}},
		"no selector, and nobody stands behind it yet": {url: name, objects: []string{service("granite", bare)}, reads: []string{reads, sliced}},
		"no selector, every address is the cluster's":  {url: name, objects: []string{service("granite", bare), slice("a", "granite", inPods)}, cluster: known, reads: []string{reads, sliced}},
		"headless, every address is the cluster's":     {url: name, objects: []string{service("granite", headless), slice("a", "granite", inPods)}, cluster: known, reads: []string{reads, sliced}},
		"an outside address behind another Service":    {url: name, objects: []string{service("granite", bare), slice("a", "other", onePublic)}, cluster: known, reads: []string{reads, sliced}},
		"an outside address that is allowed":           {url: name, objects: []string{service("granite", bare), slice("a", "granite", onePublic)}, cluster: known, allow: "203.0.113.0/24", reads: []string{reads, sliced}},
		"slices without addresses": {url: name, objects: []string{service("granite", bare), slice("a", "granite", "addressType: IPv4, endpoints: null"),
			slice("b", "granite", "addressType: IPv4, endpoints: [{}]")}, cluster: known, reads: []string{reads, sliced}},

		"ExternalName": {url: name, objects: []string{service("granite", external)}, cluster: known, reason: outside,
			says: []string{"spec.endpointOverride is not published", "Service llm/granite is of type ExternalName", `"evil.example"`, "tokens"}, reads: []string{reads}},
		"ExternalName with a selector": {url: name, objects: []string{service("granite", external+", selector: {app: granite}")}, cluster: known, reason: outside, reads: []string{reads}},
		"ExternalName into the cluster": {url: name, objects: []string{service("granite", "type: ExternalName, externalName: vllm.llm.svc.cluster.local")}, cluster: known,
			reason: outside, reads: []string{reads}},
		"ExternalName that is being deleted": {url: name, objects: []string{strings.Replace(service("granite", external), "metadata: {", `metadata: {deletionTimestamp: "2026-01-01T00:00:00Z", `, 1)},
			cluster: known, reason: outside, reads: []string{reads}},
		"ExternalName, in the cluster's domain": {url: "http://granite.llm.svc.corp.example", objects: []string{service("granite", external)},
			cluster: &endpoint.Cluster{Domain: "corp.example"}, reason: outside, reads: []string{reads}},
		"ExternalName, by a name with a final dot":     {url: "http://GRANITE.llm.SVC.cluster.local.", objects: []string{service("granite", external)}, reason: outside, reads: []string{reads}},
		"ExternalName, by the name of a Pod below it":  {url: "http://pod-0.granite.llm.svc", objects: []string{service("granite", external)}, reason: outside, reads: []string{reads}},
		"ExternalName, by a name that is completed":    {url: "http://granite.llm", objects: []string{service("granite", external)}, reason: outside, reads: []string{reads}},
		"ExternalName, by such a name below it":        {url: "http://granite-0.granite.llm", objects: []string{service("granite", external)}, reason: outside, reads: []string{reads}},
		"a name that DNS reads as a port of a Service": {url: "http://http.tcp.granite.llm.svc", reason: v1alpha1.ReasonEndpointInvalid, says: []string{"NAME.NAMESPACE.svc"}},
		"a name that names no namespace":               {url: "http://granite.svc", reason: v1alpha1.ReasonEndpointInvalid, says: []string{"granite.svc"}},
		"what a stranger writes stays short and harmless": {url: name, objects: []string{service("granite", `type: ExternalName, externalName: "\u202e\e[31m`+strings.Repeat("long.", 400)+`"`)},
			reason: outside, says: []string{`\u202e\x1b[31mlong.`, `…`}, reads: []string{reads}},
		"no selector, one address is outside": {url: name, objects: []string{service("granite", bare), slice("a", "granite", inPods), slice("b", "granite", onePublic)}, cluster: known,
			reason: outside, says: []string{"Service llm/granite has no selector", `EndpointSlice "b"`, "203.0.113.9", "--cluster-cidrs"}, reads: []string{reads, sliced}},
		"headless, one address is outside": {url: name, objects: []string{service("granite", headless), slice("b", "granite", onePublic)}, cluster: known,
			reason: outside, says: []string{"203.0.113.9"}, reads: []string{reads, sliced}},
		"an empty selector is none": {url: name, objects: []string{service("granite", bare+", selector: {}"), slice("b", "granite", onePublic)}, cluster: known,
			reason: outside, reads: []string{reads, sliced}},
		"no selector, and no network is known": {url: name, objects: []string{service("granite", bare), slice("a", "granite", inPods)},
			reason: outside, says: []string{"10.244.1.7", "none is known"}, reads: []string{reads, sliced}},
		"an IPv4 address in an IPv6 one": {url: name, objects: []string{service("granite", headless), slice("a", "granite", `addressType: IPv6, endpoints: [{addresses: ["::ffff:203.0.113.9"]}]`)},
			cluster: known, reason: outside, reads: []string{reads, sliced}},
		"a metadata service in the cluster's networks": {url: name, objects: []string{service("granite", bare), slice("a", "granite", `addressType: IPv4, endpoints: [{addresses: ["100.100.100.200"]}]`)},
			cluster: networks("100.64.0.0/10"), reason: outside, says: []string{"100.100.100.200"}, reads: []string{reads, sliced}},
		"the API server": {url: name, objects: []string{service("granite", bare), slice("a", "granite", `addressType: IPv4, endpoints: [{addresses: ["10.244.1.7"]}], ports: [{port: 80}, {port: 6443}]`)},
			cluster: controlled, reason: outside, says: []string{"10.244.1.7", "the Kubernetes API server"}, reads: []string{reads, sliced}},
		"the API server, at any port": {url: name, objects: []string{service("granite", bare), slice("a", "granite", `addressType: IPv4, endpoints: [{addresses: ["10.244.1.7"]}], ports: null`)},
			cluster: controlled, reason: outside, says: []string{"the Kubernetes API server"}, reads: []string{reads, sliced}},
		"the API server, inside another address": {url: name, objects: []string{service("granite", bare), slice("a", "granite", `addressType: IPv6, endpoints: [{addresses: ["::ffff:10.244.1.7"]}], ports: [{port: 6443}]`)},
			cluster: controlled, reason: outside, reads: []string{reads, sliced}},
		"another port beside the API server": {url: name, objects: []string{service("granite", bare), slice("a", "granite", `addressType: IPv4, endpoints: [{addresses: ["10.244.1.7"]}], ports: [{port: 8000}]`)},
			cluster: controlled, reads: []string{reads, sliced}},
		"a slice of names": {url: name, objects: []string{service("granite", bare), slice("a", "granite", "addressType: FQDN, endpoints: [{addresses: [evil.example]}]")}, cluster: known,
			reason: outside, says: []string{"FQDN"}, reads: []string{reads, sliced}},
		"what is no address": {url: name, objects: []string{service("granite", bare), slice("a", "granite", "addressType: IPv4, endpoints: [{addresses: [evil.example]}]")}, cluster: known,
			reason: outside, says: []string{`"evil.example", which is no address`}, reads: []string{reads, sliced}},
	} {
		t.Run(title, func(t *testing.T) {
			rules := endpoint.Rules{Cluster: test.cluster}
			if test.allow != "" {
				rules.AllowCIDRs = []netip.Prefix{netip.MustParsePrefix(test.allow)}
			}
			got := observeAt(t, test.url, objectsOf(t, test.objects), rules)
			wantURL := test.url
			if test.reason != "" {
				wantURL = ""
			}
			e := got.Endpoint
			wantReason := strings.TrimPrefix(test.reason, v1alpha1.ReasonEndpointInvalid)
			if e.URL != wantURL || e.Invalid != (test.reason != "") || strings.TrimPrefix(e.Reason, v1alpha1.ReasonEndpointInvalid) != wantReason {
				t.Errorf("got %+v, want %q refused with %q", e, wantURL, test.reason)
			}
			for _, part := range test.says {
				if !strings.Contains(e.Message, part) {
					t.Errorf("the message lacks %q: %s", part, e.Message)
				}
			}
			if len(e.Message) > 1024 || strings.ContainsAny(e.Message, "\u202e\x1b") {
				t.Errorf("the message repeats what a stranger wrote as it is: %q", e.Message)
			}
			var asked []string
			for _, query := range got.Reads {
				asked = append(asked, query.String())
			}
			if diff := cmp.Diff(test.reads, asked); diff != "" {
				t.Errorf("what has to be watched (-want +got):\n%s", diff)
			}
		})
	}
}

func objectsOf(t *testing.T, documents []string) kind.Objects {
	t.Helper()
	var objects kind.Objects
	for _, document := range documents {
		// No more than is kept of them.
		objects = append(objects, kind.Project(referent(t, document), kind.Destinations()))
	}
	return objects
}

// observeAt looks at a model in namespace llm whose endpoint is its own.
func observeAt(t *testing.T, url string, reader kind.Reader, rules endpoint.Rules) kind.Observation {
	t.Helper()
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: "llm", Name: "granite"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Name: "granite"}, EndpointOverride: url},
	}
	return lookup(t, "Endpoint").Observe(model, nil, reader, rules)
}

// Whoever may write a MaaSModel may name a Service that they may not read: the
// status says that it leads outside, and not where, nor what stands behind it.
func TestServicesOfOthersAreNotTold(t *testing.T) {
	there := func(object string) string { return strings.ReplaceAll(object, "namespace: llm", "namespace: other") }
	known := networks("10.244.0.0/16")
	for title, objects := range map[string][]string{
		"an ExternalName": {there(service("granite", "type: ExternalName, externalName: secret.example"))},
		"an outside address": {there(service("granite", "type: ClusterIP")),
			there(slice("secret-slice", "granite", `addressType: IPv4, endpoints: [{addresses: ["203.0.113.9"]}]`))},
		"names": {there(service("granite", "type: ClusterIP")), there(slice("a", "granite", "addressType: FQDN, endpoints: [{addresses: [secret.example]}]"))},
	} {
		t.Run(title, func(t *testing.T) {
			got := observeAt(t, "http://granite.other.svc", objectsOf(t, objects), endpoint.Rules{Cluster: known})
			e := got.Endpoint
			if e.URL != "" || e.Reason != v1alpha1.ReasonEndpointOutsideCluster || !strings.Contains(e.Message, "Service other/granite leads out of the cluster") {
				t.Errorf("got %+v", e)
			}
			for _, told := range []string{"secret", "203.0.113.9", "ExternalName", "selector", "FQDN"} {
				if strings.Contains(e.Message, told) {
					t.Errorf("the message tells %s: %s", told, e.Message)
				}
			}
		})
	}
}

// sealed answers queries of one type with a state, and has objects of the others.
type sealed struct {
	kind.Objects
	kind  string
	state kind.AnswerState
}

func (u sealed) Read(query kind.Query) kind.Answer {
	if query.Kind == u.kind {
		return kind.Answer{State: u.state, Message: "grant the controller something"}
	}
	return u.Objects.Read(query)
}

// What is not known to be inside is not published, and the message says what is missing.
func TestKeepInsideUnreadable(t *testing.T) {
	bare := objectsOf(t, []string{service("granite", "type: ClusterIP")})
	for _, test := range []struct {
		kind   string
		state  kind.AnswerState
		reason string
	}{
		{"Service", kind.AnswerForbidden, v1alpha1.ReasonForbidden},
		{"EndpointSlice", kind.AnswerForbidden, v1alpha1.ReasonForbidden},
		{"Service", kind.AnswerNotServed, v1alpha1.ReasonEndpointOutsideCluster},
		{"EndpointSlice", kind.AnswerNotServed, v1alpha1.ReasonEndpointOutsideCluster},
	} {
		reader := sealed{bare, test.kind, test.state}
		got := observeAt(t, "http://granite.llm.svc", reader, endpoint.Rules{Cluster: networks("10.244.0.0/16")})
		e := got.Endpoint
		if e.URL != "" || e.Reason != test.reason || !strings.Contains(e.Message, test.kind) || !strings.Contains(e.Message, "grant the controller something") {
			t.Errorf("%s %s: %+v", test.kind, test.state, e)
		}
		if got := observeAt(t, "https://models.example.com", reader, endpoint.Rules{}); got.Endpoint.URL == "" {
			t.Errorf("%s %s: another host is refused: %+v", test.kind, test.state, got.Endpoint)
		}
	}
}

// The kind's own candidates are looked at as an override is, and the trace says so.
func TestKeepInsideCandidate(t *testing.T) {
	k := lookup(t, "Service")
	granite := referent(t, service("granite", "type: ExternalName, externalName: evil.example, ports: [{port: 80}]"))
	got := k.Explain(&v1alpha1.MaaSModel{}, granite, kind.Objects{granite}, endpoint.Rules{})
	if e := got.Endpoint; e.URL != "" || e.Reason != v1alpha1.ReasonEndpointOutsideCluster || e.Rule != "" || e.Source != kind.EndpointFromCandidate {
		t.Errorf("%+v", e)
	}
	var looked []kind.Step
	for _, step := range got.Trace {
		if step.Rule == "inside" {
			looked = append(looked, step)
		}
	}
	if len(looked) != 1 || looked[0].Path != "Service llm/granite" || looked[0].Found != "ExternalName" || looked[0].Matched || looked[0].Note == "" {
		t.Errorf("the trace says %+v", looked)
	}
}
