package api

import (
	"net/http"
	"strconv"
	"strings"
)

const contentTypeJSON = "application/json"

// serve sends a page in the form the client asked for, or 304.
func serve(w http.ResponseWriter, r *http.Request, p *page) {
	chosen, header := p.plain, w.Header()
	if acceptsGzip(r.Header["Accept-Encoding"]) {
		if compressed, ok := p.compressed(); ok {
			chosen = compressed
		}
	}
	if matchesETag(r.Header["If-None-Match"], chosen.etag) {
		header["Etag"] = chosen.header["Etag"]
		w.WriteHeader(http.StatusNotModified)
		return
	}
	for name, value := range chosen.header {
		header[name] = value
	}
	if r.Method != http.MethodHead {
		chosen.send(w)
	}
}

// acceptsGzip reads Accept-Encoding as RFC 9110 has it: a coding with q=0 is
// not wanted, and gzip by name counts before the wildcard.
func acceptsGzip(values []string) bool {
	wildcard := false
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			coding, parameters, _ := strings.Cut(item, ";")
			wanted := positiveQuality(parameters)
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				return wanted
			case "*":
				wildcard = wanted
			}
		}
	}
	return wildcard
}

func positiveQuality(parameters string) bool {
	name, value, found := strings.Cut(parameters, "=")
	if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return true
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return err == nil && q > 0
}

// matchesETag compares weakly, as If-None-Match asks for.
func matchesETag(values []string, etag string) bool {
	for _, value := range values {
		for candidate := range strings.SplitSeq(value, ",") {
			candidate = strings.TrimSpace(candidate)
			if candidate == "*" || strings.TrimPrefix(candidate, "W/") == etag {
				return true
			}
		}
	}
	return false
}
