package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const patience = time.Minute

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// running is a Follower with its log.
type running struct {
	*Follower
	mu  sync.Mutex
	log bytes.Buffer
}

func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func (r *running) logged() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

func follow(t *testing.T, o Options) *running {
	t.Helper()
	r := &running{}
	o.Log = slog.New(slog.NewJSONHandler(r, nil))
	if o.Clock == nil {
		o.Clock = clock.RealClock{}
	}
	var err error
	if r.Follower, err = New(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return r
}

// settle waits until everybody has answered.
func (r *running) settle(t *testing.T) {
	t.Helper()
	select {
	case <-r.Settled():
	case <-time.After(patience):
		t.Fatalf("not settled, log:\n%s", r.logged())
	}
}

// known waits until networks and addresses are as wanted.
func (r *running) known(t *testing.T, why string, want func(*endpoint.Cluster) string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		is := r.Live().Load()
		if is == nil {
			return fmt.Errorf("%s: nothing is known, log:\n%s", why, r.logged())
		}
		if diff := want(is); diff != "" {
			return fmt.Errorf("%s: %s\nlog:\n%s", why, diff, r.logged())
		}
		return nil
	})
}

func services(cidrs ...string) func(*endpoint.Cluster) string {
	return func(is *endpoint.Cluster) string { return diff(cidrs, is.Services) }
}

func pods(cidrs ...string) func(*endpoint.Cluster) string {
	return func(is *endpoint.Cluster) string { return diff(cidrs, is.Pods) }
}

// apiServerAt wants addresses among those of the API server, and others not.
func apiServerAt(addresses, others []string) func(*endpoint.Cluster) string {
	return func(is *endpoint.Cluster) string {
		var said []string
		for _, address := range is.APIServer {
			said = append(said, address.String())
		}
		for _, address := range addresses {
			if !slices.Contains(said, address) {
				return fmt.Sprintf("%s is not among %s", address, said)
			}
		}
		for _, address := range others {
			if slices.Contains(said, address) {
				return fmt.Sprintf("%s is among %s", address, said)
			}
		}
		return ""
	}
}

func diff(want []string, got []netip.Prefix) string {
	var said []string
	for _, network := range got {
		said = append(said, network.String())
	}
	return cmp.Diff(want, said, cmpopts.EquateEmpty())
}

func node(name string, cidrs ...string) *corev1.Node {
	made := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"large": strings.Repeat("x", 60)}}}
	if len(cidrs) > 0 {
		made.Spec = corev1.NodeSpec{PodCIDR: cidrs[0], PodCIDRs: cidrs}
	}
	return made
}

