package access

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine/kind"
)

func networks(cidrs ...string) []netip.Prefix {
	var parsed []netip.Prefix
	for _, cidr := range cidrs {
		parsed = append(parsed, netip.MustParsePrefix(cidr))
	}
	return parsed
}

// guarding makes a guard that trusts every host, in a cluster of which cluster
// is known; nil where nothing is.
func guarding(t *testing.T, domain string, cluster *endpoint.Cluster, allowCIDRs ...string) *guard {
	t.Helper()
	policy, err := NewPolicy([]string{"*"}, true, networks(allowCIDRs...))
	if err != nil {
		t.Fatal(err)
	}
	g := &guard{policy: policy.InDomain(domain), cluster: &endpoint.LiveCluster{}}
	if cluster != nil {
		g.cluster.Store(cluster)
	}
	return g
}

// to is a context of connections to an endpoint.
func (g *guard) to(t *testing.T, url string) context.Context {
	t.Helper()
	target := g.policy.Target("ns/m", url, "k", kind.DefaultProbe())
	if err := target.Refused(); err != nil {
		t.Fatal(err)
	}
	ctx, _ := withProbing(t.Context(), target, nil)
	return ctx
}

func TestGuardJudgesTheAddressThatIsConnectedTo(t *testing.T) {
	g := guarding(t, "", &endpoint.Cluster{APIServer: []netip.AddrPort{
		netip.MustParseAddrPort("10.96.0.1:0"),
		netip.MustParseAddrPort("192.168.1.10:6443"),
	}}, "127.0.0.8/32")
	self := []netip.AddrPort{netip.MustParseAddrPort("10.1.2.3:8080")}
	g.self.Store(&self)
	ctx := g.to(t, "https://models.example.com")
	for address, want := range map[string]bool{
		"10.0.0.7:80": true, "192.168.7.7:443": true, "93.184.216.34:443": true, "[fd12::1]:8000": true, "[2606:2800:220:1::1]:443": true,
		"127.0.0.8:80": true, // by --allow-cidr
		"127.0.0.1:80": false, "[::1]:80": false, "[::ffff:127.0.0.1]:80": false,
		"169.254.169.254:80": false, "[fe80::1]:80": false, "[::ffff:169.254.169.254]:80": false, "[64:ff9b::a9fe:a9fe]:80": false, "[fd00:ec2::254]:80": false,
		"0.0.0.0:80": false, "[::]:80": false, "224.0.0.1:80": false, "255.255.255.255:80": false, "[ff02::1]:80": false,
		"10.96.0.1:443": false, "10.96.0.1:6443": false, "[::ffff:10.96.0.1]:443": false, // the API server, every port
		"[64:ff9b::a60:1]:443": false, "[2002:a60:1::1]:443": false, "[64:ff9b::a60:2]:443": true, // and inside of IPv6
		"192.168.1.10:6443": false, "192.168.1.10:8000": true, // the API server on a node that others share
		"10.1.2.3:8080": false, "10.1.2.3:9000": true, "[64:ff9b::a01:203]:8080": false, // this process
		"unix.sock": false, "models.example.com:80": false,
	} {
		err := g.control(ctx, "tcp4", address, nil)
		if (err == nil) != want || (err != nil && !errors.Is(err, ErrRefused)) {
			t.Errorf("%s: %v, want allowed %v", address, err, want)
		}
	}
	if err := g.control(ctx, "udp4", "10.0.0.7:80", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("udp: %v", err)
	}
	if err := g.control(t.Context(), "tcp4", "10.0.0.7:80", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("for no target: %v", err)
	}
}

// Every line of the table, also when it is wrapped in IPv6.
func TestGuardRefusesTheWholeTable(t *testing.T) {
	g := guarding(t, "", &endpoint.Cluster{})
	ctx := g.to(t, "https://models.example.com")
	if err := g.control(ctx, "tcp6", "[2001:db8::1]:80", nil); err != nil {
		t.Errorf("an address that is in no line: %v", err)
	}
	for _, line := range endpoint.RefusedNetworks() {
		addrs := []netip.Addr{line.Prefix.Addr()}
		if first := line.Prefix.Addr(); first.Is4() {
			for _, prefix := range []string{"::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "fd12::5efe:0:0"} {
				around := netip.MustParseAddr(prefix).As16()
				copy(around[12:], first.AsSlice())
				addrs = append(addrs, netip.AddrFrom16(around))
			}
		}
		for _, addr := range addrs {
			for _, port := range []uint16{80, 443} {
				to := netip.AddrPortFrom(addr, port)
				if err := g.control(ctx, "tcp6", to.String(), nil); !errors.Is(err, ErrRefused) {
					t.Errorf("%s (%s): %v", to, line.Source, err)
				}
			}
		}
	}
}

