package endpoint_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/endpoint"
)

// wrap gives every IPv6 address that holds an IPv4 address in one of the ways
// that RFCs describe, by their name.
func wrap(v4 netip.Addr) map[string]netip.Addr {
	b := v4.As4()
	low := func(prefix string) netip.Addr {
		a := netip.MustParseAddr(prefix).As16()
		copy(a[12:], b[:])
		return netip.AddrFrom16(a)
	}
	at := func(prefix string, indexes ...int) netip.Addr {
		a := netip.MustParseAddr(prefix).As16()
		for i, index := range indexes {
			a[index] = b[i]
		}
		return netip.AddrFrom16(a)
	}
	teredo := netip.MustParseAddr("2001:0:cb00:7101:8000:63bf::").As16()
	for i := range b {
		teredo[12+i] = ^b[i]
	}
	return map[string]netip.Addr{
		"mapped":                low("::ffff:0:0"),
		"compatible":            low("::"),
		"translated":            low("::ffff:0:0:0"),
		"NAT64":                 low("64:ff9b::"),
		"local NAT64 /48":       at("64:ff9b:1::", 6, 7, 9, 10),
		"local NAT64 /56":       at("64:ff9b:1:cb00::", 7, 9, 10, 11),
		"local NAT64 /64":       at("64:ff9b:1:cb00::", 9, 10, 11, 12),
		"local NAT64 /96":       low("64:ff9b:1::"),
		"local NAT64, suffix":   at("64:ff9b:1::cb:71cb", 6, 7, 9, 10),
		"6to4":                  at("2002::1", 2, 3, 4, 5),
		"Teredo, server":        at("2001:0:0:0:0:0:34ff:8efe", 4, 5, 6, 7),
		"Teredo, client":        netip.AddrFrom16(teredo),
		"ISATAP":                low("2001:db8::5efe:0:0"),
		"ISATAP, global":        low("fd12::200:5efe:0:0"),
		"ISATAP, on the link":   low("fd12:0:0:1::5efe:0:0"),
		"ISATAP inside of 6to4": at("2002:cb00:7101::5efe:0:0", 12, 13, 14, 15),
	}
}

func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(b); bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}

// refused holds an address and a literal of it against the rules.
func refused(t *testing.T, addr netip.Addr, says ...string) {
	t.Helper()
	literal := "http://" + addr.String() + ":8000/v1"
	if addr.Is6() {
		literal = "http://[" + addr.String() + "]:8000/v1"
	}
	_, parsed := endpoint.Rules{}.Parse(literal)
	for what, err := range map[string]error{"CheckAddr": endpoint.Rules{}.CheckAddr(addr), "Parse": parsed} {
		if err == nil {
			t.Errorf("%s allows %s", what, addr)
			continue
		}
		for _, part := range append(says, addr.String()) {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s of %s does not say %q: %v", what, addr, part, err)
			}
		}
	}
}

// Every line: its first and last address and what they are wrapped in are
// refused, for the reason of that line; what is beside it is not.
func TestRefusedNetworks(t *testing.T) {
	beside := map[string]string{ // neighbours that other lines refuse
		"192.0.0.191": "192.0.0.0/24", "192.0.0.193": "192.0.0.0/24", "::1": "::1/128", "::": "::/128", "::2": "0.0.0.2 inside",
		last(netip.MustParsePrefix("fe80::/10")).String(): "fe80::/10", "fec0::": "fec0::/10",
		last(netip.MustParsePrefix("fec0::/10")).String(): "fec0::/10", "ff00::": "ff00::/8",
	}
	for _, line := range endpoint.RefusedNetworks() {
		t.Run(line.Prefix.String(), func(t *testing.T) {
			if line.Is == "" || line.Source == "" || line.Prefix != line.Prefix.Masked() {
				t.Errorf("the line is %+v", line)
			}
			for _, addr := range []netip.Addr{line.Prefix.Addr(), last(line.Prefix)} {
				refused(t, addr, line.Is)
				if addr.Is6() {
					continue
				}
				for form, wrapped := range wrap(addr) {
					switch {
					case strings.HasPrefix(form, "local NAT64") && line.Prefix.String() == "0.0.0.0/8":
						// No translator sends there, and wrong readings look so.
					case wrapped.IsUnspecified():
						refused(t, wrapped, "not the address of a host")
					default:
						refused(t, wrapped, addr.String(), line.Is)
					}
				}
			}
			for _, addr := range []netip.Addr{line.Prefix.Addr().Prev(), last(line.Prefix).Next()} {
				if _, other := beside[addr.String()]; !addr.IsValid() || other {
					continue
				}
				allowed(t, endpoint.Rules{}, addr.String())
			}
		})
	}
}

