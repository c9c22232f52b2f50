package kind

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// neverAccepted are statuses by which a backend turns a caller away or says
// nothing about it: a kind that accepted one would show models to strangers.
var neverAccepted = []int{
	http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
	http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusTooManyRequests,
}

func (c compiler) probe() Probe {
	p := DefaultProbe()
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
	if u, err := url.Parse(p.Path); err != nil || hasDotSegment(u) {
		c.doc.faultAt("/spec/probe/path", "%q has a bad escape or a . or .. segment", p.Path)
	}
	return p
}

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