// must make, change or delete objects.
func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestFollowsTheNetworks(t *testing.T) {
	env := server.Env(t)
	registry := prometheus.NewPedanticRegistry()
	r := follow(t, Options{Cluster: env.Config, Registerer: registry})
	r.known(t, "the API server makes a ServiceCIDR by itself", services("10.96.0.0/12"))
	r.known(t, "no Node, no network", pods())
	counted := func(services, pods int) error {
		return testutil.GatherAndCompare(registry, strings.NewReader(fmt.Sprintf(`
# HELP maas_cluster_networks Networks known to be inside the cluster, side by side ones as one; 0 means that cluster-local names are refused there.
# TYPE maas_cluster_networks gauge
maas_cluster_networks{use="pods"} %d
maas_cluster_networks{use="services"} %d
`, pods, services)))
	}
	must(t, counted(1, 0))

	one, two, both := node("one", "10.244.0.0/24"), node("two", "10.244.1.0/24"), node("both", "10.99.7.0/24", "fd00:244::/64")
	must(t, env.Client.Create(t.Context(), one), env.Client.Create(t.Context(), both))
	r.known(t, "a Node has a network of each family", pods("10.99.7.0/24", "10.244.0.0/24", "fd00:244::/64"))
	must(t, env.Client.Create(t.Context(), two))
	r.known(t, "networks side by side are one", pods("10.99.7.0/24", "10.244.0.0/23", "fd00:244::/64"))
	must(t, counted(1, 3))

	late := node("late")
	must(t, env.Client.Create(t.Context(), late))
	late.Spec = node("", "10.244.9.0/24").Spec // as kube-controller-manager does a moment later
	must(t, env.Client.Update(t.Context(), late))
	r.known(t, "a Node gets its network after it has come", pods("10.99.7.0/24", "10.244.0.0/23", "10.244.9.0/24", "fd00:244::/64"))

	must(t, env.Client.Delete(t.Context(), one), env.Client.Delete(t.Context(), both), env.Client.Delete(t.Context(), late))
	r.known(t, "a Node takes its network with it", pods("10.244.1.0/24"))
	must(t, env.Client.Delete(t.Context(), two))
	r.known(t, "the last one as well", pods())

	more := &networkingv1.ServiceCIDR{ObjectMeta: metav1.ObjectMeta{Name: "more"}, Spec: networkingv1.ServiceCIDRSpec{CIDRs: []string{"172.30.0.0/24", "fd00:30::/112"}}}
	must(t, env.Client.Create(t.Context(), more))
	r.known(t, "a second ServiceCIDR, of both families", services("10.96.0.0/12", "172.30.0.0/24", "fd00:30::/112"))
	must(t, env.Client.Delete(t.Context(), more))
	r.known(t, "and back", services("10.96.0.0/12"))
	for _, text := range []string{`"+172.30.0.0/24"`, `"-172.30.0.0/24"`, `"+10.244.9.0/24"`} {
		if n := strings.Count(r.logged(), text); n != 1 {
			t.Errorf("the log says %s %d times, want once:\n%s", text, n, r.logged())
		}
	}
}

// What is kept of a Node does not depend on how large it is.
func TestNodesAreKeptSmall(t *testing.T) {
	env := server.Env(t)
	large := node("large", "10.200.0.0/24")
	must(t, env.Client.Create(t.Context(), large))
	t.Cleanup(func() { must(t, client.IgnoreNotFound(env.Client.Delete(context.WithoutCancel(t.Context()), large))) })
	r := follow(t, Options{Cluster: env.Config})
	r.known(t, "the network of the Node", pods("10.200.0.0/24"))
	for _, s := range r.sources {
		if s.what != "nodes" {
			continue
		}
		for _, object := range s.informer.GetStore().List() {
			want := &corev1.Node{Spec: node("", "10.200.0.0/24").Spec}
			want.Name, want.UID = large.Name, large.UID
			if diff := cmp.Diff(want, object, cmpopts.IgnoreFields(metav1.ObjectMeta{}, "ResourceVersion")); diff != "" {
				t.Errorf("(-want +kept):\n%s", diff)
			}
		}
	}
}

