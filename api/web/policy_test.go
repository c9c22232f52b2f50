package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestWorkerAsksOneOrigin(t *testing.T) {
	for name, test := range map[string]struct {
		origin string
		taken  bool
	}{
		"a host":                      {"https://models.example.com", true},
		"a port":                      {"https://models.example.com:8443", true},
		"without TLS":                 {"http://granite.llm.svc.cluster.local", true},
		"an IPv4 address":             {"http://127.0.0.1:8080", true},
		"an IPv6 address":             {"https://[2001:db8::7]:8443", true},
		"a name of other letters":     {"https://xn--mller-kva.example", true},
		"nothing":                     {"", false},
		"no host":                     {"https://", false},
		"a port alone":                {"https://:8443", false},
		"every host":                  {"*", false},
		"every host of a scheme":      {"https:", false},
		"hosts by a wildcard":         {"https://*.example.com", false},
		"a keyword":                   {"'self'", false},
		"a path":                      {"https://models.example.com/v1", false},
		"a slash":                     {"https://models.example.com/", false},
		"a query":                     {"https://models.example.com?x", false},
		"a fragment":                  {"https://models.example.com#x", false},
		"a user":                      {"https://user@models.example.com", false},
		"two":                         {"https://a.example https://b.example", false},
		"another directive":           {"https://a.example; script-src *", false},
		"another policy":              {"https://a.example, default-src *", false},
		"another header":              {"https://a.example\r\nX: y", false},
		"letters that are not ASCII":  {"https://müller.example", false},
		"upper case, as no browser's": {"https://Models.example.com", false},
		"an escape":                   {"https://models%2eexample.com", false},
		"another scheme":              {"ws://models.example.com", false},
		"a script":                    {"javascript:alert(1)", false},
		"no origin":                   {"null", false},
		"a text without end":          {"https://" + strings.Repeat("a", 300), false},
		"an IPv6 address cut off":     {"https://[2001:db8::7", false},
		"a port that is none":         {"https://a.example:http", false},
	} {
		t.Run(name, func(t *testing.T) {
			header := http.Header{}
			err := SecureWorker(header, url.Values{"origin": {test.origin}}.Encode())
			policy := header.Get("Content-Security-Policy")
			switch {
			case test.taken && (err != nil || policy != "default-src 'none'; connect-src "+test.origin):
				t.Errorf("policy %q, error %v", policy, err)
			case !test.taken && (err == nil || policy != ""):
				t.Errorf("%q is taken: policy %q", test.origin, policy)
			}
		})
	}
}
