package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/maas-kinds/maas/api"
	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// settings are the parsed flags.
type settings struct {
	options    api.Options
	inside     cli.Inside
	trust      cli.Trust
	kubeconfig string
	kindsDirs  []string
	parameters string
	logs       cli.Logs
}

const intro = `maas-api serves GET /v1/models: the models whose backends let the caller in.

Each model's endpoint is probed with the caller's own Authorization header, and
the answer decides. What is served comes from the MaaSModels of the cluster; the
API needs the role in config/rbac, which lets it read and never write.

Callers' credentials go to --trusted-hosts only, by https unless the host is a
cluster-local name, and never to loopback, link-local or metadata addresses. A
cluster-local name has to lead to one of the cluster's Services or Pods. For a
demo on one machine:

  maas-api --trusted-hosts=127.0.0.1 --allow-http --allow-cidr=127.0.0.0/8

Traces of requests and probes go to the OTLP/HTTP receiver that the standard
variables of OpenTelemetry name, OTEL_EXPORTER_OTLP_ENDPOINT first of all; without
one there are none.

Lists take commas, and their flags may be repeated. Exit code 0 after SIGTERM or
Ctrl-C, 1 on failure, 2 on wrong usage.

Flags:
`

// parse reads the arguments. Help goes to stdout; the error holds everything
// that is wrong with the values.
func parse(args []string, stdout io.Writer) (*settings, error) {
	s := &settings{options: api.DefaultOptions()}
	flags := cli.NewFlags("maas-api")
	var badCIDRs error
	s.serving(flags)
	s.reaching(flags, &badCIDRs)
	s.limiting(flags)

	err := cli.Parse(flags, args, intro, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil, err
	}
	s.options.TrustedHosts, s.options.AllowHTTP, s.options.HTTPSOnly = s.trust.Hosts, s.trust.AllowHTTP, s.trust.HTTPSOnly
	s.options.ClusterCIDRs, s.options.ClusterDomain = s.inside.Networks, s.inside.Domain
	return s, errors.Join(err, badCIDRs, s.options.Check())
}

// serving declares where and what is served.
func (s *settings) serving(flags *flag.FlagSet) {
	o := &s.options
	flags.StringVar(&o.Listen, "listen", o.Listen, "`address` to serve at")
	flags.StringVar(&o.MetricsListen, "metrics-listen", o.MetricsListen, "`address` to serve /metrics at; 0 for none")
	flags.StringVar(&o.TLSCertFile, "tls-cert-file", "", "certificate `file` in PEM: serve https; read again when it changes")
	flags.StringVar(&o.TLSKeyFile, "tls-key-file", "", "private key `file` in PEM")
	flags.DurationVar(&o.ShutdownDelay, "shutdown-delay", o.ShutdownDelay, "how long requests are taken after SIGTERM has turned /readyz false")
	flags.DurationVar(&o.DrainTimeout, "drain-timeout", o.DrainTimeout, "how long requests under way may take after that")
	cli.Kubeconfig(flags, &s.kubeconfig)
	flags.IntVar(&o.MaxRequests, "max-requests", o.MaxRequests, "requests that are answered at a time; more get a 503 at once")
	flags.IntVar(&o.MaxNamespaceBytes, "max-namespace-bytes", o.MaxNamespaceBytes, "bytes that the models of one namespace may add to a list; the youngest beyond are not listed")
	flags.IntVar(&o.MaxConnections, "max-connections", o.MaxConnections, "connections that clients may have; whoever comes then displaces the one that has waited longest for a request")
	flags.IntVar(&o.MaxWatches, "max-watches", o.MaxWatches, "watches (GET /v1/models?watch=true) at a time, 8 of one caller at most; never more than half of --max-connections; 0 for none")
	flags.BoolVar(&o.Discoverable, "discoverable", false, "answer locked=true with the ids of models that turn the caller away and are annotated maas.opendatahub.io/discoverable: \"true\";\n"+
		"whoever writes MaaSModels can then put names into everybody's lists")
	flags.Func("namespaces", "list models of these `namespaces` only; default all", cli.AppendTo(&o.Namespaces))
	flags.DurationVar(&o.MaxStale, "max-stale", o.MaxStale, "how long lists are given, with X-Models-As-Of, while the API server cannot be followed; then a 503, and /readyz is false; 0 for ever")
	cli.KindsDir(flags, &s.kindsDirs, cli.Followed)
	cli.Parameters(flags, &s.parameters, cli.Followed)
	flags.BoolVar(&o.Page, "page", o.Page, "serve a page at / that shows what the token typed into it may use; --page=false for none")
	flags.Func("cors-origins", "`origins` whose pages may read replies, for example https://chat.example.com; default none", cli.AppendTo(&o.CORSOrigins))
	s.logs.Flags(flags)
}

