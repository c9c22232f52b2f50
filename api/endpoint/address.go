package endpoint

import (
	"fmt"
	"net/netip"
)

// CheckAddr refuses the addresses of RefusedNetworks, and every IPv6 address
// that holds one of them, however it is written. Private addresses are allowed:
// cluster addresses are private. AllowCIDRs lifts the refusal of the addresses
// that it contains, be it the address itself or the one inside it. The error
// names the address, the one inside it, and what that is.
func (r Rules) CheckAddr(addr netip.Addr) error {
	addr = addr.WithZone("")
	if !addr.IsValid() {
		return fmt.Errorf("%s is not the address of a host", addr)
	}
	if r.Allows(addr) {
		return nil
	}
	if is := refusedAs(addr); is != "" {
		return fmt.Errorf("%s is %s", addr, is)
	}
	inner, count := embedded(addr)
	for _, v4 := range inner[:count] {
		if is := refusedAs(v4); is != "" && !r.Allows(v4) {
			return fmt.Errorf("%s leads to %s, %s", addr, v4, is)
		}
	}
	return nil
}

// Allows says whether AllowCIDRs contains an address. An IPv4-mapped one is the
// IPv4 address: no network of IPv6 contains it.
func (r Rules) Allows(addr netip.Addr) bool {
	addr = addr.WithZone("").Unmap()
	for _, prefix := range r.AllowCIDRs {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// refusedAs says what an address is that no backend lives at; "" for others.
func refusedAs(addr netip.Addr) string {
	for i := range refusedNetworks {
		if refusedNetworks[i].Prefix.Contains(addr) {
			return refusedNetworks[i].Is
		}
	}
	return ""
}
