package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	rules "github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine/kind"
)

// Inside the cluster are here the addresses of --allow-cidr, since those of
// loopback cannot be its networks.
func inside() Options {
	o := loopback()
	o.TrustedHosts, o.AllowHTTP = nil, false
	o.AllowCIDRs = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/16")}
	o.Limits.VerdictTTL = 0
	return o
}

// One bad address among a hundred is not connected to, wherever it stands, and
// keeps nobody from the good one.
func TestEachOfManyAddressesIsJudged(t *testing.T) {
	for place, at := range map[string]int{"first": 0, "in the middle": 50, "before the good one": 97, "last": 99} {
		t.Run(place, func(t *testing.T) {
			backend := startServerAt(t, "127.0.0.99:0", admits(secret))
			caught := startTrap(t, "127.9.9.9:"+port(t, backend))
			addresses := make([]string, 100)
			for i := range addresses {
				addresses[i] = fmt.Sprintf("127.0.0.%d", i+1) // somebody listens at .99 alone
			}
			addresses[at] = "127.9.9.9"
			dns := startDNS(t)
			dns.set("granite.llm.svc.cluster.local", addresses)
			s := startServiceResolving(t, dns.Resolver, inside(), model("llm/granite", "http://granite.llm.svc:"+port(t, backend)))
			if got := s.get(t, "/v1/models", secret); !strings.Contains(got.body, "granite") {
				t.Errorf("status %d, %s\n%s", got.StatusCode, got.body, s.log)
			}
			if n := caught.caught.Load(); n != 0 {
				t.Errorf("the token was lost %d times", n)
			}
		})
	}
}

// A name of the cluster that leads outside gets no token: from the start, or
// when DNS answers differently the second time. That is no verdict for good.
func TestNamesOfTheClusterThatLeadOutside(t *testing.T) {
	const outside = "192.0.2.1" // TEST-NET-1, RFC 5737: nobody is there
	dns := startDNS(t)
	backend := startServerAt(t, "127.0.0.2:0", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		admits(secret)(w, r)
	})
	s := startServiceResolving(t, dns.Resolver, inside(), model("llm/granite", "http://granite.llm.svc:"+port(t, backend)))
	s.inside.Store(&rules.Cluster{Services: []netip.Prefix{netip.MustParsePrefix("10.96.0.0/12")}})
	const name = "granite.llm.svc.cluster.local"
	for i, answers := range [][][]string{
		{{outside}},
		{{"127.0.0.2"}},
		{{"127.0.0.2"}, {outside}, {"127.0.0.2"}}, // flips, and flips back
		{{outside, "2001:db8::1", "169.254.169.254"}},
		{{"127.0.0.2"}},
	} {
		dns.set(name, answers...)
		for _, answer := range answers {
			got := s.get(t, "/v1/models", secret)
			listed := strings.Contains(got.body, "granite")
			if want := answer[0] == "127.0.0.2"; listed != want || got.StatusCode != http.StatusOK || got.Header.Get("X-Models-Incomplete") != "" {
				t.Errorf("%d: DNS says %s: listed is %t; status %d, %s", i, answer, listed, got.StatusCode, got.body)
			}
		}
	}
	for _, text := range []string{"llm/granite", outside, "outside the cluster's Service and Pod networks", "--cluster-cidrs"} {
		if !strings.Contains(s.log.String(), text) {
			t.Errorf("the log does not say %s:\n%s", text, s.log)
		}
	}
	if n := strings.Count(s.log.String(), outside+", which is outside"); n != 1 {
		t.Errorf("the same refusal is logged %d times", n)
	}
	// A search path would have asked for the name as it stands in the endpoint.
	if dns.Asked(name) == 0 || dns.Asked("granite.llm.svc") != 0 {
		t.Errorf("asked %d times for the full name, %d times for the short one", dns.Asked(name), dns.Asked("granite.llm.svc"))
	}
	s.clean(t)
}

// Before anything is known of the cluster nothing is sent.
func TestNothingIsKnownOfTheCluster(t *testing.T) {
	dns := startDNS(t)
	yes := startBackend(t, admits(secret))
	dns.set("granite.llm.svc.cluster.local", []string{"127.0.0.1"})
	s := startServiceResolving(t, dns.Resolver, inside(), model("llm/granite", "http://granite.llm.svc:"+port(t, yes.Server)))
	s.inside.Store(nil)
	if got := s.get(t, "/v1/models", secret); strings.Contains(got.body, "granite") || yes.probes.Load() != 0 {
		t.Errorf("status %d, %s; %d probes", got.StatusCode, got.body, yes.probes.Load())
	}
	s.inside.Store(&rules.Cluster{})
	if got := s.get(t, "/v1/models", secret); !strings.Contains(got.body, "granite") {
		t.Errorf("status %d, %s", got.StatusCode, got.body)
	}
}

// The flag's default follows the domain, and none at all is not the default.
func TestTrustedHostsByDefault(t *testing.T) {
	for name, test := range map[string]struct {
		domain   string
		trusted  []string
		endpoint string
		refused  string
	}{
		"a Service":                     {endpoint: "http://granite.llm.svc"},
		"its full name":                 {endpoint: "http://granite.llm.svc.cluster.local"},
		"in the cluster's own domain":   {domain: "cluster.example", endpoint: "http://granite.llm.svc.cluster.example"},
		"not in another":                {domain: "cluster.example", endpoint: "http://granite.llm.svc.cluster.local", refused: "trusted hosts"},
		"plain http stays inside":       {domain: "cluster.example", trusted: []string{"*"}, endpoint: "http://granite.llm.svc.cluster.local", refused: "plain http"},
		"no host is trusted by \"\"":    {trusted: []string{}, endpoint: "http://granite.llm.svc", refused: "trusted hosts"},
		"a name that is the suffix":     {endpoint: "http://svc", refused: "trusted hosts"},
		"what only begins like a name ": {endpoint: "http://granite.llm.svc.example.com", refused: "trusted hosts"},
	} {
		t.Run(name, func(t *testing.T) {
			o := DefaultOptions()
			o.ClusterDomain, o.TrustedHosts = test.domain, test.trusted
			policy, err := o.policy()
			if err != nil {
				t.Fatal(err)
			}
			err = policy.Target("llm/granite", test.endpoint, "k", kind.DefaultProbe()).Refused()
			if (err == nil) != (test.refused == "") || err != nil && !strings.Contains(err.Error(), test.refused) {
				t.Errorf("%v, want a refusal with %q", err, test.refused)
			}
		})
	}
}
