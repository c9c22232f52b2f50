package access

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/maas-kinds/maas/api/endpoint"
)

// dialEntry leads connections to a host somewhere else than its name does. Only
// the address is another: the name stays the TLS server name and the Host.
type dialEntry struct {
	// host is a name, or what names below it end in, with a dot in front.
	host string
	// port is the endpoint's; "" for every one.
	port string
	// to is an IP address, or the name of a Service; toPort "" keeps the port.
	to, toPort string
}

func (e dialEntry) matches(host, port string) bool {
	if e.port != "" && e.port != port {
		return false
	}
	return host == e.host || e.wildcard() && strings.HasSuffix(host, e.host)
}

func (e dialEntry) wildcard() bool { return strings.HasPrefix(e.host, ".") }

// Dialling is the policy with hosts that are dialled at given addresses, each
// entry HOST[:PORT]=ADDRESS[:PORT]. It lets credentials go to no other host, and
// to no other address. The error holds everything that is wrong.
func (p *Policy) Dialling(entries []string) (*Policy, error) {
	mapped := *p
	mapped.dials = nil
	var errs []error
	for _, text := range entries {
		entry, err := p.parseDial(text)
		same := func(e dialEntry) bool { return e.host == entry.host && e.port == entry.port }
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("--dial-map: %q: %w", text, err))
		case slices.ContainsFunc(mapped.dials, same):
			errs = append(errs, fmt.Errorf("--dial-map: %q: the host has an address already: leave one out", text))
		default:
			mapped.dials = append(mapped.dials, entry)
		}
	}
	// The most exact comes first: a name before those below another, a longer
	// ending before a shorter, one port before all.
	slices.SortFunc(mapped.dials, func(a, b dialEntry) int {
		wildcards := func(e dialEntry) int { return map[bool]int{false: 0, true: 1}[e.wildcard()] }
		return cmp.Or(cmp.Compare(wildcards(a), wildcards(b)), cmp.Compare(len(b.host), len(a.host)), cmp.Compare(len(b.port), len(a.port)))
	})
	return &mapped, errors.Join(errs...)
}

var errDialForm = errors.New("write HOST=ADDRESS, for example llm.example.com=10.0.0.7 or *.example.com:443=gateway.ingress.svc:8443")

func (p *Policy) parseDial(text string) (dialEntry, error) {
	from, to, found := strings.Cut(text, "=")
	if !found {
		return dialEntry{}, errDialForm
	}
	var e dialEntry
	var hostErr, addressErr error
	e.host, e.port, hostErr = p.dialHost(strings.ToLower(from))
	e.to, e.toPort, addressErr = p.dialAddress(strings.ToLower(to))
	return e, errors.Join(hostErr, addressErr)
}

// dialHost reads what is dialled elsewhere. A name of the cluster is not: where it
// leads is for its Service to say, which the controller looks at.
func (p *Policy) dialHost(text string) (host, port string, err error) {
	host, port, found := strings.Cut(text, ":")
	if found && !isPort(port) {
		return "", "", errDialForm
	}
	name, wildcard := strings.CutPrefix(strings.TrimSuffix(host, "."), "*.")
	switch {
	case endpoint.IsAddress(name), len(validation.IsDNS1123Subdomain(name)) > 0:
		return "", "", fmt.Errorf("%q is no host name: %w", host, errDialForm)
	case p.clusterLocal("any." + name):
		return "", "", fmt.Errorf("%s is a name of the cluster, which leads where its Service says: change the Service", host)
	case wildcard:
		return "." + name, port, nil
	}
	return name, port, nil
}

// dialAddress reads where a host is dialled instead: an address at which backends
// may be, or the name of a Service, which has to lead inside.
func (p *Policy) dialAddress(text string) (host, port string, err error) {
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		var both netip.AddrPort
		if both, err = netip.ParseAddrPort(text); err == nil {
			addr, port = both.Addr(), strconv.Itoa(int(both.Port()))
		}
	}
	if err != nil {
		name, port, found := strings.Cut(text, ":")
		name = strings.TrimSuffix(name, ".")
		if found && !isPort(port) || len(validation.IsDNS1123Subdomain(name)) > 0 || !p.clusterLocal(name) {
			return "", "", fmt.Errorf("%q is neither an IP address nor the name of a Service, such as gateway.ingress.svc", text)
		}
		return name, port, nil
	}
	switch err := p.rules.CheckAddr(addr); {
	case addr.Zone() != "" || port == "0":
		return "", "", errDialForm
	case err != nil:
		return "", "", fmt.Errorf("%w; see --allow-cidr", err)
	}
	return addr.String(), port, nil
}

func isPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return err == nil && port > 0
}

// portOf is the port of an http or https URL.
func portOf(u *url.URL) string {
	return cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
}

// dialled is where a connection for an endpoint is made to: its own host and port,
// unless these are dialled elsewhere.
func (p *Policy) dialled(u *url.URL) (host, port string) {
	host, port = u.Hostname(), portOf(u)
	if p.clusterLocal(host) {
		return host, port
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	for _, entry := range p.dials {
		if entry.matches(name, port) {
			return entry.to, cmp.Or(entry.toPort, port)
		}
	}
	return host, port
}
