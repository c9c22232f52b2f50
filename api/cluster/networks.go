package cluster

import (
	"cmp"
	"net/netip"
	"slices"
)

// aggregate gives the fewest networks that hold the same addresses, in order.
// A cluster has a network a Node, most of them side by side.
func aggregate(networks []netip.Prefix) []netip.Prefix {
	sorted := make([]netip.Prefix, 0, len(networks))
	for _, network := range networks {
		sorted = append(sorted, network.Masked())
	}
	slices.SortFunc(sorted, netip.Prefix.Compare)
	var merged []netip.Prefix
	for _, network := range sorted {
		if last := len(merged) - 1; last >= 0 && contains(merged[last], network) {
			continue
		}
		merged = append(merged, network)
		// Two halves of a network are that network, which may be a half as well.
		for last := len(merged) - 1; last > 0; last-- {
			whole := netip.PrefixFrom(merged[last].Addr(), merged[last].Bits()-1).Masked()
			if merged[last-1].Bits() != merged[last].Bits() || !contains(whole, merged[last-1]) {
				break
			}
			merged = append(merged[:last-1], whole)
		}
	}
	return merged
}

func contains(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// distinct gives each address once, in order.
func distinct(addresses []netip.AddrPort) []netip.AddrPort {
	sorted := slices.Clone(addresses)
	slices.SortFunc(sorted, func(a, b netip.AddrPort) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Port(), b.Port()))
	})
	return slices.Compact(sorted)
}

// difference says what was added and what is gone, as "+10.96.0.0/12".
func difference[T interface {
	comparable
	String() string
}](old, now []T) []string {
	said := []string{}
	for _, item := range old {
		if !slices.Contains(now, item) {
			said = append(said, "-"+item.String())
		}
	}
	for _, item := range now {
		if !slices.Contains(old, item) {
			said = append(said, "+"+item.String())
		}
	}
	return said
}
