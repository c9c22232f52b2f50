package endpoint

import (
	"fmt"
	"net/netip"
	"slices"
)

// CheckAddr refuses addresses that no backend lives at: loopback, link-local
// (cloud metadata services among them), multicast and unspecified, also when
// an IPv4 address is wrapped in IPv6. Private addresses are allowed: cluster
// addresses are private.
func (r Rules) CheckAddr(addr netip.Addr) error {
	addr = unwrap(addr.WithZone(""))
	if r.Allows(addr) {
		return nil
	}
	switch {
	case addr.IsLoopback():
		return fmt.Errorf("%s is a loopback address", addr)
	case addr.IsLinkLocalUnicast():
		return fmt.Errorf("%s is a link-local address, where metadata services live", addr)
	case addr == metadataIPv6:
		return fmt.Errorf("%s is a metadata service", addr)
	case addr.IsMulticast():
		return fmt.Errorf("%s is a multicast address", addr)
	case addr.IsUnspecified() || zeroNetwork.Contains(addr) || addr == broadcast:
		return fmt.Errorf("%s is not the address of a host", addr)
	}
	return nil
}

// Allows says whether the operator has opened an address with AllowCIDRs.
func (r Rules) Allows(addr netip.Addr) bool {
	addr = unwrap(addr.WithZone(""))
	return slices.ContainsFunc(r.AllowCIDRs, func(network netip.Prefix) bool { return network.Contains(addr) })
}

var (
	metadataIPv6 = netip.MustParseAddr("fd00:ec2::254")
	broadcast    = netip.AddrFrom4([4]byte{255, 255, 255, 255})
	zeroNetwork  = netip.MustParsePrefix("0.0.0.0/8")
	nat64        = netip.MustParsePrefix("64:ff9b::/96")
)

// unwrap gives the IPv4 address inside an IPv4-mapped or NAT64 IPv6 address.
func unwrap(addr netip.Addr) netip.Addr {
	addr = addr.Unmap()
	if nat64.Contains(addr) {
		b := addr.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return addr
}
