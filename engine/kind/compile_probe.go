package kind

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api/endpoint"
)

// neverAccepted are statuses by which a backend turns a caller away or says
// nothing about it: a kind that accepted one would show models to strangers.
var neverAccepted = []int{
	http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
	http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusTooManyRequests,
}

func (c compiler) probe() Probe {
	p := DefaultProbe()
	s := c.spec.Probe
	if s.Policy == ProbeNever {
		p.Policy = ProbeNever
		c.refuse("/spec/probe", onlyWritten(field{"path", s.Path != ""}, field{"method", s.Method != ""}, field{"accept", s.Accept != nil},
			field{"timeout", s.Timeout != ""}, field{"headers", s.Headers != nil}), "says how to ask, and policy Never that nobody asks: remove one")
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
	for i, entry := range c.spec.Probe.Accept {
		r, ok := parseStatus(entry)
		if !ok {
			c.doc.faultAt(fmt.Sprintf("/spec/probe/accept/%d", i),
				"%s cannot mean that a caller is let in: write 2xx, a code from 200 to 299, or one such as 405 that only an admitted caller gets",
				asJSON(entry))
			continue
		}
		p.accept = append(p.accept, r)
	}
	if u, err := url.Parse(p.Path); err != nil || endpoint.HasDotSegment(u) {
		c.doc.faultAt("/spec/probe/path", "%q has a bad escape or a . or .. segment", p.Path)
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
		c.doc.faultAt("/spec/probe/timeout", "%q is not a duration from %s to %s", text, minProbeTimeout, maxProbeTimeout)
	}
	return d
}

// ownHeaders say who calls, where to, or how the message is framed: constants
// there would let every caller in as somebody else, or break the request.
var ownHeaders = []string{
	"Authorization", "Proxy-Authorization", "Cookie", "Host", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
	"X-Forwarded-User", "X-Forwarded-Access-Token", "X-Remote-User", "X-Remote-Group", "X-Api-Key", "Api-Key", "Connection", "Content-Length",
	"Expect", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

func (c compiler) probeHeaders() map[string]string {
	headers := map[string]string{}
	for _, name := range sortedKeys(c.spec.Probe.Headers) {
		value := c.spec.Probe.Headers[name]
		at := "/spec/probe/headers/" + escapePointer(name)
		canonical := http.CanonicalHeaderKey(name)
		_, twice := headers[canonical]
		switch {
		case !headerName.MatchString(name):
			c.doc.faultAt(at, "%q is not the name of a header", name)
		case slices.Contains(ownHeaders, canonical):
			c.doc.faultAt(at, "%s is never the same for every caller, remove it", canonical)
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }):
			c.doc.faultAt(at, "the value has a character that a header cannot hold, write printable ASCII")
		case twice:
			c.doc.faultAt(at, "%s is written twice, in different case", canonical)
		}
		headers[canonical] = value
	}
	if len(headers) == 0 {
		return nil
	}
	return headers
}

// headerName is a token of RFC 9110.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func parseStatus(entry any) (statusRange, bool) {
	if entry == "2xx" {
		return statusRange{200, 299}, true
	}
	code, isNumber := number(entry)
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
