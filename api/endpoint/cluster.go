package endpoint

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// DefaultClusterDomain is the DNS domain of a cluster that says nothing else.
const DefaultClusterDomain = "cluster.local"

// Cluster is what is known of the cluster that this process serves. It is
// immutable. The zero value knows of no network: nothing is inside.
type Cluster struct {
	// Domain of the cluster's DNS, such as "cluster.local"; "" means
	// DefaultClusterDomain.
	Domain string
	// Services and Pods are the networks that their addresses are taken from.
	Services, Pods []netip.Prefix
	// APIServer are the addresses of the Kubernetes API server; port 0 means
	// every port.
	APIServer []netip.AddrPort
}

// ServiceOf gives the Service that a host names: NAME.NAMESPACE.svc, or the
// same with the cluster's domain, possibly below a Pod's name, and with or
// without a final dot. It is false for every other host.
func (c *Cluster) ServiceOf(host string) (namespace, name string, ok bool) {
	labels := strings.Split(c.withoutDomain(host), ".")
	last := len(labels) - 1
	if last < 2 || last > 3 || labels[last] != "svc" || slices.Contains(labels, "") {
		return "", "", false
	}
	return labels[last-1], labels[last-2], true
}

// Local says whether a host is below svc, or below svc in the cluster's domain,
// where nothing but Services has names. Not all such names are of a Service:
// see ServiceOf.
func (c *Cluster) Local(host string) bool {
	host = "." + c.withoutDomain(host)
	return strings.HasSuffix(host, ".svc") && host != ".svc"
}

// DNSDomain is the domain of the cluster's DNS, in lower case.
func (c *Cluster) DNSDomain() string {
	if c == nil || c.Domain == "" {
		return DefaultClusterDomain
	}
	return strings.ToLower(c.Domain)
}

// withoutDomain is a host in lower case, without the cluster's domain and
// without a final dot.
func (c *Cluster) withoutDomain(host string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSuffix(host, ".")), "."+c.DNSDomain())
}

// Contains says whether an address is one of the cluster's Services or Pods.
func (c *Cluster) Contains(addr netip.Addr) bool {
	if c == nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	in := func(network netip.Prefix) bool { return network.Contains(addr) }
	return slices.ContainsFunc(c.Services, in) || slices.ContainsFunc(c.Pods, in)
}

// Among says whether an address, or an IPv4 address inside it, is in the list. Port
// 0 means every port, in the list and of the address.
func Among(list []netip.AddrPort, to netip.AddrPort) bool {
	for _, addr := range LeadsTo(to.Addr()) {
		if slices.ContainsFunc(list, func(known netip.AddrPort) bool {
			return known.Addr() == addr && (known.Port() == 0 || to.Port() == 0 || known.Port() == to.Port())
		}) {
			return true
		}
	}
	return false
}

// LiveCluster is the Cluster as it is known now. Its zero value is ready to use
// and knows nothing. It is safe for concurrent use.
type LiveCluster struct {
	current atomic.Pointer[Cluster]

	mu sync.Mutex
	// changed is closed at the next Store; nil while nobody waits for one.
	changed chan struct{}
}

// Load gives what is known now; nil before anything is.
func (l *LiveCluster) Load() *Cluster { return l.current.Load() }

// Watch gives what is known now, and a channel that is closed when Store puts
// something in its place.
func (l *LiveCluster) Watch() (*Cluster, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.current.Load(), l.changed
}

// Store puts what is known in the place of what was.
func (l *LiveCluster) Store(c *Cluster) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current.Store(c)
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}
