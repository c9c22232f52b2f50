package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/question"
	"github.com/maas-kinds/maas/api/tracing"
	"github.com/maas-kinds/maas/engine/kind"
)

// Options are what an API is made of. DefaultOptions has the values of the
// flags' defaults; the fields of the second group have none.
type Options struct {
	// Listen and MetricsListen are the addresses to serve at, as net.Listen
	// takes them. MetricsListen "0" serves no metrics.
	Listen, MetricsListen string
	// TLSCertFile and TLSKeyFile make the API speak https; they are read again
	// when they change.
	TLSCertFile, TLSKeyFile string
	// Namespaces whose models are listed; empty means all.
	Namespaces []string
	// Anonymous admits requests without credentials.
	Anonymous bool
	// TrustedHosts, AllowHTTP and AllowCIDRs say where callers' credentials may
	// go, see access.NewPolicy. TrustedHosts that are nil are the names of
	// Services in ClusterDomain; empty ones are no host at all.
	TrustedHosts []string
	AllowHTTP    bool
	// HTTPSOnly refuses plain http to cluster-local names too.
	HTTPSOnly  bool
	AllowCIDRs []netip.Prefix
	// ClusterDomain is that of the cluster's DNS; empty means
	// endpoint.DefaultClusterDomain.
	ClusterDomain string
	// ClusterCIDRs are the networks of the cluster's Services and Pods, where its
	// names have to lead; empty means that they are followed.
	ClusterCIDRs []netip.Prefix
	// DialMap has hosts that are dialled at given addresses, see
	// access.Policy.Dialling.
	DialMap []string
	// BackendCAFile holds certificates in PEM that are trusted for https
	// endpoints besides those of the system; it is read again when it changes.
	BackendCAFile string
	// TrustedProxies are the networks of the proxies before the API, who say in
	// X-Forwarded-For for whom they speak; empty means that there are none. Nil means
	// that nothing is known of any: then no limit goes by address.
	TrustedProxies []netip.Prefix
	// ForwardHeaders go with a probe besides Authorization. CredentialHeaders do
	// too, and each is enough to be served; so are X-Api-Key and Api-Key among the
	// former.
	ForwardHeaders, CredentialHeaders []string
	// ForwardTraceContext has probes carry the W3C trace context of the request.
	ForwardTraceContext bool
	// Page serves the page at /, see package web.
	Page bool
	// CORSOrigins are the origins whose pages may read replies.
	CORSOrigins []string
	Limits      access.Limits
	// MaxRequests is how many requests are answered at a time, MaxConnections
	// how many connections clients may have.
	MaxRequests, MaxConnections int
	// MaxWatches is how many watches there may be at a time; never more than half of
	// MaxConnections.
	MaxWatches int
	// Discoverable lets callers ask for the ids of models that turn them away, where their
	// MaaSModels say so.
	Discoverable bool
	// MaxNamespaceBytes is how many bytes of JSON the models of one namespace may
	// add to a list; the youngest beyond are not listed.
	MaxNamespaceBytes int
	// MaxStale is how long lists are given while changes of MaaSModels do not come
	// here; 0 is for ever.
	MaxStale time.Duration
	// ShutdownDelay is how long requests are still taken after readiness has
	// turned false; DrainTimeout is how long those under way may take then.
	ShutdownDelay, DrainTimeout time.Duration

	// Cluster is where the MaaSModels are.
	Cluster *rest.Config
	// ServiceHost is the API server's address inside the cluster, the value of
	// KUBERNETES_SERVICE_HOST; empty outside. Credentials are never sent there.
	ServiceHost string
	// Resolver finds the addresses of endpoints and of the API server; nil means
	// the system's.
	Resolver *net.Resolver
	// Kinds in force. They may be replaced while the API runs. A kind that is not
	// among them is probed in the default way.
	Kinds *kind.Live
	// KindsSettled is closed when the kinds of the start are in force: no list is
	// served before, lest a model be probed as another kind would be. Nil means
	// that they are.
	KindsSettled <-chan struct{}

	Log      *slog.Logger
	Registry *prometheus.Registry
	// Tracing makes traces; nil makes none.
	Tracing *tracing.Tracing
	Clock   clock.WithTickerAndDelayedExecution
}

