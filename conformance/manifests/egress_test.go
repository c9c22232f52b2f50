package manifests_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/conformance/install"
)

// opens says whether an egress rule lets out packets to any address of a
// network, at any port. A selector opens Pods, and none lives there. What is no
// network opens everything.
func opens(rule networkingv1.NetworkPolicyEgressRule, network netip.Prefix) bool {
	return len(rule.To) == 0 || slices.ContainsFunc(rule.To, func(peer networkingv1.NetworkPolicyPeer) bool {
		if peer.IPBlock == nil {
			return false
		}
		block, err := netip.ParsePrefix(peer.IPBlock.CIDR)
		if err != nil {
			return true
		}
		if !block.Overlaps(network) {
			return false
		}
		common := network // of two networks that overlap one is part of the other
		if block.Bits() > network.Bits() {
			common = block
		}
		return !slices.ContainsFunc(peer.IPBlock.Except, func(cidr string) bool {
			except, err := netip.ParsePrefix(cidr)
			return err == nil && except.Overlaps(common) && except.Bits() <= common.Bits()
		})
	})
}

func TestOpens(t *testing.T) {
	to := func(peers ...networkingv1.NetworkPolicyPeer) networkingv1.NetworkPolicyEgressRule {
		return networkingv1.NetworkPolicyEgressRule{To: peers}
	}
	block := func(cidr string, except ...string) networkingv1.NetworkPolicyPeer {
		return networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: cidr, Except: except}}
	}
	pods := networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{}}
	for name, test := range map[string]struct {
		rule    networkingv1.NetworkPolicyEgressRule
		network string
		want    bool
	}{
		"no peer is everybody":                  {to(), "169.254.0.0/16", true},
		"Pods have other addresses":             {to(pods), "169.254.0.0/16", false},
		"all of IPv4":                           {to(block("0.0.0.0/0")), "169.254.0.0/16", true},
		"all of IPv4 has no IPv6":               {to(block("0.0.0.0/0")), "fe80::/10", false},
		"but for it":                            {to(block("0.0.0.0/0", "169.254.0.0/16")), "169.254.0.0/16", false},
		"but for more than it":                  {to(block("0.0.0.0/0", "168.0.0.0/7")), "169.254.0.0/16", false},
		"but for a part of it":                  {to(block("0.0.0.0/0", "169.254.169.254/32")), "169.254.0.0/16", true},
		"but for another":                       {to(block("0.0.0.0/0", "169.253.0.0/16")), "169.254.0.0/16", true},
		"a part of it alone":                    {to(block("169.254.20.10/32")), "169.254.0.0/16", true},
		"a part of it, which is excepted":       {to(block("169.254.20.0/24", "169.254.20.0/25", "169.254.0.0/16")), "169.254.0.0/16", false},
		"a neighbour":                           {to(block("169.253.0.0/16")), "169.254.0.0/16", false},
		"the second peer":                       {to(block("0.0.0.0/0", "169.254.0.0/16"), block("169.254.0.0/16")), "169.254.0.0/16", true},
		"what is no network":                    {to(block("169.254.169.254")), "10.0.0.0/8", true},
		"an exception that is no network":       {to(block("0.0.0.0/0", "169.254.169.254")), "169.254.169.254/32", true},
		"NAT64, where the IPv4 line is closed":  {to(block("64:ff9b::/96")), "64:ff9b::a9fe:0/112", true},
		"an address of IPv6, closed by a block": {to(block("fc00::/7", "fd00:ec2::/32")), "fd00:ec2::254/128", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := opens(test.rule, netip.MustParsePrefix(test.network)); got != test.want {
				t.Errorf("opens: %t, want %t", got, test.want)
			}
		})
	}
}

// closed are the networks that no policy may open: those that the API refuses,
// and those of IPv6 that hold their addresses.
func closed() map[netip.Prefix]string {
	networks := map[netip.Prefix]string{
		netip.MustParsePrefix("2001::/32"):      "Teredo, whose client can be anybody",
		netip.MustParsePrefix("64:ff9b:1::/48"): "NAT64 of a site's own, which holds IPv4 addresses in four ways",
	}
	for _, line := range endpoint.RefusedNetworks() {
		networks[line.Prefix] = line.Is
		if !line.Prefix.Addr().Is4() {
			continue
		}
		for prefix, at := range map[string]int{"::ffff:0:0": 12, "::": 12, "::ffff:0:0:0": 12, "64:ff9b::": 12, "2002::": 2} {
			around := netip.MustParseAddr(prefix).As16()
			copy(around[at:], line.Prefix.Addr().AsSlice())
			networks[netip.PrefixFrom(netip.AddrFrom16(around), 8*at+line.Prefix.Bits())] = line.Prefix.String() + ", " + line.Is
		}
	}
	return networks
}

