package access

import (
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/endpoint"
)

func TestGuardJudgesTheAddressThatIsConnectedTo(t *testing.T) {
	g := &guard{
		policy: &Policy{rules: endpoint.Rules{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.8/32")}}},
		apiServer: []netip.AddrPort{
			netip.MustParseAddrPort("10.96.0.1:0"),
			netip.MustParseAddrPort("192.168.1.10:6443"),
		},
	}
	self := []netip.AddrPort{netip.MustParseAddrPort("10.1.2.3:8080")}
	g.self.Store(&self)
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
		err := g.control(t.Context(), "tcp4", address, nil)
		if (err == nil) != want || (err != nil && !errors.Is(err, ErrRefused)) {
			t.Errorf("%s: %v, want allowed %v", address, err, want)
		}
	}
	if err := g.control(t.Context(), "udp4", "10.0.0.7:80", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("udp: %v", err)
	}
}

// Every line of the table, also when it is wrapped in IPv6.
func TestGuardRefusesTheWholeTable(t *testing.T) {
	g := &guard{policy: &Policy{}}
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
				if err := g.control(t.Context(), "tcp6", to.String(), nil); !errors.Is(err, ErrRefused) {
					t.Errorf("%s (%s): %v", to, line.Source, err)
				}
			}
		}
	}
}

func TestResolveAPIServer(t *testing.T) {
	for name, test := range map[string]struct {
		clientHost, serviceHost string
		want                    []string
	}{
		"inside a cluster both are the Service":    {"https://10.96.0.1:443", "10.96.0.1", []string{"10.96.0.1:443", "10.96.0.1:0"}},
		"outside there is the kubeconfig's server": {"https://192.168.1.10:6443", "", []string{"192.168.1.10:6443"}},
		"the port may be left out":                 {"https://192.168.1.10", "", []string{"192.168.1.10:443"}},
		"and the scheme":                           {"192.168.1.10:6443", "", []string{"192.168.1.10:6443"}},
		"http has another port":                    {"http://192.168.1.10", "", []string{"192.168.1.10:80"}},
		"IPv6":                                     {"https://[fd00::1]:6443", "fd00::2", []string{"[fd00::1]:6443", "[fd00::2]:0"}},
		"none":                                     {"", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := ResolveAPIServer(t.Context(), net.DefaultResolver, test.clientHost, test.serviceHost)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range found {
				got = append(got, a.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestListeningEverywhereIsReachedAtEveryLocalAddress(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:8080", "[::]:8080"} {
		found, err := localAddresses(netip.MustParseAddrPort(listen))
		if err != nil {
			t.Fatal(err)
		}
		if !among(found, netip.MustParseAddrPort("127.0.0.1:8080")) || among(found, netip.MustParseAddrPort("127.0.0.1:9090")) {
			t.Errorf("%s is reached at %v", listen, found)
		}
	}
}