// reaching declares where callers' credentials may go.
func (s *settings) reaching(flags *flag.FlagSet, badCIDRs *error) {
	o := &s.options
	s.trust.Flags(flags)
	cli.AllowCIDR(flags, &o.AllowCIDRs, badCIDRs)
	s.inside.Flags(flags, badCIDRs)
	flags.Func("dial-map", "`HOST=ADDRESS` pairs: what is at an endpoint's host is dialled at this address, or Service, instead of where its name\n"+
		"leads; server name and Host stay. Either may have a port, and *.example.com is every host below it, for example\n"+
		"llm.example.com=10.0.0.7,*.apps.example.com:443=gateway.ingress.svc:8443", cli.AppendTo(&o.DialMap))
	flags.StringVar(&o.BackendCAFile, "backend-ca-file", "", "`file` of certificates in PEM trusted for https endpoints besides the system's; read again when it changes")
	flags.Func("trusted-proxies", "`NETWORKS` or addresses of the proxies before this API, or none where clients connect directly: callers whom no backend\n"+
		"has let in lately are bounded by address, which such a proxy gives in X-Forwarded-For; default no bound by address", s.trustProxies(badCIDRs))
	flags.Func("forward-headers", "`names` of request headers that go with a probe besides Authorization; X-Api-Key and Api-Key, where named, are credentials", cli.AppendTo(&o.ForwardHeaders))
	flags.Func("credential-headers", "`names` of further request headers that go with a probe and hold credentials: one of them is enough, without Authorization", cli.AppendTo(&o.CredentialHeaders))
	flags.BoolVar(&o.ForwardTraceContext, "forward-trace-context", false, "have probes carry the W3C trace context (traceparent) of the request that sends them")
	flags.Func("anonymous", "`allow` serves requests without credentials as they are; default deny", func(value string) error {
		if value != "allow" && value != "deny" {
			return errors.New("write allow or deny")
		}
		o.Anonymous = value == "allow"
		return nil
	})
}

// limiting declares what probing may cost.
func (s *settings) limiting(flags *flag.FlagSet) {
	l := &s.options.Limits
	flags.DurationVar(&l.VerdictTTL, "verdict-ttl", l.VerdictTTL, "how long a caller who was let in is believed to be; denials at most 1s; 0 asks every time")
	flags.DurationVar(&l.Budget, "budget", l.Budget, "how long a request may ask; endpoints that have not answered by then are left out; up to twice that while this process is late. While too many others ask it waits before that, for as long at most")
	flags.DurationVar(&l.ProbeTimeout, "probe-timeout", l.ProbeTimeout, "how long one endpoint may take to answer, and before that to be connected with")
	flags.IntVar(&l.PerCheck, "probes-per-request", l.PerCheck, "probes that one request may have under way")
	flags.IntVar(&l.InFlight, "probes-in-flight", l.InFlight, "probes that may be under way altogether; requests for more wait, or get a 503")
	flags.IntVar(&l.CallerRate, "caller-probe-rate", l.CallerRate, "probes a second that one caller may cause; never less than one whole list")
	flags.IntVar(&l.CallerBurst, "caller-probe-burst", l.CallerBurst, "probes that one caller may cause at once; never less than two whole lists")
	flags.IntVar(&l.PeerRate, "peer-probe-rate", l.PeerRate, "with --trusted-proxies, probes a second that callers at one address may cause whom no backend has let in for ten minutes;\nnever less than one whole list")
	flags.IntVar(&l.PeerBurst, "peer-probe-burst", l.PeerBurst, "probes that they may cause at once; never less than ten whole lists")
	flags.IntVar(&l.BreakerFaults, "breaker-faults", l.BreakerFaults, "consecutive faults after which an endpoint is left alone, or one caller kept from it; a timeout counts as all of them")
	flags.DurationVar(&l.BreakerOpen, "breaker-open", l.BreakerOpen, "how long an endpoint is left alone before it is tried again")
}

// trustProxies reads networks, addresses, or none.
func (s *settings) trustProxies(faults *error) func(string) error {
	none := false
	return func(value string) error {
		if s.options.TrustedProxies == nil {
			s.options.TrustedProxies = []netip.Prefix{}
		}
		for item := range strings.SplitSeq(value, ",") {
			item = strings.TrimSpace(item)
			network, err := netip.ParsePrefix(item)
			if addr, addrErr := netip.ParseAddr(item); addrErr == nil {
				network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
			}
			switch {
			case item == "none":
				none = true
			case err != nil:
				*faults = errors.Join(*faults, fmt.Errorf("--trusted-proxies: %q is no network, write for example 10.0.0.7 or 10.0.0.0/24, or none", item))
			default:
				s.options.TrustedProxies = append(s.options.TrustedProxies, network.Masked())
			}
		}
		if none && len(s.options.TrustedProxies) > 0 {
			*faults = errors.Join(*faults, errors.New("--trusted-proxies: none, and networks: give one of them"))
		}
		return nil
	}
}
