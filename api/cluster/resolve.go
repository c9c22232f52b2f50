package cluster

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

const (
	// resolveEvery is how often the API server's hosts are resolved again.
	resolveEvery   = time.Minute
	resolveTimeout = 5 * time.Second
)

// host is a name, or an address, of the API server.
type host struct {
	name string
	// port it serves at; 0 means every port.
	port uint16
	// addresses are the last ones that were found, resolved whether any ever were.
	addresses          []netip.AddrPort
	answered, resolved bool
	// failing is set while it cannot be resolved, which is logged once.
	failing bool
}

func hostsOf(o Options) ([]*host, error) {
	name, port, err := hostPort(o.Cluster.Host)
	if err != nil {
		return nil, fmt.Errorf("the API server's host %q is no URL and no host: %w", o.Cluster.Host, err)
	}
	var hosts []*host
	if name != "" {
		hosts = append(hosts, &host{name: name, port: port})
	}
	if o.ServiceHost != "" {
		hosts = append(hosts, &host{name: o.ServiceHost})
	}
	return hosts, nil
}

// resolve finds the addresses of the hosts again and again until ctx ends.
func (f *Follower) resolve(ctx context.Context) {
	for {
		for _, h := range f.hosts {
			f.resolveHost(ctx, h)
		}
		f.wake()
		select {
		case <-ctx.Done():
			return
		case <-f.options.Clock.After(resolveEvery):
		}
	}
}

func (f *Follower) resolveHost(ctx context.Context, h *host) {
	resolving, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	found, err := f.options.Resolver.LookupNetIP(resolving, "ip", h.name)
	if ctx.Err() != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	h.answered = true
	if err != nil {
		if !h.failing {
			f.options.Log.WarnContext(ctx, "the API server's host cannot be resolved; tried again every minute", "host", h.name, "error", err,
				"hint", "check the cluster's address (--kubeconfig, or KUBERNETES_SERVICE_HOST) and DNS: no token is sent anywhere before the API server's addresses are known")
		}
		h.failing = true
		return
	}
	h.resolved, h.failing, h.addresses = true, false, nil
	for _, addr := range found {
		h.addresses = append(h.addresses, netip.AddrPortFrom(addr.Unmap().WithZone(""), h.port))
	}
}

// hostPort splits a client configuration's host, which is a URL or host:port.
// An empty host gives an empty answer.
func hostPort(raw string) (string, uint16, error) {
	if raw == "" {
		return "", 0, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		if u, err = url.Parse("https://" + raw); err != nil {
			return "", 0, err
		}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80"}[u.Scheme]
	}
	if port == "" {
		port = "443"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return u.Hostname(), uint16(n), err
}