func allowed(t *testing.T, rules endpoint.Rules, addrs ...string) {
	t.Helper()
	for _, text := range addrs {
		if err := rules.CheckAddr(netip.MustParseAddr(text)); err != nil {
			t.Errorf("refused: %v", err)
		}
	}
}

// What providers document, whatever lines the table has.
func TestMetadataServices(t *testing.T) {
	for addr, at := range map[string]string{
		"169.254.169.254": "nearly all of them", "169.254.170.2": "AWS ECS", "169.254.170.23": "EKS Pod Identity", "fd00:ec2::254": "AWS", "fd00:ec2::23": "EKS Pod Identity",
		"fd20:ce::254": "Google Cloud", "169.254.169.252": "GKE", "168.63.129.16": "Azure", "192.0.0.192": "OCI Classic", "fd00:c1::a9fe:a9fe": "OCI",
		"100.100.100.200": "Alibaba Cloud", "fd00:100::100:200": "Alibaba Cloud", "100.96.0.96": "Volcengine", "100.80.80.80": "UCloud",
		"169.254.0.23": "Tencent Cloud", "169.254.10.10": "Tencent Cloud", "169.254.42.42": "Scaleway", "fd00:42::42": "Scaleway",
		"fd00:a9fe:a9fe::1": "Akamai", "fe80::a9fe:a9fe": "OpenStack",
	} {
		t.Run(at+" "+addr, func(t *testing.T) { refused(t, netip.MustParseAddr(addr), "metadata") })
	}
}

func TestWhatClustersUseIsAllowed(t *testing.T) {
	allowed(t, endpoint.Rules{},
		"10.0.0.7", "172.16.0.1", "192.168.7.7", "100.64.0.1", "240.0.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.10", "93.184.216.34",
		"fd12::1", "fd00:10:244::5", "2001:db8::1", "2606:2800:220:1::1",
		"::ffff:10.0.0.7", "64:ff9b::a00:7", "64:ff9b::5db8:d822", "64:ff9b:1::a00:7", "64:ff9b:1:a00:0:700::", "64:ff9b:1:abcd:a:0:700::",
		"2002:5db8:d822::1", "fd12::200:5efe:a00:7")
}

func TestAllowCIDRs(t *testing.T) {
	for name, test := range map[string]struct {
		cidr, addr string
		allowed    bool
	}{
		"the address":                          {"169.254.20.10/32", "169.254.20.10", true},
		"its neighbour":                        {"169.254.20.10/32", "169.254.20.11", false},
		"with a zone":                          {"fe80::/10", "fe80::1%eth0", true},
		"the address inside":                   {"169.254.169.254/32", "64:ff9b::a9fe:a9fe", true},
		"another address inside":               {"127.0.0.0/8", "64:ff9b::a9fe:a9fe", false},
		"the address around it":                {"64:ff9b::/96", "64:ff9b::a9fe:a9fe", true},
		"a mapped address is IPv4":             {"127.0.0.0/8", "::ffff:127.0.0.1", true},
		"all of IPv6 has no IPv4":              {"::/0", "::ffff:127.0.0.1", false},
		"all of IPv6 has what IPv6 packets do": {"::/0", "2002:7f00:1::1", true},
		"one of two inside":                    {"127.0.0.0/8", "2001:0:7f00:1::5601:5601", false},
	} {
		t.Run(name, func(t *testing.T) {
			err := endpoint.Rules{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix(test.cidr)}}.CheckAddr(netip.MustParseAddr(test.addr))
			if (err == nil) != test.allowed {
				t.Errorf("allowed %t, want %t: %v", err == nil, test.allowed, err)
			}
		})
	}
	if err := (endpoint.Rules{}).CheckAddr(netip.Addr{}); err == nil {
		t.Error("no address at all is allowed")
	}
}

// It runs at each dial and allocates nothing. A virtual machine with 2 cores
// (AMD EPYC) shows 104 ns, 158 ns and 237 ns.
func BenchmarkCheckAddr(b *testing.B) {
	for _, addr := range []string{"10.96.1.2", "2001:db8::1", "64:ff9b::a00:7"} {
		b.Run(addr, func(b *testing.B) {
			b.ReportAllocs()
			parsed := netip.MustParseAddr(addr)
			for b.Loop() {
				if err := (endpoint.Rules{}).CheckAddr(parsed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
