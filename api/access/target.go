package access

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"unique"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine/kind"
)

// Target is one endpoint as probes see it. What it says never changes.
type Target struct {
	// model says whose endpoint it is, "namespace/name", for the log.
	model string
	// namespace of the model, whose turns are shared.
	namespace string
	kind      string
	url       *url.URL
	probe     kind.Probe
	// firstLines are those of its probes.
	firstLines []byte
	// id is equal for targets that get equal verdicts.
	id unique.Handle[targetID]
	// refused says why credentials may not go there; nil when they may.
	refused error
	// reported is set once the refusal was logged.
	reported atomic.Bool
	// settled is the verdict on every caller where none is asked for; nil where
	// the endpoint is asked, or refused.
	settled *Decision
	// asleep is set where a question would wake the backend, and none is asked.
	asleep bool
}

// targetID identifies what is asked and how the answer is read. Two kinds that
// ask one URL differently, or accept different answers, share no verdict.
type targetID struct {
	url string
	// variant is the method and the kind's own headers.
	variant string
	accepts acceptSet
	expects kind.Expectation
	// reads is what is read of a reply.
	reads string
}

func variantOf(probe kind.Probe) string {
	manner := probe.Method
	for _, name := range slices.Sorted(maps.Keys(probe.Headers)) {
		manner += "\n" + name + ": " + probe.Headers[name]
	}
	return manner
}

// acceptSet has a bit for each of the statuses 100 to 599.
type acceptSet [8]uint64

func acceptsOf(probe kind.Probe) (set acceptSet) {
	for status := 100; status <= 599; status++ {
		if probe.Accepts(status) {
			set[(status-100)/64] |= 1 << ((status - 100) % 64)
		}
	}
	return set
}

// ErrRefused is wrapped by the reasons for which credentials may not go somewhere.
var ErrRefused = errors.New("credentials may not be sent there")

// Policy says where callers' credentials may go.
type Policy struct {
	rules endpoint.Rules
	trust endpoint.Trust
	// dials has the most exact entry first.
	dials []dialEntry
}

// ClusterLocal are the suffixes that are trusted where nothing else is said.
func ClusterLocal(domain string) []string { return endpoint.ClusterLocal(domain) }

// NewPolicy makes a Policy. Trusted are hosts as endpoint.NewTrust reads them.
// allowHTTP lets credentials go over plain http to hosts that are not
// cluster-local names; allowCIDRs lifts the refusal of addresses.
func NewPolicy(trusted []string, allowHTTP bool, allowCIDRs []netip.Prefix) (*Policy, error) {
	trust, faults := endpoint.NewTrust(append([]string{}, trusted...), endpoint.DefaultClusterDomain)
	trust.AllowHTTP = allowHTTP
	for i, fault := range faults {
		faults[i] = fmt.Errorf("--trusted-hosts: %w", fault)
	}
	return &Policy{rules: endpoint.Rules{AllowCIDRs: allowCIDRs}, trust: trust}, errors.Join(faults...)
}

// HTTPSOnly is the policy without plain http, cluster-local names included.
func (p *Policy) HTTPSOnly() *Policy {
	strict := *p
	strict.trust.HTTPSOnly = true
	return &strict
}

// InDomain is the policy for a cluster whose DNS has the given domain; ""
// means endpoint.DefaultClusterDomain.
func (p *Policy) InDomain(domain string) *Policy {
	there := *p
	there.trust = p.trust.In(domain)
	return &there
}

func (p *Policy) clusterLocal(host string) bool { return p.trust.ClusterLocal(host) }

// resolvedAs is the name to ask DNS for a host: a cluster-local one in full and
// with a final dot, which no search path changes. So has a host of three labels or
// more: llm.example.com would be looked for as a Pod of the Service example in a
// namespace com first. One of two may be meant to be completed, as NAME.NAMESPACE is.
func (p *Policy) resolvedAs(host string) string {
	if !p.clusterLocal(host) {
		if endpoint.IsAddress(host) || strings.Count(strings.TrimSuffix(host, "."), ".") < 2 {
			return host
		}
		return strings.TrimSuffix(host, ".") + "."
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if strings.HasSuffix(name, endpoint.ServiceSuffix) {
		name += "." + p.trust.Domain()
	}
	return name + "."
}

// UnknownKind is the metric label of kinds that this process does not know:
// anybody can write any kind into a MaaSModel.
const UnknownKind = "unknown"

// Target makes the target for an endpoint. An endpoint that credentials may
// not go to gives a target that is refused and never probed. Kind is a metric
// label: a name of the catalogue of kinds, not free text.
func (p *Policy) Target(model, endpoint, kindName string, probe kind.Probe) *Target {
	t := &Target{model: model, namespace: namespaceOf(model), kind: kindName, probe: probe}
	t.url, t.refused = p.resolve(endpoint, probe)
	if t.refused == nil {
		t.firstLines = firstLines(probe.Method, t.url)
		t.id = unique.Make(targetID{url: t.url.String(), variant: variantOf(probe), accepts: acceptsOf(probe), expects: probe.Expect, reads: probe.Reply.Variant()})
	}
	return t
}

// owner is whose turn a probe of the target takes.
func (t *Target) owner() owner { return owner{namespace: t.namespace, host: t.url.Host} }

func namespaceOf(model string) string {
	namespace, _, _ := strings.Cut(model, "/")
	return namespace
}

// Unasked makes the target of a model whose kind has no endpoint asked: every
// caller gets the same verdict. What is shown is called by whoever believes the
// list, so the endpoint passes the same rules as one that is probed. Only the
// addresses of its name are judged by nobody here, for nothing is dialled: that a
// Service's name leads inside the cluster is the controller's to see to, before
// it publishes the endpoint.
func (p *Policy) Unasked(model, endpoint, kindName string, verdict Decision) *Target {
	t := &Target{model: model, kind: kindName}
	if _, t.refused = p.parse(endpoint); t.refused == nil {
		t.settled = &verdict
	}
	return t
}

// AsksLike says whether both are asked, and in the same way: every caller then gets the
// same verdict on both.
func (t *Target) AsksLike(other *Target) bool {
	return t.Probed() && other.Probed() && t.id == other.id
}

// Refused says why credentials may not go to the target's endpoint, nil when
// they may.
func (t *Target) Refused() error { return t.refused }

// parse reads an endpoint that credentials may go to.
func (p *Policy) parse(endpoint string) (*url.URL, error) {
	base, err := p.rules.Parse(endpoint)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return base, p.checkHost(base)
}

func (p *Policy) resolve(endpoint string, probe kind.Probe) (*url.URL, error) {
	base, err := p.parse(endpoint)
	if err != nil {
		return nil, err
	}
	joined, err := probe.URL(endpoint)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	u, err := url.Parse(joined)
	if err != nil || u.Scheme != base.Scheme || u.Host != base.Host || u.User != nil {
		return nil, fmt.Errorf("%w: the probe path leads away from the endpoint's host", ErrRefused)
	}
	return u, nil
}

func (p *Policy) checkHost(u *url.URL) error {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	for i := range len(host) {
		// Such a host is rewritten on its way to the resolver, and would then
		// not be the host that was judged here.
		if host[i] >= 0x80 || host[i] == '%' {
			return fmt.Errorf("%w: host %q is not plain ASCII; write the xn-- form", ErrRefused, host)
		}
	}
	if distrust := p.trust.Check(u); distrust != nil {
		return fmt.Errorf("%w: %w", ErrRefused, distrust)
	}
	return nil
}
