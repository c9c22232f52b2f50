package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// pagePolicy lets the page load its own files and ask its own API, and nothing
// else: no other origin can be told the token, whatever a model is called. Text
// never becomes markup or script (W3C Trusted Types); the one policy that the page
// makes is for the address of its worker.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types try"

// workerPolicy is that of the worker but for the one origin that it may ask. A
// worker has the policy that its script came with and not that of its page (HTML
// Standard, "run a worker": its policy container is made from the response).
const workerPolicy = "default-src 'none'; connect-src "

// errOrigin is the answer to a worker that is asked for with anything else.
var errOrigin = errors.New("write origin=https://HOST or origin=http://HOST, with a port or without, and nothing behind it")

// Secure sets what goes with each file of the page, in a 304 too: a browser takes
// the headers of that over into what it has kept (RFC 9111, 3.2).
func Secure(header http.Header) {
	header.Set("Content-Security-Policy", pagePolicy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-cache")
}

// SecureWorker does so for TryScript, asked for with a query: origin is where it may
// connect to. Whoever makes somebody open that address gains nothing: a script that is
// opened is shown as text, another site may neither load it (Cross-Origin-Resource-
// Policy, and workers are of one's own origin) nor talk to the worker that the page
// has, and the worker knows no token before the page sends it one.
func SecureWorker(header http.Header, query string) error {
	values, err := url.ParseQuery(query)
	if err != nil || len(values) != 1 || len(values["origin"]) != 1 {
		return errOrigin
	}
	origin := values.Get("origin")
	if !isOrigin(origin) {
		return errOrigin
	}
	Secure(header)
	header.Set("Content-Security-Policy", workerPolicy+origin)
	return nil
}

// isOrigin says whether a text is an origin as browsers write them: a policy has no
// way to quote anything else, and none of what a policy is made of.
func isOrigin(text string) bool {
	rest, secure := strings.CutPrefix(text, "https://")
	if !secure {
		var plain bool
		if rest, plain = strings.CutPrefix(text, "http://"); !plain {
			return false
		}
	}
	u, err := url.Parse(text)
	return err == nil && rest != "" && u.Host == rest && u.Hostname() != "" && len(rest) <= 260 &&
		!strings.ContainsFunc(rest, func(c rune) bool {
			return (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("-._:[]", c)
		})
}
