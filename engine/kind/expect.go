package kind

import (
	"net/http"
	"slices"
	"strings"
)

// Expectation says what an accepted 2xx response has to be, by its Content-Type.
// The body is not looked at: a verdict would have to wait for it.
type Expectation string

// The expectations. The zero value is ExpectNoPage.
const (
	// ExpectNoPage is met by anything but HTML, which is what a login page and the
	// default page of a proxy are: they answer 200 to everybody.
	ExpectNoPage Expectation = "NoPage"
	// ExpectJSON is met by JSON alone.
	ExpectJSON Expectation = "JSON"
	// ExpectAnything is met by anything.
	ExpectAnything Expectation = "Anything"
)

// Meets says whether a response that the kind accepts is what it expects. Only a
// status of success is about what comes with it.
func (e Expectation) Meets(status int, contentType string) bool {
	if !succeeds(status) || e == ExpectAnything {
		return true
	}
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	if e == ExpectJSON {
		return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
	}
	return mediaType != "text/html" && mediaType != "application/xhtml+xml"
}

func succeeds(status int) bool { return status >= http.StatusOK && status < http.StatusMultipleChoices }

// expectation of the kind-spec, for a probe whose accepted statuses are known.
func (c compiler) expectation(p Probe) Expectation {
	written := Expectation(c.spec.Probe.Expect)
	if written == "" {
		return ExpectNoPage
	}
	if !slices.ContainsFunc(p.accept, func(r statusRange) bool { return succeeds(r.last) }) {
		c.doc.FaultAt("/spec/probe/expect", "says what a 2xx response has to be, and accept names none: remove one")
	}
	return written
}