func TestFollowsTheAPIServersAddresses(t *testing.T) {
	env := server.Env(t)
	r := follow(t, Options{Cluster: env.Config, ServiceHost: "10.96.0.1"})
	host, err := url.Parse(env.Config.Host)
	must(t, err)
	r.settle(t)
	service := &corev1.Service{}
	own := &discoveryv1.EndpointSlice{}
	key := client.ObjectKey{Namespace: metav1.NamespaceDefault, Name: "kubernetes"}
	// The API server makes both a moment after its start.
	testenv.Eventually(t, patience, func() error {
		return errors.Join(env.Client.Get(t.Context(), key, service), env.Client.Get(t.Context(), key, own))
	})
	endpoint := netip.AddrPortFrom(netip.MustParseAddr(own.Endpoints[0].Addresses[0]), uint16(*own.Ports[0].Port)).String()
	r.known(t, "the client's host, the Service and its endpoint", apiServerAt([]string{host.Host, "10.96.0.1:0", service.Spec.ClusterIP + ":0", endpoint}, nil))

	replica := func(name, service, address string, port *int32) *discoveryv1.EndpointSlice {
		return &discoveryv1.EndpointSlice{
			ObjectMeta:  metav1.ObjectMeta{Namespace: metav1.NamespaceDefault, Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: service}},
			AddressType: discoveryv1.AddressTypeIPv4, Endpoints: []discoveryv1.Endpoint{{Addresses: []string{address}}},
			Ports: []discoveryv1.EndpointPort{{Name: ptr.To("https"), Port: port}},
		}
	}
	second, anyPort, other := replica("second", "kubernetes", "192.0.2.10", ptr.To(int32(6443))), replica("any", "kubernetes", "192.0.2.11", nil), replica("other", "web", "192.0.2.12", ptr.To(int32(6443)))
	must(t, env.Client.Create(t.Context(), other), env.Client.Create(t.Context(), second), env.Client.Create(t.Context(), anyPort))
	r.known(t, "more replicas, and no other Service's", apiServerAt([]string{"192.0.2.10:6443", "192.0.2.11:0", endpoint}, []string{"192.0.2.12:6443"}))
	second.Endpoints[0].Addresses = []string{"192.0.2.20"}
	must(t, env.Client.Update(t.Context(), second))
	r.known(t, "a replica that moves", apiServerAt([]string{"192.0.2.20:6443"}, []string{"192.0.2.10:6443"}))
	must(t, env.Client.Delete(t.Context(), second), env.Client.Delete(t.Context(), anyPort), env.Client.Delete(t.Context(), other))
	r.known(t, "replicas that go", apiServerAt([]string{endpoint}, []string{"192.0.2.20:6443", "192.0.2.11:0"}))
}

// The role in config/rbac is enough. Without it nothing is inside, the log says
// what to grant, and what is granted later is taken up.
func TestPermissionsComeLater(t *testing.T) {
	env := testenv.Start(t)
	config := rest.CopyConfig(env.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: "system:serviceaccount:maas-system:maas-api", Groups: []string{"system:serviceaccounts", "system:authenticated"}}
	must(t, env.Client.Create(t.Context(), node("one", "10.244.0.0/24")))
	r := follow(t, Options{Cluster: config})
	r.settle(t)
	r.known(t, "nothing may be read", services())
	r.known(t, "nothing may be read", pods())
	host, err := url.Parse(env.Config.Host)
	must(t, err)
	r.known(t, "but for the client's own host", apiServerAt([]string{host.Host}, []string{"10.96.0.1:0"}))
	for _, text := range []string{"servicecidrs.networking.k8s.io", `"nodes"`, "Service default/kubernetes", "endpointslices.discovery.k8s.io", "config/rbac", "--cluster-cidrs"} {
		if !strings.Contains(r.logged(), text) {
			t.Errorf("the log does not say %q:\n%s", text, r.logged())
		}
	}
	flagged := follow(t, Options{Cluster: config, Networks: []netip.Prefix{netip.MustParsePrefix("10.244.0.0/16"), netip.MustParsePrefix("10.96.0.0/12")}})
	flagged.settle(t)
	flagged.known(t, "networks that are given", services("10.96.0.0/12", "10.244.0.0/16"))
	if strings.Contains(flagged.logged(), "servicecidrs") || strings.Contains(flagged.logged(), `"nodes"`) {
		t.Errorf("networks are given, and yet looked for:\n%s", flagged.logged())
	}

	must(t, env.Client.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "maas-system"}}))
	for _, file := range []string{"rbac/api.yaml", "rbac/inside.yaml", "api/service-account.yaml"} {
		env.Apply(t, testenv.ReadObjects(t, filepath.Join(testenv.Root(t), "config", file))...)
	}
	r.known(t, "ServiceCIDRs may be read", services("10.96.0.0/12"))
	r.known(t, "Nodes may be read", pods("10.244.0.0/24"))
	r.known(t, "the Service may be read", apiServerAt([]string{host.Host, "10.96.0.1:0"}, nil))
}