// opened are the closed networks that policies open, and by which rule.
func opened(policies []networkingv1.NetworkPolicy) []string {
	var found []string
	for network, is := range closed() {
		for _, p := range policies {
			for i, rule := range p.Spec.Egress {
				if opens(rule, network) {
					found = append(found, fmt.Sprintf("%s, egress[%d]: %s (%s)", p.Name, i, network, is))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// What the programs need is open: backends and API servers wherever they are,
// and the DNS of the cluster alone.
func TestPoliciesOpenWhatIsNeeded(t *testing.T) {
	policies := map[string]networkingv1.NetworkPolicySpec{}
	for _, p := range install.Of[networkingv1.NetworkPolicy](t, install.Build(t, "config/default"), "NetworkPolicy") {
		policies[p.Name] = p.Spec
	}
	anywhere := []string{"10.96.0.1/32", "100.64.0.1/32", "192.168.1.10/32", "203.0.113.10/32", "240.0.0.1/32", "fd12::1/128", "2001:db8::1/128"}
	for name, addresses := range map[string][]string{"maas-api": append(anywhere, "64:ff9b::cb00:710a/128"), "maas-controller": anywhere} {
		for _, address := range addresses {
			if !slices.ContainsFunc(policies[name].Egress, func(rule networkingv1.NetworkPolicyEgressRule) bool {
				return opens(rule, netip.MustParsePrefix(address))
			}) {
				t.Errorf("%s does not open %s", name, address)
			}
		}
	}
	dns := policies["default-deny"].Egress
	if len(dns) != 1 || len(dns[0].To) != 1 || dns[0].To[0].NamespaceSelector == nil {
		t.Fatalf("default-deny opens %+v, want one selector of namespaces", dns)
	}
	selector, err := metav1.LabelSelectorAsSelector(dns[0].To[0].NamespaceSelector)
	if err != nil {
		t.Fatal(err)
	}
	for namespace, want := range map[string]bool{"kube-system": true, "openshift-dns": true, "llm": false} {
		if selector.Matches(labels.Set{corev1.LabelMetadataName: namespace}) != want {
			t.Errorf("DNS in %s: want %t", namespace, want)
		}
	}
	for _, p := range dns[0].Ports {
		if p.Port == nil || p.EndPort != nil || (p.Port.IntVal != 53 && p.Port.IntVal != 5353) {
			t.Errorf("default-deny opens the port %+v", p)
		}
	}
}

// No egress rule of any install reaches a network that no backend lives in, and
// no exception of a rule can be left out.
func TestPoliciesCloseMetadataServices(t *testing.T) {
	for name, dir := range map[string]string{
		"default": "config/default", "strict": "config/strict",
		"default with monitoring": monitored(t, "default"), "strict with monitoring": monitored(t, "strict"),
	} {
		t.Run(name, func(t *testing.T) {
			policies := install.Of[networkingv1.NetworkPolicy](t, install.Build(t, dir), "NetworkPolicy")
			for _, found := range opened(policies) {
				t.Error(found)
			}
			exceptions := 0
			for _, p := range policies {
				for i := range p.Spec.Egress {
					for _, peer := range p.Spec.Egress[i].To {
						if peer.IPBlock == nil {
							continue
						}
						whole := peer.IPBlock.Except
						for j := range whole {
							exceptions++
							peer.IPBlock.Except = slices.Delete(slices.Clone(whole), j, j+1)
							if len(opened(policies)) == 0 {
								t.Errorf("%s: nothing is opened without the exception %s of %s", p.Name, whole[j], peer.IPBlock.CIDR)
							}
						}
						peer.IPBlock.Except = whole
					}
				}
			}
			if exceptions == 0 {
				t.Error("no policy has an exception")
			}
		})
	}
}
