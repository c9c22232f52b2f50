package kind

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// neverAccepted are statuses by which a backend turns a caller away or says
// nothing about it: a kind that accepted one would show models to strangers.
var neverAccepted = []int{
	http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
	http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusTooManyRequests,
}

func (c compiler) probe() Probe {
	p := DefaultProbe()
	if c.spec.Probe == nil {
		return p
	}
	s := *c.spec.Probe
	p.Policy = cmp.Or(ProbePolicy(s.Policy), p.Policy)
	sleeps := func(r v1alpha1.HealthRule) bool { return r.Is == v1alpha1.VerdictServable || r.Kind != "" }
	if p.Policy == ProbeWhenAwake && !slices.ContainsFunc(c.spec.Health, sleeps) {
		c.doc.FaultAt("/spec/probe/policy", "no rule of health says Servable, so no model of this kind ever sleeps: write one, or policy PerCaller")
	}
	if p.Policy == ProbeNever {
		c.refuse("/spec/probe", onlyWritten(field{"path", s.Path != ""}, field{"method", s.Method != ""}, field{"accept", s.Accept != nil}, field{"expect", s.Expect != ""},
			field{"timeout", s.Timeout != ""}, field{"headers", s.Headers != nil}, field{"reply", s.Reply != nil}), "says how to ask, and policy Never that nobody asks: remove one")
	}
	p.Method = cmp.Or(s.Method, p.Method)
	p.Timeout = c.probeTimeout()
	p.Headers = c.probeHeaders()
	if c.spec.Probe.Path != "" {
		p.Path = c.spec.Probe.Path
	}
	if c.spec.Probe.Accept != nil {
		p.accept = nil
	}
	for i, entry := range v1alpha1.Constants(c.spec.Probe.Accept) {
		r, ok := parseStatus(entry)
		if !ok {
			c.doc.FaultAt(fmt.Sprintf("/spec/probe/accept/%d", i),
				"%s cannot mean that a caller is let in: write 2xx, a code from 200 to 299, or one such as 405 that only an admitted caller gets",
				syntax.Quote(entry))
			continue
		}
		p.accept = append(p.accept, r)
	}
	p.Expect = c.expectation(p)
	p.Reply = c.reply(p)
	for _, name := range syntax.Placeholder.FindAllStringSubmatch(p.Path, -1) {
		if !slices.Contains(probeValues(), name[1]) {
			c.unknown("/spec/probe/path", "value of a probe's path", name[1], probeValues())
		}
	}
	if strings.ContainsAny(syntax.Placeholder.ReplaceAllString(p.Path, "x"), "{}") {
		c.doc.FaultAt("/spec/probe/path", "%q has a brace without its counterpart, write a value as {NAME}", p.Path)
	}
	if u, err := url.Parse(p.Path); err != nil || endpoint.HasDotSegment(u) {
		c.doc.FaultAt("/spec/probe/path", "%q has a bad escape or a . or .. segment", p.Path)
	}
	return p
}

// Bounds on how long a listing may wait for one endpoint.
const (
	minProbeTimeout = 100 * time.Millisecond
	maxProbeTimeout = 30 * time.Second
)

func (c compiler) probeTimeout() time.Duration {
	text := c.spec.Probe.Timeout
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < minProbeTimeout || d > maxProbeTimeout {
		c.doc.FaultAt("/spec/probe/timeout", "%q is not a duration from %s to %s", text, minProbeTimeout, maxProbeTimeout)
	}
	return d
}

func parseStatus(entry any) (statusRange, bool) {
	if entry == "2xx" {
		return statusRange{200, 299}, true
	}
	code, isNumber := syntax.Number(entry)
	if text, ok := entry.(string); ok {
		n, err := strconv.Atoi(text)
		code, isNumber = float64(n), err == nil
	}
	status := int(code)
	if !isNumber || float64(status) != code || slices.Contains(neverAccepted, status) {
		return statusRange{}, false
	}
	admitted := status >= 200 && status < 300 || status >= 400 && status < 500
	return statusRange{status, status}, admitted
}
