package access

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// dialling is the policy of guarding with a dial map.
func dialling(t *testing.T, g *guard, entries ...string) *guard {
	t.Helper()
	policy, err := g.policy.Dialling(entries)
	if err != nil {
		t.Fatal(err)
	}
	g.policy = policy
	return g
}

func TestWhereAHostIsDialled(t *testing.T) {
	policy := dialling(t, guarding(t, "", nil),
		"*.example.com=10.0.0.1", "llm.example.com=10.0.0.2", "LLM.example.com.:8443=10.0.0.3:443", "*.apps.example.com=10.0.0.4:8080",
		"*.apps.example.com:443=gateway.ingress.svc", "six.example.com=fd00::6", "seven.example.com=[fd00::7]:8443", "eight.example.com=[fd00::8]",
		"*.local=10.0.0.9").policy
	for name, test := range map[string]struct{ endpoint, want string }{
		"the name keeps the port":               {"https://llm.example.com/v1", "10.0.0.2 443"},
		"whatever that is":                      {"https://llm.example.com:9000", "10.0.0.2 9000"},
		"http has its own":                      {"http://llm.example.com", "10.0.0.2 80"},
		"a port of the name goes first":         {"https://llm.example.com:8443", "10.0.0.3 443"},
		"case and a final dot make no other":    {"https://LLM.Example.com.:8443", "10.0.0.3 443"},
		"a name below goes by the wildcard":     {"https://chat.example.com", "10.0.0.1 443"},
		"also two labels below":                 {"https://a.chat.example.com", "10.0.0.1 443"},
		"the longer wildcard goes first":        {"https://a.apps.example.com:80", "10.0.0.4 8080"},
		"and of two as long that with the port": {"https://a.apps.example.com", "gateway.ingress.svc 443"},
		"a wildcard is not the name itself":     {"https://example.com", "example.com 443"},
		"nor one that merely ends so":           {"https://badexample.com", "badexample.com 443"},
		"IPv6":                                  {"https://six.example.com", "fd00::6 443"},
		"IPv6 with a port":                      {"https://seven.example.com", "fd00::7 8443"},
		"IPv6 in brackets":                      {"https://eight.example.com", "fd00::8 443"},
		"an address is dialled as it is":        {"https://10.9.9.9", "10.9.9.9 443"},
		"a name of the cluster too":             {"http://granite.llm.svc", "granite.llm.svc 80"},
		"whatever wildcard there is":            {"http://granite.llm.svc.cluster.local", "granite.llm.svc.cluster.local 80"},
		"other names of that ending are not":    {"https://nas.local", "10.0.0.9 443"},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(test.endpoint)
			if err != nil {
				t.Fatal(err)
			}
			if host, port := policy.dialled(u); host+" "+port != test.want {
				t.Errorf("dialled at %s %s, want %s", host, port, test.want)
			}
		})
	}
}

// Everything that is wrong is said at once, with what to write.
func TestFaultsInADialMap(t *testing.T) {
	faults := map[string]string{
		"llm.example.com":                        "write HOST=ADDRESS",
		"llm.example.com=":                       "neither an IP address nor the name of a Service",
		"=10.0.0.7":                              "is no host name",
		"a_b.example.com=10.0.0.7":               "is no host name",
		"*=10.0.0.7":                             "is no host name",
		"*.*.example.com=10.0.0.7":               "is no host name",
		"https://llm.example.com=10.0.0.7":       "write HOST=ADDRESS",
		"10.0.0.1=10.0.0.7":                      "is no host name",
		"p.example.com:0=10.0.0.7":               "write HOST=ADDRESS",
		"p.example.com:99999=10.0.0.7":           "write HOST=ADDRESS",
		"q.example.com=10.0.0.7:0":               "write HOST=ADDRESS",
		"granite.llm.svc=10.0.0.7":               "is a name of the cluster",
		"granite.llm.svc.cluster.local=10.0.0.":  "is a name of the cluster",
		"*.svc=10.0.0.7":                         "is a name of the cluster",
		"*.llm.svc=10.0.0.7":                     "is a name of the cluster",
		"b.example.com=gateway.example.net":      "neither an IP address nor the name of a Service",
		"c.example.com=gateway.ingress.svc:x":    "neither an IP address nor the name of a Service",
		"d.example.com=127.0.0.1":                "--allow-cidr",
		"e.example.com=169.254.169.254:80":       "--allow-cidr",
		"f.example.com=[::ffff:169.254.169.254]": "--allow-cidr",
		"g.example.com=fe80::1%eth0":             "write HOST=ADDRESS",
		"twice.example.com=10.0.0.8":             "has an address already",
	}
	entries := []string{"twice.example.com=10.0.0.7", "good.example.com=10.0.0.7", "allowed.example.com=127.0.0.8:1"}
	for entry := range faults {
		entries = append(entries, entry)
	}
	_, err := guarding(t, "", nil, "127.0.0.8/32").policy.Dialling(entries)
	if err == nil {
		t.Fatal("no fault")
	}
	said := strings.Split(err.Error(), "\n")
	for entry, says := range faults {
		found := false
		for _, line := range said {
			found = found || strings.Contains(line, `--dial-map: "`+entry+`"`) && strings.Contains(err.Error(), says)
		}
		if !found {
			t.Errorf("%s: nothing is said of it with %q:\n%v", entry, says, err)
		}
	}
	for _, good := range entries[:3] {
		if strings.Contains(err.Error(), `"`+good+`"`) {
			t.Errorf("%s is called a fault:\n%v", good, err)
		}
	}
}

