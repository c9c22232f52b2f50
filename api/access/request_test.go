package access

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
)

// What goes over the wire is what net/http makes of the same request, but for the
// order of the header.
func TestRequestIsThatOfNetHTTP(t *testing.T) {
	callers, err := NewCallers([]string{"X-Tenant", "User-Agent"}, true)
	if err != nil {
		t.Fatal(err)
	}
	alice := http.Header{"Authorization": {"Bearer a"}}
	for name, test := range map[string]struct {
		endpoint, method string
		own              map[string]string
		header           http.Header
	}{
		"a token":                    {"https://models.example.com", http.MethodGet, nil, alice},
		"nobody":                     {"https://models.example.com", http.MethodGet, nil, http.Header{}},
		"a port and a path":          {"http://models.example.com:8080/a%20b", http.MethodHead, nil, alice},
		"an address":                 {"http://[2001:db8::1]:8080", http.MethodOptions, nil, alice},
		"a method with a body":       {"https://models.example.com", http.MethodPost, nil, alice},
		"forwarded headers":          {"https://models.example.com", http.MethodGet, nil, http.Header{"X-Tenant": {"a", "b"}, "User-Agent": {"curl"}}},
		"headers of the kind":        {"https://models.example.com", http.MethodGet, map[string]string{"X-Kind": "k"}, alice},
		"the caller's header stands": {"https://models.example.com", http.MethodGet, map[string]string{"X-Tenant": "k"}, http.Header{"X-Tenant": {"a"}}},
		// net/http lets none in.
		"a line break": {"https://models.example.com", http.MethodGet, nil, http.Header{"Authorization": {"Bearer a\r\nX-Evil: b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			who, err := callers.Identify(test.header)
			if err != nil {
				t.Fatal(err)
			}
			probe := kind.DefaultProbe()
			probe.Method, probe.Headers = test.method, test.own
			policy, err := NewPolicy([]string{"*"}, true, nil)
			if err != nil {
				t.Fatal(err)
			}
			target := policy.Target("ns/m", test.endpoint, "llmisvc", probe)
			if target.Refused() != nil {
				t.Fatal(target.Refused())
			}
			r := &http.Request{Method: test.method, URL: target.url, Host: target.url.Host, Header: target.header(who)}
			got, err := (&probing{target: target, caller: who}).request(r)
			if err != nil {
				t.Fatal(err)
			}
			var want bytes.Buffer
			if err := r.Write(&want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sortedLines(want.Bytes()), sortedLines(got)); diff != "" {
				t.Errorf("-net/http +here:\n%s", diff)
			}
			if end := []byte("\r\n\r\n"); !bytes.HasSuffix(got, end) || bytes.Count(got, end) != 1 {
				t.Errorf("%q does not end where its header does", got)
			}
		})
	}
}

// sortedLines has the request line first.
func sortedLines(request []byte) []string {
	lines := strings.Split(string(request), "\r\n")
	slices.Sort(lines[1:])
	return lines
}
