package access

import (
	"context"
	"fmt"
	"net"
	"net/netip"
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
	// cluster says what is inside, and where the Kubernetes API server is: it
	// accepts bearer tokens, so a caller's token must not be tried on it.
	cluster *endpoint.LiveCluster
	// self are the addresses this process serves at.
	self atomic.Pointer[[]netip.AddrPort]
}

// control is a net.Dialer.ControlContext. The context has the target.
func (g *guard) control(ctx context.Context, network, address string, _ syscall.RawConn) error {
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
	if self := g.self.Load(); self != nil && endpoint.Among(*self, to) {
		return fmt.Errorf("%w: %s is this API itself", ErrRefused, to)
	}
	return g.checkCluster(targetOf(ctx), to)
}

// checkCluster refuses the API server, and what a cluster-local name leads to
// outside of the cluster. What is not known yet is refused.
func (g *guard) checkCluster(target *Target, to netip.AddrPort) error {
	cluster := g.cluster.Load()
	switch {
	case cluster == nil:
		return fmt.Errorf("%w: where the Kubernetes API server is, and what is inside the cluster, is not known yet; the log says why", ErrRefused)
	case endpoint.Among(cluster.APIServer, to):
		return fmt.Errorf("%w: %s is the Kubernetes API server", ErrRefused, to)
	case target == nil:
		return fmt.Errorf("%w: the connection to %s is made for no endpoint", ErrRefused, to)
	}
	host, _ := g.policy.dialled(target.url)
	if !g.policy.clusterLocal(host) || cluster.Contains(to.Addr()) || g.policy.rules.Allows(to.Addr()) {
		return nil
	}
	if len(cluster.Services)+len(cluster.Pods) == 0 {
		return fmt.Errorf("%w: %s leads to %s, and the cluster's Service and Pod networks are not known: give them with --cluster-cidrs; the log says why they were not found", ErrRefused, host, to.Addr())
	}
	return fmt.Errorf("%w: %s leads to %s, which is outside the cluster's Service and Pod networks; if it is an address of the cluster, give its networks with --cluster-cidrs", ErrRefused, host, to.Addr())
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
