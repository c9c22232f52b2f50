package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

const chat = "https://chat.example.com"

// fetch does what a browser does for a page that calls fetch(): the Fetch
// standard's CORS-preflight fetch (4.9) with the CORS checks (4.10), in default
// credentials mode. It gives the reply, and why the page may not read it.
func (s *service) fetch(t *testing.T, origin, method, path string, headers header) (reply, string) {
	t.Helper()
	var names []string
	sent := header{"Origin": origin}
	for name, value := range headers {
		sent[name] = value
		names = append(names, strings.ToLower(name))
	}
	slices.Sort(names)
	readable := func(r reply) bool { return slices.Equal(r.Header["Access-Control-Allow-Origin"], []string{origin}) }
	asked := header{"Origin": origin, "Access-Control-Request-Method": method}
	if len(names) > 0 {
		asked["Access-Control-Request-Headers"] = strings.Join(names, ",")
	}
	preflight := s.do(t, http.MethodOptions, path, "", asked)
	listed := func(name string) []string {
		return strings.FieldsFunc(strings.ToLower(strings.Join(preflight.Header[name], ",")), func(c rune) bool { return c == ',' || c == ' ' })
	}
	switch {
	case !readable(preflight):
		return preflight, "the preflight is for no page of this origin"
	case preflight.StatusCode < 200 || preflight.StatusCode > 299:
		return preflight, fmt.Sprint("the preflight's status is ", preflight.StatusCode)
	case !slices.Contains([]string{"GET", "HEAD", "POST"}, method) && !slices.Contains(listed("Access-Control-Allow-Methods"), strings.ToLower(method)):
		return preflight, "the method is not allowed"
	}
	for _, name := range names {
		if !slices.Contains(listed("Access-Control-Allow-Headers"), name) { // * does not stand for Authorization
			return preflight, name + " is not allowed"
		}
	}
	got := s.do(t, method, path, "", sent)
	if !readable(got) {
		return got, "the reply is for no page of this origin"
	}
	return got, ""
}

// A page that may read lists may read as well why there is none.
func TestPagesReadEveryReply(t *testing.T) {
	o := loopback()
	o.CORSOrigins, o.ForwardHeaders = []string{"https://other.example.com", chat}, []string{"X-Api-Key"}
	yes := startBackend(t, admits("alice"))
	s := startService(t, o, model("a/granite", yes.URL), model("a/down", startBackend(t, status(503)).URL))
	alice := header{"Authorization": "Bearer alice"}
	for name, test := range map[string]struct {
		origin, method, path string
		headers              header
		status               int
		why                  string
	}{
		"a list":                       {chat, "GET", "/v1/models", alice, 200, ""},
		"for the other origin":         {"https://other.example.com", "GET", "/v1/models", alice, 200, ""},
		"by HEAD":                      {chat, "HEAD", "/v1/models", alice, 200, ""},
		"a model":                      {chat, "GET", "/v1/models/granite", alice, 200, ""},
		"at a path with slashes":       {chat, "GET", "/v1//models/", alice, 200, ""},
		"with a key":                   {chat, "GET", "/v1/models", header{"X-Api-Key": "sk-test"}, 200, ""},
		"by openai for node":           {chat, "GET", "/v1/models", header{"Authorization": "Bearer alice", "X-Stainless-Lang": "js", "X-Stainless-Retry-Count": "0", "OpenAI-Project": "p"}, 200, ""},
		"by Anthropic's client":        {chat, "GET", "/v1/models", header{"X-Api-Key": "sk-test", "Anthropic-Version": "2023-06-01", "Anthropic-Dangerous-Direct-Browser-Access": "true"}, 200, ""},
		"nothing new":                  {chat, "GET", "/v1/models", header{"Authorization": "Bearer alice", "If-None-Match": "*"}, 304, ""},
		"a wrong parameter":            {chat, "GET", "/v1/models?ready=maybe", alice, 400, ""},
		"no credentials":               {chat, "GET", "/v1/models", nil, 401, ""},
		"no such model":                {chat, "GET", "/v1/models/nope", alice, 404, ""},
		"no id":                        {chat, "GET", "/v1/models/a//b", alice, 404, ""},
		"nothing there":                {chat, "GET", "/v1/modelz", alice, 404, ""},
		"nothing there to be sent":     {chat, "POST", "/v1/chat/completions", alice, 404, ""},
		"a method there is not":        {chat, "POST", "/v1/models", alice, 405, ""},
		"a method that is not allowed": {chat, "DELETE", "/v1/models/granite", alice, 204, "the method is not allowed"},
		"a header nobody needs":        {chat, "GET", "/v1/models", header{"X-Evil": "1"}, 204, "x-evil is not allowed"},
		"a loop":                       {chat, "GET", "/v1/models", header{"X-Maas-Probe": "1"}, 204, "x-maas-probe is not allowed"},
		"a page of another origin":     {"https://evil.example", "GET", "/v1/models", alice, 204, "the preflight is for no page of this origin"},
		"another's nowhere":            {"https://evil.example", "GET", "/v1/modelz", alice, 404, "the preflight is for no page of this origin"},
		"a page without an origin":     {"null", "GET", "/v1/models", alice, 204, "the preflight is for no page of this origin"},
		"the same host with its port":  {chat + ":443", "GET", "/v1/models", alice, 204, "the preflight is for no page of this origin"},
		"health":                       {chat, "GET", "/healthz", nil, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, why := s.fetch(t, test.origin, test.method, test.path, test.headers)
			if got.StatusCode != test.status || why != test.why {
				t.Errorf("status %d, %q, want %d, %q: %v", got.StatusCode, why, test.status, test.why, got.Header)
			}
			if !strings.Contains(got.Header.Get("Vary"), "Origin") || got.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("headers %v", got.Header)
			}
		})
	}
}

