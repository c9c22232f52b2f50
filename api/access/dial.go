package access

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"syscall"

	"github.com/maas-kinds/maas/api/endpoint"
)

// guard judges the address of every connection after the name was resolved
// and before the first packet: what a name meant a moment ago does not count.
// It is written here and not taken from an SSRF library because the same rules
// decide in the controller which endpoints are published.
type guard struct {
	policy *Policy
	// apiServer are addresses of the Kubernetes API server. It accepts bearer
	// tokens, so a caller's token must not be tried on it.
	apiServer []netip.AddrPort
	// self are the addresses this process serves at.
	self atomic.Pointer[[]netip.AddrPort]
}

// control is a net.Dialer.ControlContext.
func (g *guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: %s is no TCP network", ErrRefused, network)
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: the address is no IP address and port", ErrRefused)
	}
	if err := g.policy.rules.CheckAddr(to.Addr()); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if among(g.apiServer, to) {
		return fmt.Errorf("%w: %s is the Kubernetes API server", ErrRefused, to)
	}
	if self := g.self.Load(); self != nil && among(*self, to) {
		return fmt.Errorf("%w: %s is this API itself", ErrRefused, to)
	}
	return nil
}

// among says whether an address, or an IPv4 address inside it, is in the list,
// where port 0 means every port.
func among(list []netip.AddrPort, to netip.AddrPort) bool {
	for _, addr := range endpoint.LeadsTo(to.Addr()) {
		if slices.ContainsFunc(list, func(known netip.AddrPort) bool {
			return known.Addr() == addr && (known.Port() == 0 || known.Port() == to.Port())
		}) {
			return true
		}
	}
	return false
}

// ResolveAPIServer finds the addresses of the Kubernetes API server: the host
// of the client configuration, with its port, and the in-cluster Service
// address, with every port. Both may be empty.
func ResolveAPIServer(ctx context.Context, resolver *net.Resolver, clientHost, serviceHost string) ([]netip.AddrPort, error) {
	var found []netip.AddrPort
	var errs []error
	add := func(host string, port uint16) {
		if host == "" {
			return
		}
		addrs, err := resolver.LookupNetIP(ctx, "ip", host)
		if err != nil {
			errs = append(errs, fmt.Errorf("resolving the API server's host %s: %w", host, err))
		}
		for _, addr := range addrs {
			found = append(found, netip.AddrPortFrom(addr.Unmap().WithZone(""), port))
		}
	}
	host, port, err := hostPort(clientHost)
	if err != nil {
		errs = append(errs, err)
	}
	add(host, port)
	add(serviceHost, 0)
	return found, errors.Join(errs...)
}

// localAddresses expands a listener's address: one that listens everywhere is
// reached at every address of this machine.
func localAddresses(listen netip.AddrPort) ([]netip.AddrPort, error) {
	if !listen.Addr().IsUnspecified() {
		return []netip.AddrPort{netip.AddrPortFrom(listen.Addr().Unmap().WithZone(""), listen.Port())}, nil
	}
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("listing this machine's addresses: %w", err)
	}
	var found []netip.AddrPort
	for _, a := range interfaces {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			found = append(found, netip.AddrPortFrom(prefix.Addr().Unmap().WithZone(""), listen.Port()))
		}
	}
	return found, nil
}