// DefaultOptions are the options that the flags default to.
func DefaultOptions() Options {
	return Options{
		Listen: ":8080", MetricsListen: ":9090", Page: true,
		Limits:      access.DefaultLimits(),
		MaxRequests: 1024, MaxConnections: 2048, MaxWatches: 256, MaxNamespaceBytes: 16 << 20, MaxStale: time.Minute,
		ShutdownDelay: 3 * time.Second, DrainTimeout: 15 * time.Second,
	}
}

// policy says where callers' credentials may go.
func (o Options) policy() (*access.Policy, error) {
	trusted := o.TrustedHosts
	if trusted == nil {
		trusted = access.ClusterLocal(o.ClusterDomain)
	}
	policy, hostsErr := access.NewPolicy(trusted, o.AllowHTTP, o.AllowCIDRs)
	if o.HTTPSOnly {
		policy = policy.HTTPSOnly()
	}
	policy, dialErr := policy.InDomain(o.ClusterDomain).Dialling(o.DialMap)
	if err := errors.Join(hostsErr, dialErr); err != nil {
		return nil, err
	}
	return policy, nil
}

// Check reports everything that is wrong with the values of the flags, each
// with the flag it came from.
func (o Options) Check() error {
	_, policyErr := o.policy()
	_, callersErr := access.NewCallers(o.ForwardHeaders, o.Anonymous, o.CredentialHeaders...)
	_, corsErr := newCORS(o.CORSOrigins, nil)
	errs := []error{policyErr, callersErr, corsErr}
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check((o.TLSCertFile == "") == (o.TLSKeyFile == ""), "--tls-cert-file and --tls-key-file: give both or neither")
	check(!o.HTTPSOnly || !o.AllowHTTP, "--https-only and --allow-http: give one of them")
	for _, namespace := range o.Namespaces {
		check(question.IsNamespace(namespace), "--namespaces: %q is no namespace name", namespace)
	}
	l := o.Limits
	check(l.VerdictTTL >= 0 && l.VerdictTTL <= time.Hour, "--verdict-ttl: %v is not between 0 (off) and 1h", l.VerdictTTL)
	check(l.Budget > 0 && l.Budget <= time.Minute, "--budget: %v is not between 1ms and 1m", l.Budget)
	check(l.ProbeTimeout > 0 && l.ProbeTimeout <= l.Budget, "--probe-timeout: %v is not between 1ms and --budget", l.ProbeTimeout)
	check(l.PerCheck > 0, "--probes-per-request: %d is less than 1", l.PerCheck)
	check(l.InFlight >= l.PerCheck, "--probes-in-flight: %d is less than --probes-per-request", l.InFlight)
	check(l.CallerRate > 0 && l.CallerBurst > 0, "--caller-probe-rate and --caller-probe-burst: write numbers above 0")
	check(l.PeerRate > 0 && l.PeerBurst > 0, "--peer-probe-rate and --peer-probe-burst: write numbers above 0")
	d := access.DefaultLimits()
	check(o.TrustedProxies != nil || l.PeerRate == d.PeerRate && l.PeerBurst == d.PeerBurst,
		"--peer-probe-rate and --peer-probe-burst: give --trusted-proxies too, the networks of the proxies before this API, or none where clients connect directly: "+
			"behind a proxy that is not named all clients have one address")
	for _, network := range o.TrustedProxies {
		check(network.Bits() > 0, "--trusted-proxies: %s trusts every client to say where it is: name the networks of the proxies", network)
	}
	check(l.BreakerFaults > 0, "--breaker-faults: %d is less than 1", l.BreakerFaults)
	check(l.BreakerOpen > 0, "--breaker-open: %v is not above 0", l.BreakerOpen)
	check(o.MaxRequests > 0, "--max-requests: %d is less than 1", o.MaxRequests)
	check(o.MaxConnections > 0, "--max-connections: %d is less than 1", o.MaxConnections)
	check(o.MaxWatches >= 0, "--max-watches: %d is less than 0 (none)", o.MaxWatches)
	check(o.MaxNamespaceBytes > 0, "--max-namespace-bytes: %d is less than 1", o.MaxNamespaceBytes)
	check(o.MaxStale == 0 || o.MaxStale > staleAfter && o.MaxStale <= 24*time.Hour, "--max-stale: %v is not 0 (for ever), or more than %v and at most 24h", o.MaxStale, staleAfter)
	check(o.ShutdownDelay >= 0 && o.DrainTimeout >= 0, "--shutdown-delay and --drain-timeout: write durations of 0 or more")
	return errors.Join(errs...)
}