// What goes wrong here goes wrong for pages too.
func TestPagesReadFaults(t *testing.T) {
	down := startBackend(t, status(http.StatusBadGateway))
	for name, test := range map[string]struct {
		options func(*Options)
		prepare func(*service)
		models  []*v1alpha1.MaaSModel
		times   int
		status  int
	}{
		"not synced":  {prepare: func(s *service) { s.source.Store(nil) }, status: 503},
		"unreachable": {models: []*v1alpha1.MaaSModel{model("a/down", down.URL)}, status: 503},
		"overloaded":  {options: func(o *Options) { o.MaxRequests = 1 }, prepare: func(s *service) { s.handler.turns.take() }, status: 503},
		"too many probes": {options: func(o *Options) { o.Limits.VerdictTTL, o.Limits.CallerRate, o.Limits.CallerBurst = 0, 1, 2 },
			models: []*v1alpha1.MaaSModel{model("a/yes", startBackend(t, admits("alice")).URL)}, times: 100, status: 429},
		"a fault of this service": {prepare: func(s *service) { s.handler.kinds = nil }, status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			o := loopback()
			o.CORSOrigins = []string{chat}
			if test.options != nil {
				test.options(&o)
			}
			s := startService(t, o, test.models...)
			if test.prepare != nil {
				test.prepare(s)
			}
			path := "/v1/models"
			if test.status == 500 {
				path += "?kind=llmisvc" // nobody knows kinds any more
			}
			var got reply
			var why string
			for range max(1, test.times) {
				if got, why = s.fetch(t, chat, http.MethodGet, path, header{"Authorization": "Bearer alice"}); got.StatusCode == test.status {
					break
				}
			}
			if got.StatusCode != test.status || why != "" || got.code(t) == "" {
				t.Errorf("status %d, %q, want %d that the page can read: %s", got.StatusCode, why, test.status, got.body)
			}
			if exposed := got.Header.Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "Retry-After") || !strings.Contains(exposed, "X-Request-Id") {
				t.Errorf("the page may read %q", exposed)
			}
		})
	}
}

// A page of the public network may ask a server of a private one that agrees.
func TestPrivateNetworks(t *testing.T) {
	o := loopback()
	o.CORSOrigins = []string{chat}
	s := startService(t, o)
	for name, test := range map[string]struct {
		headers header
		want    string
	}{
		"a page that is named":     {header{"Origin": chat, "Access-Control-Request-Method": "GET", requestPrivateNetwork: "true"}, "true"},
		"one that does not ask":    {header{"Origin": chat, "Access-Control-Request-Method": "GET"}, ""},
		"one that is not named":    {header{"Origin": "https://evil.example", "Access-Control-Request-Method": "GET", requestPrivateNetwork: "true"}, ""},
		"one without an origin":    {header{"Origin": "null", "Access-Control-Request-Method": "GET", requestPrivateNetwork: "true"}, ""},
		"no page at all":           {header{requestPrivateNetwork: "true"}, ""},
		"a question about nothing": {header{"Origin": chat, requestPrivateNetwork: "true"}, ""},
	} {
		got := s.do(t, http.MethodOptions, "/v1/models", "", test.headers)
		if diff := cmp.Diff(test.want, got.Header.Get("Access-Control-Allow-Private-Network")); diff != "" || got.StatusCode != http.StatusNoContent {
			t.Errorf("%s: status %d (-want +got):\n%s", name, got.StatusCode, diff)
		}
		if !strings.Contains(got.Header.Get("Vary"), requestPrivateNetwork) {
			t.Errorf("%s: Vary %q", name, got.Header.Get("Vary"))
		}
	}
}

func TestOriginsAreChecked(t *testing.T) {
	for origin, says := range map[string]string{
		chat: "", "http://localhost:3000": "", "https://[2001:db8::1]:8443": "", "tauri://localhost": "", "chrome-extension://abcdefghijklmnop": "", "https://xn--bcher-kva.example": "",
		"*": "name the origins", "null": "any site can make", "chat.example.com": "scheme://host", chat + "/": "scheme://host", chat + "/app": "scheme://host",
		"https://*.example.com": "scheme://host", "https://user@chat.example.com": "scheme://host", "https://Chat.example.com": "lower case", "HTTPS://chat.example.com": "lower case",
		chat + ":443": "no port", "http://chat.example.com:80": "no port", "https://b\u00fccher.example": "xn--", "": "scheme://host", "https://": "scheme://host",
	} {
		_, err := newCORS([]string{"https://fine.example", origin}, nil)
		if (err == nil) != (says == "") || err != nil && (!strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), fmt.Sprintf("%q", origin))) {
			t.Errorf("%q: error %v, want one that says %q", origin, err, says)
		}
	}
	if _, err := newCORS([]string{"*", "null"}, nil); err == nil || strings.Count(err.Error(), "--cors-origins") != 2 {
		t.Errorf("error %v, want both faults", err)
	}
}