// An address by a dial map is judged as every other one is when it is connected to.
func TestGuardJudgesMappedAddresses(t *testing.T) {
	inside := &endpoint.Cluster{Services: networks("10.96.0.0/12"), APIServer: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.6:0")}}
	self := []netip.AddrPort{netip.MustParseAddrPort("10.1.2.3:8080")}
	for name, test := range map[string]struct{ entry, address, refused string }{
		"an address outside":             {"llm.example.com=10.0.0.7", "10.0.0.7:443", ""},
		"a Service's":                    {"llm.example.com=gateway.ingress.svc", "10.96.0.7:443", ""},
		"a Service that leads out":       {"llm.example.com=gateway.ingress.svc", "10.0.0.7:443", "gateway.ingress.svc leads to 10.0.0.7, which is outside"},
		"a Service at a metadata server": {"llm.example.com=gateway.ingress.svc", "169.254.169.254:443", "169.254.169.254"},
		"the API server":                 {"llm.example.com=10.0.0.6", "10.0.0.6:443", "API server"},
		"this API itself":                {"llm.example.com=10.1.2.3:8080", "10.1.2.3:8080", "this API itself"},
	} {
		t.Run(name, func(t *testing.T) {
			g := dialling(t, guarding(t, "", inside), test.entry)
			g.self.Store(&self)
			err := g.control(g.to(t, "https://llm.example.com"), "tcp4", test.address, nil)
			if (err == nil) != (test.refused == "") || err != nil && !(errors.Is(err, ErrRefused) && strings.Contains(err.Error(), test.refused)) {
				t.Errorf("%v, want a refusal with %q", err, test.refused)
			}
		})
	}
}

// A dial map makes a host trusted no more, nor plain http.
func TestMappedHostsHaveToBeTrusted(t *testing.T) {
	policy, err := NewPolicy([]string{"llm.example.com"}, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if policy, err = policy.Dialling([]string{"*.example.com=10.0.0.7"}); err != nil {
		t.Fatal(err)
	}
	for endpoint, refused := range map[string]string{
		"https://llm.example.com": "", "https://chat.example.com": "not among the trusted hosts", "http://llm.example.com": "plain http",
	} {
		err := policy.Target("ns/m", endpoint, "k", kind.DefaultProbe()).Refused()
		if (err == nil) != (refused == "") || err != nil && !strings.Contains(err.Error(), refused) {
			t.Errorf("%s: %v, want a refusal with %q", endpoint, err, refused)
		}
	}
}

// Two hosts at one address: each is asked by its own name, over connections of its
// own, and DNS is asked for neither.
func TestMappedHostsKeepTheirNames(t *testing.T) {
	const first, second = "llm.maas.example", "chat.maas.example"
	cert, roots := certificate(t, first)
	other, _ := certificate(t, second)
	leaf, err := x509.ParseCertificate(other.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(leaf)
	var mu sync.Mutex
	hosts := map[string][]string{} // by the client's address
	backend := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		host, _, _ := net.SplitHostPort(r.Host)
		if host == "" {
			host = r.Host
		}
		hosts[r.RemoteAddr] = append(hosts[r.RemoteAddr], r.TLS.ServerName+" "+host)
	}))
	backend.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert, other}}
	backend.StartTLS()
	t.Cleanup(backend.Close)
	dns := testenv.StartDNS(t)
	policy, err := NewPolicy([]string{".maas.example"}, false, networks("127.0.0.0/8"))
	if err == nil {
		policy, err = policy.Dialling([]string{"*.maas.example=" + backend.Listener.Addr().String()})
	}
	if err != nil {
		t.Fatal(err)
	}
	limits := DefaultLimits()
	limits.ProbeTimeout, limits.Budget, limits.VerdictTTL = 10*time.Second, 15*time.Second, 0
	c, err := NewChecker(t.Context(), Config{
		Limits: limits, Policy: policy, Resolver: dns.Resolver, Roots: roots,
		Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Clock: clock.RealClock{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	verdicts := make([]Decision, 2)
	for range 3 {
		c.Check(t.Context(), caller(t, "alice"), []*Target{wireTarget(t, c, "https://"+first), wireTarget(t, c, "https://"+second+":444")}, verdicts)
		if diff := cmp.Diff([]Decision{Allowed, Allowed}, verdicts); diff != "" {
			t.Fatalf("verdicts (-want +got):\n%s", diff)
		}
		c.settled(t)
	}
	mu.Lock()
	defer mu.Unlock()
	seen := map[string]int{}
	for from, names := range hosts {
		for _, name := range names {
			if name != names[0] {
				t.Errorf("one connection of %s asked for %q", from, names)
			}
			seen[name]++
		}
	}
	if diff := cmp.Diff(map[string]int{first + " " + first: 3, second + " " + second: 3}, seen); diff != "" {
		t.Errorf("server name and Host (-want +got):\n%s", diff)
	}
	if dns.Asked(first)+dns.Asked(second) != 0 {
		t.Error("DNS was asked for a host that is in the dial map")
	}
}
