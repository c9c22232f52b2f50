package api

import (
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

// exposed are the reply headers that pages may read.
const exposed = "ETag, Retry-After, X-Access-Checked-At, X-Models-Incomplete, X-Request-Id, X-Should-Retry"

func newCORS(origins, forwarded []string) (cors, error) {
	c := cors{origins: origins, headers: []string{"accept", "authorization", "content-type", "if-none-match", "x-request-id",
		"openai-organization", "openai-project"}}
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme == "" || u.Host == "" || origin != u.Scheme+"://"+u.Host {
			return cors{}, fmt.Errorf("--cors-origins: %q: write scheme://host[:port] exactly as browsers send it, for example https://chat.example.com", origin)
		}
	}
	for _, name := range forwarded {
		c.headers = append(c.headers, strings.ToLower(name))
	}
	return c, nil
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

// preflight says what a page may send.
func (c cors) preflight(header http.Header, r *http.Request) {
	header.Set("Vary", "Origin, Access-Control-Request-Headers")
	if !c.allow(header, r) || r.Header.Get("Access-Control-Request-Method") == "" {
		return
	}
	var granted []string
	for name := range strings.SplitSeq(r.Header.Get("Access-Control-Request-Headers"), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if slices.Contains(c.headers, name) || (strings.HasPrefix(name, "x-stainless-") && isToken(name)) {
			granted = append(granted, name)
		}
	}
	header.Set("Access-Control-Allow-Methods", "GET, HEAD")
	header.Set("Access-Control-Allow-Headers", strings.Join(granted, ", "))
	header.Set("Access-Control-Max-Age", "600")
}

// isToken says whether a header name is one that OpenAI clients make up for
// their telemetry: letters, digits and dashes.
func isToken(name string) bool {
	return !strings.ContainsFunc(name, func(c rune) bool {
		return c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
}