// A name of the cluster has to lead into it.
func TestGuardKeepsNamesOfTheClusterInside(t *testing.T) {
	both := &endpoint.Cluster{Services: networks("10.96.0.0/12", "fd00:10:96::/108"), Pods: networks("10.244.0.0/16"),
		APIServer: []netip.AddrPort{netip.MustParseAddrPort("10.96.0.1:0")}}
	const name = "http://granite.llm.svc:8000"
	for test, c := range map[string]struct {
		domain   string
		cluster  *endpoint.Cluster
		allow    []string
		endpoint string
		address  string
		// refused is a part of the message; empty when the connection is made.
		refused string
	}{
		"a Service's address":                        {cluster: both, endpoint: name, address: "10.96.1.2:8000"},
		"a Pod's, of a headless Service":             {cluster: both, endpoint: name, address: "10.244.3.4:8000"},
		"a Service's, in IPv6":                       {cluster: both, endpoint: name, address: "[fd00:10:96::7]:8000"},
		"a Service's, mapped into IPv6":              {cluster: both, endpoint: name, address: "[::ffff:10.96.1.2]:8000"},
		"a machine beside the cluster":               {cluster: both, endpoint: name, address: "10.0.0.7:8000", refused: "outside the cluster's Service and Pod networks"},
		"the message has the address":                {cluster: both, endpoint: name, address: "10.0.0.7:8000", refused: "10.0.0.7,"},
		"and the flag":                               {cluster: both, endpoint: name, address: "10.0.0.7:8000", refused: "--cluster-cidrs"},
		"the Internet":                               {cluster: both, endpoint: name, address: "93.184.216.34:80", refused: "outside"},
		"the Internet, in IPv6":                      {cluster: both, endpoint: name, address: "[2606:2800:220:1::1]:80", refused: "outside"},
		"inside, translated by NAT64":                {cluster: both, endpoint: name, address: "[64:ff9b::a60:102]:80", refused: "outside"},
		"a machine that the operator opened":         {cluster: both, allow: []string{"10.0.0.0/24"}, endpoint: name, address: "10.0.0.7:8000"},
		"which opens no other":                       {cluster: both, allow: []string{"10.0.0.0/24"}, endpoint: name, address: "10.0.1.7:8000", refused: "outside"},
		"and not the API server":                     {cluster: both, allow: []string{"10.0.0.0/8"}, endpoint: name, address: "10.96.0.1:443", refused: "API server"},
		"the full name":                              {cluster: both, endpoint: "http://granite.llm.svc.cluster.local", address: "10.0.0.7:80", refused: "outside"},
		"https as well":                              {cluster: both, endpoint: "https://granite.llm.svc", address: "10.0.0.7:443", refused: "outside"},
		"in capitals, with a final dot":              {cluster: both, endpoint: "http://Granite.LLM.SVC.", address: "10.0.0.7:80", refused: "outside"},
		"below a Pod's name":                         {cluster: both, endpoint: "http://granite-0.granite.llm.svc", address: "10.0.0.7:80", refused: "outside"},
		"a name that no Service has, with two parts": {cluster: both, endpoint: "http://granite.svc", address: "10.0.0.7:80", refused: "outside"},
		"and with five":                              {cluster: both, endpoint: "http://a.b.c.d.svc", address: "10.0.0.7:80", refused: "outside"},
		"another domain's name is none here":         {cluster: both, endpoint: "http://granite.llm.svc.cluster.example", address: "10.0.0.7:80"},
		"unless it is the cluster's own":             {domain: "Cluster.Example", cluster: both, endpoint: "http://granite.llm.svc.cluster.example", address: "10.0.0.7:80", refused: "outside"},
		"a name of another domain, led inside":       {cluster: both, endpoint: "https://models.example.com", address: "10.96.1.2:443"},
		"networks that are not known":                {cluster: &endpoint.Cluster{}, endpoint: name, address: "10.96.1.2:8000", refused: "are not known: give them with --cluster-cidrs"},
		"not known, but opened":                      {cluster: &endpoint.Cluster{}, allow: []string{"10.96.0.0/12"}, endpoint: name, address: "10.96.1.2:8000"},
		"nothing is known yet":                       {endpoint: name, address: "10.96.1.2:8000", refused: "not known yet"},
		"not of other hosts either":                  {endpoint: "https://models.example.com", address: "93.184.216.34:443", refused: "not known yet"},
	} {
		t.Run(test, func(t *testing.T) {
			g := guarding(t, c.domain, c.cluster, c.allow...)
			err := g.control(g.to(t, c.endpoint), "tcp4", c.address, nil)
			switch {
			case c.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.refused != "" && (!errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.refused)):
				t.Errorf("%v, want a refusal with %q", err, c.refused)
			}
		})
	}
}

// The names of the cluster are asked for in full, so that a search path does
// not decide where they lead.
func TestNamesAreResolvedInFull(t *testing.T) {
	policy := guarding(t, "cluster.example", nil).policy
	for host, want := range map[string]string{
		"granite.llm.svc":                 "granite.llm.svc.cluster.example.",
		"Granite.llm.SVC.":                "granite.llm.svc.cluster.example.",
		"granite.llm.svc.cluster.example": "granite.llm.svc.cluster.example.",
		"granite.svc":                     "granite.svc.cluster.example.",
		"granite.llm.svc.cluster.local":   "granite.llm.svc.cluster.local.", // another cluster's, or nobody's
		"models.example.com":              "models.example.com.",
		"Models.example.com.":             "Models.example.com.",
		"granite.llm":                     "granite.llm", // which a search path completes
		"example.com":                     "example.com",
		"localhost":                       "localhost",
		"10.0.0.7":                        "10.0.0.7",
		"fd00::7":                         "fd00::7",
	} {
		if got := policy.resolvedAs(host); got != want {
			t.Errorf("%s is resolved as %s, want %s", host, got, want)
		}
	}
}

func TestListeningEverywhereIsReachedAtEveryLocalAddress(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:8080", "[::]:8080"} {
		found, err := localAddresses(netip.MustParseAddrPort(listen))
		if err != nil {
			t.Fatal(err)
		}
		if !endpoint.Among(found, netip.MustParseAddrPort("127.0.0.1:8080")) || endpoint.Among(found, netip.MustParseAddrPort("127.0.0.1:9090")) {
			t.Errorf("%s is reached at %v", listen, found)
		}
	}
}
