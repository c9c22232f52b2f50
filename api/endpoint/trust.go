package endpoint

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// ServiceSuffix is what the name of every Service ends in, but for the cluster's domain.
const ServiceSuffix = ".svc"

// ClusterLocal are the suffixes of the names that Services have inside a
// cluster whose DNS has the given domain; "" means DefaultClusterDomain.
func ClusterLocal(domain string) []string {
	return []string{ServiceSuffix, ServiceSuffix + "." + cmp.Or(domain, DefaultClusterDomain)}
}

// Trust says which hosts callers' credentials may be sent to, and by which scheme.
// The API holds every endpoint against it, and the controller tells of those that
// this leaves out. The zero value trusts no host.
type Trust struct {
	// AllowHTTP lets credentials go over plain http to hosts that are no
	// cluster-local names; HTTPSOnly keeps them from plain http everywhere.
	AllowHTTP, HTTPSOnly bool

	hosts     []string
	byDefault bool
	everyHost bool
	domain    string
}

// NewTrust reads host suffixes: "example.com" trusts that host and every host below
// it, ".example.com" only those below it, "*" every host; an IP address trusts that
// address. Hosts that are nil are the names of Services, and empty ones no host at
// all. The domain is that of the cluster's DNS. The errors are all that is wrong.
func NewTrust(hosts []string, domain string) (Trust, []error) {
	t := Trust{domain: strings.ToLower(cmp.Or(domain, DefaultClusterDomain))}
	if hosts == nil {
		hosts, t.byDefault = ClusterLocal(t.domain), true
	}
	var errs []error
	for _, entry := range hosts {
		suffix := strings.ToLower(strings.TrimSuffix(entry, "."))
		switch {
		case entry == "*":
			t.everyHost = true
		case !IsAddress(suffix) && (strings.Trim(suffix, ".") == "" || strings.ContainsAny(suffix, "*/@?: ")):
			errs = append(errs, fmt.Errorf("%q: write a host name suffix such as models.example.com or .example.com, or * alone for every host", entry))
		default:
			t.hosts = append(t.hosts, suffix)
		}
	}
	return t, errs
}

// Domain is that of the cluster's DNS, in lower case.
func (t Trust) Domain() string { return cmp.Or(t.domain, DefaultClusterDomain) }

// In is the same trust in a cluster whose DNS has another domain.
func (t Trust) In(domain string) Trust {
	t.domain = strings.ToLower(domain)
	return t
}

// ClusterLocal says whether a host is a name that only the cluster's DNS
// knows. Names that no Service can have are among them, since a search path
// could lead them anywhere.
func (t Trust) ClusterLocal(host string) bool {
	return matchesAny(strings.ToLower(strings.TrimSuffix(host, ".")), ClusterLocal(t.Domain()))
}

// Distrust is why credentials may not be sent to an endpoint, and the flags that
// would let them.
type Distrust struct {
	// Host is set where the host is not trusted, HTTP where plain http is not
	// allowed there, and HTTPSOnly where it is allowed nowhere.
	Host, HTTP, HTTPSOnly bool
	// Problem says what is wrong; Remedy are the flags to give, with their values.
	Problem, Remedy string
}

// Error is part of error.
func (d *Distrust) Error() string { return d.Problem }

// Check gives a Distrust, or nil where credentials may be sent to an endpoint. The
// URL is one that Rules.Parse takes.
func (t Trust) Check(u *url.URL) *Distrust {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	plain := u.Scheme != "https"
	d := &Distrust{
		Host:      !t.everyHost && !matchesAny(host, t.hosts),
		HTTP:      plain && !t.AllowHTTP && !t.ClusterLocal(host),
		HTTPSOnly: plain && t.HTTPSOnly,
	}
	var problems, flags []string
	add := func(holds bool, problem, flag string) {
		if holds {
			problems, flags = append(problems, problem), append(flags, flag)
		}
	}
	add(d.Host, "host "+host+" is not among the trusted hosts", t.flagFor(host))
	add(d.HTTPSOnly, host+" is plain http, and --https-only is set", "--https-only=false")
	add(d.HTTP, host+" is plain http and no cluster-local name", "--allow-http")
	if len(problems) == 0 {
		return nil
	}
	d.Problem, d.Remedy = strings.Join(problems, "; "), strings.Join(flags, " ")
	return d
}

// flagFor names a host beside those that are trusted. The first use of the flag
// takes the default away, which has to be repeated; each further one adds to the
// hosts that are given, and these are not for everybody who reads a model to know.
func (t Trust) flagFor(host string) string {
	if t.byDefault {
		return "--trusted-hosts=" + strings.Join(append([]string{host}, t.hosts...), ",")
	}
	return "another --trusted-hosts=" + host
}

// IsAddress says whether a host is an IP address.
func IsAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// matchesAny knows no hosts below an address.
func matchesAny(host string, suffixes []string) bool {
	if IsAddress(host) {
		return slices.Contains(suffixes, host)
	}
	for _, suffix := range suffixes {
		below := "." + strings.TrimPrefix(suffix, ".")
		if host == suffix || (strings.HasSuffix(host, below) && len(host) > len(below)) {
			return true
		}
	}
	return false
}
