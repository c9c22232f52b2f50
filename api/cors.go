package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// cors lets pages of the named origins read replies. Credentials mode is never
// allowed: callers send Authorization themselves.
type cors struct {
	origins []string
	// headers are lower-case names that pages may send.
	headers []string
}

// requestPrivateNetwork asks whether a page of the public network may ask here:
// Chrome sends it since version 104 (developer.chrome.com/blog, private-network-
// access-preflight), and asks its user instead where it has Local Network Access
// (the same, local-network-access). Who names an origin means it, wherever this
// API is.
const requestPrivateNetwork = "Access-Control-Request-Private-Network"

// exposed are the reply headers that pages may read.
const exposed = "ETag, Request-Id, Retry-After, X-Access-Checked-At, X-Models-As-Of, X-Models-Incomplete, X-Request-Id, X-Should-Retry"

func newCORS(origins, forwarded []string) (cors, error) {
	c := cors{origins: origins, headers: []string{"accept", "authorization", "content-type", "if-none-match", "x-request-id",
		"openai-organization", "openai-project", "anthropic-version", "anthropic-beta", "anthropic-dangerous-direct-browser-access"}}
	var errs []error
	for _, origin := range origins {
		if err := checkOrigin(origin); err != nil {
			errs = append(errs, fmt.Errorf("--cors-origins: %q: %w", origin, err))
		}
	}
	for _, name := range forwarded {
		c.headers = append(c.headers, strings.ToLower(name))
	}
	return c, errors.Join(errs...)
}

// checkOrigin refuses what no browser sends as Origin, and what would be the
// origin of any page: whoever can reach this API only from inside would have any
// site that they visit read for itself what their network may.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	switch {
	case origin == "*":
		return errors.New("any site could then read what its visitors' networks may: name the origins")
	case origin == "null":
		return errors.New("any site can make a page of this origin: serve yours from an origin of its own, and name that")
	case err != nil || u.Scheme == "" || u.Host == "" || origin != u.Scheme+"://"+u.Host,
		strings.ContainsFunc(origin, func(c rune) bool { return c > '~' || c == '*' || 'A' <= c && c <= 'Z' }),
		u.Scheme == "https" && u.Port() == "443", u.Scheme == "http" && u.Port() == "80":
		return errors.New("write scheme://host[:port] exactly as browsers send it, for example https://chat.example.com: in lower case, " +
			"a name of other letters in its xn-- form, and no port that is the scheme's own")
	}
	return nil
}

// allow marks a reply as readable by the page that asked.
func (c cors) allow(header http.Header, r *http.Request) bool {
	origin := r.Header["Origin"]
	if len(origin) != 1 || !slices.Contains(c.origins, origin[0]) {
		return false
	}
	header["Access-Control-Allow-Origin"] = []string{origin[0]}
	header["Access-Control-Expose-Headers"] = []string{exposed}
	return true
}

// preflight says what a page may send, and whether this is a page's question.
func (c cors) preflight(header http.Header, r *http.Request) bool {
	header.Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "+requestPrivateNetwork)
	if !c.allow(header, r) || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	var granted []string
	for name := range strings.SplitSeq(strings.Join(r.Header["Access-Control-Request-Headers"], ","), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if slices.Contains(c.headers, name) || (strings.HasPrefix(name, "x-stainless-") && isToken(name)) {
			granted = append(granted, name)
		}
	}
	header.Set("Access-Control-Allow-Methods", "GET, HEAD")
	if len(granted) > 0 {
		header.Set("Access-Control-Allow-Headers", strings.Join(granted, ", "))
	}
	if r.Header.Get(requestPrivateNetwork) == "true" {
		header.Set("Access-Control-Allow-Private-Network", "true")
	}
	header.Set("Access-Control-Max-Age", "600")
	return true
}

// isToken says whether a header name is one that OpenAI clients make up for
// their telemetry: letters, digits and dashes.
func isToken(name string) bool {
	return !strings.ContainsFunc(name, func(c rune) bool {
		return c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
}