// Before Kubernetes 1.33 there are no ServiceCIDRs: here a proxy takes them away.
func TestServiceCIDRsAreNotServed(t *testing.T) {
	env := server.Env(t)
	transport, err := rest.TransportFor(env.Config)
	must(t, err)
	target, err := url.Parse(env.Config.Host)
	must(t, err)
	proxy := &httputil.ReverseProxy{Transport: transport, FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if strings.Contains(request.URL.Path, "servicecidrs") {
			http.NotFound(w, request)
			return
		}
		proxy.ServeHTTP(w, request)
	}))
	t.Cleanup(old.Close)
	r := follow(t, Options{Cluster: &rest.Config{Host: old.URL}})
	t.Cleanup(old.CloseClientConnections)
	r.settle(t)
	r.known(t, "they stay unknown", services())
	r.known(t, "what is served is known", apiServerAt([]string{"10.96.0.1:0"}, nil))
	for _, text := range []string{"servicecidrs.networking.k8s.io", "1.33", "--cluster-cidrs"} {
		if !strings.Contains(r.logged(), text) {
			t.Errorf("the log does not say %q:\n%s", text, r.logged())
		}
	}
}

// A host that cannot be resolved at first ends nothing, and one that moves is
// found again.
func TestResolvesTheHostAgain(t *testing.T) {
	env := server.Env(t)
	dns := testenv.StartDNS(t)
	target, err := url.Parse(env.Config.Host)
	must(t, err)
	config := rest.CopyConfig(env.Config)
	config.Host, config.ServerName = "https://api.test:"+target.Port(), "localhost"
	config.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) { // wherever the name leads
		return (&net.Dialer{}).DialContext(ctx, network, target.Host)
	}
	tick := clocktesting.NewFakeClock(time.Unix(0, 0))
	r := follow(t, Options{Cluster: config, Resolver: dns.Resolver, Clock: tick})
	r.settle(t)
	if is := r.Live().Load(); is != nil {
		t.Errorf("known without the API server's host: %+v", is)
	}
	for _, text := range []string{"api.test", "--kubeconfig"} {
		if !strings.Contains(r.logged(), text) {
			t.Errorf("the log does not say %q:\n%s", text, r.logged())
		}
	}
	later := func() {
		testenv.Eventually(t, patience, func() error {
			if !tick.HasWaiters() {
				return errors.New("nobody waits to resolve again")
			}
			return nil
		})
		tick.Step(resolveEvery)
	}
	at := func(address string) string { return address + ":" + target.Port() }
	dns.Set("api.test", []string{"192.0.2.1", "2001:db8::1"})
	later()
	r.known(t, "resolved at last", apiServerAt([]string{at("192.0.2.1"), at("[2001:db8::1]")}, nil))
	r.known(t, "and the rest with it", services("10.96.0.0/12"))
	dns.Set("api.test", []string{"192.0.2.2"})
	later()
	r.known(t, "moved", apiServerAt([]string{at("192.0.2.2")}, []string{at("192.0.2.1")}))
	dns.Set("api.test")
	later()
	later()
	r.known(t, "away: where it was last stays", apiServerAt([]string{at("192.0.2.2")}, nil))
}

// The addresses of a cluster that cannot be reached are known, and nothing else.
func TestTheAPIServerIsAway(t *testing.T) {
	away := testenv.FreeAddress(t)
	r := follow(t, Options{Cluster: &rest.Config{Host: "http://" + away}})
	r.known(t, "the client's host", apiServerAt([]string{away}, nil))
	testenv.Eventually(t, patience, func() error {
		if !strings.Contains(r.logged(), "tried again") {
			return fmt.Errorf("log:\n%s", r.logged())
		}
		return nil
	})
	select {
	case <-r.Settled():
		t.Error("settled, though nobody has answered")
	default:
	}
}
