package api

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func TestRetrieve(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL), model("b/granite", yes.URL), model("a/granite-3.1-8b", yes.URL))
	for path, want := range map[string]string{
		"granite":            "granite",
		"a/granite":          "granite",
		"a%2Fgranite":        "granite",
		"a%2fgranite":        "granite",
		"b/granite":          "b/granite",
		"b%2Fgranite":        "b/granite",
		"granite-3.1-8b":     "granite-3.1-8b",
		"gr%61nite":          "granite", // percent-encoding means nothing more than the letter
		"granite?kind=other": "granite", // parameters of the list
		"c/granite":          "",
		"granite/":           "",
		"/granite":           "",
		".":                  "",
		"..":                 "",
		"../models/granite":  "",
		"a/./granite":        "",
		"a//granite":         "",
		"a%2F%2E%2E%2Fa":     "",
		"a/granite/v1":       "",
		"a%252Fgranite":      "", // decoded once
		"granit%C3%A9":       "",
		"%E6%A8%A1%E5%9E%8B": "",
		"granite%00":         "",
		"GRANITE":            "",
	} {
		got := s.get(t, "/v1/models/"+path, "alice")
		if want == "" {
			if got.StatusCode != http.StatusNotFound || got.code(t) != "model_not_found" {
				t.Errorf("%q: status %d, %s, want 404", path, got.StatusCode, got.body)
			}
			continue
		}
		if got.StatusCode != http.StatusOK || !strings.HasPrefix(got.body, `{"id":"`+want+`",`) {
			t.Errorf("%q: status %d, %s, want %s", path, got.StatusCode, got.body, want)
		}
	}
}

// An alias finds a model, which answers by its own id.
func TestRetrieveByAlias(t *testing.T) {
	yes, no := startBackend(t, admits("alice")), startBackend(t, admits("bob"))
	called := func(aliases ...string) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) { m.Status.Model = &v1alpha1.ModelInfo{Aliases: aliases} }
	}
	s := startService(t, loopback(), model("a/granite", yes.URL, called("coding", "ibm/Granite-3.1 8B", "secret")), model("a/zephyr", no.URL, called("vision")),
		model("b/secret", no.URL, called("b/hidden")))
	for path, want := range map[string]map[string]string{
		"coding":                       {"alice": "granite"},
		"ibm/Granite-3.1%208B":         {"alice": "granite"},
		"ibm%2FGranite-3.1%208B":       {"alice": "granite"},
		"/v1//models/coding":           {"alice": "granite"},
		"vision":                       {"bob": "zephyr"},
		"secret":                       {"bob": "secret"}, // the id, not alice's alias
		"b/hidden":                     {"bob": "secret"},
		"Coding":                       {},
		"coding/":                      {},
		"a/coding":                     {}, // an alias has no namespace
		"ibm/Granite-3.1%208B%2F":      {},
		"coding?namespace=b&kind=nope": {"alice": "granite"}, // parameters of the list
	} {
		if !strings.HasPrefix(path, "/") {
			path = "/v1/models/" + path
		}
		for _, token := range []string{"alice", "bob", "eve"} {
			got, id := s.get(t, path, token), want[token]
			if found := got.StatusCode == http.StatusOK; found != (id != "") || found && !strings.HasPrefix(got.body, `{"id":"`+id+`",`) {
				t.Errorf("%s by %s: status %d, %s, want %q", path, token, got.StatusCode, got.body, id)
			}
		}
	}
}

func TestListAndRetrieveShowTheSameObject(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL))
	one := strings.TrimSuffix(s.get(t, "/v1/models/granite", "alice").body, "\n")
	if diff := cmp.Diff(`{"object":"list","data":[`+one+"]}\n", s.get(t, "/v1/models", "alice").body); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is not there and what is not yours must look the same, to the byte.
func TestUnknownAndForbiddenLookTheSame(t *testing.T) {
	no := startBackend(t, admits())
	s := startService(t, loopback(), model("a/secret", no.URL), model("a/evil", "http://evil.test"))
	look := func(path string) (int, string, http.Header) {
		got := s.get(t, path, "alice", header{"X-Request-Id": "same"})
		got.Header.Del("Date")
		return got.StatusCode, got.body, got.Header
	}
	status, body, head := look("/v1/models/unknown")
	for _, path := range []string{"/v1/models/secret", "/v1/models/a/secret", "/v1/models/evil", "/v1/models/../secret"} {
		gotStatus, gotBody, gotHead := look(path)
		if gotStatus != status || gotBody != body || cmp.Diff(head, gotHead) != "" {
			t.Errorf("%s differs from an unknown id: %d %s\n%s", path, gotStatus, gotBody, cmp.Diff(head, gotHead))
		}
	}
}

// FuzzID asks for ids as they come and holds what happens against the one
// thing that may: the model whose id it is, or 404; and only its own endpoint,
// at its own path, is asked.
func FuzzID(f *testing.F) {
	for _, seed := range []string{"granite", "a/granite", "a%2Fgranite", "..", "a//granite", "granite?x", "%", "%zz", "é", "a/../a/granite", "granite#f", "//evil.test/granite", "a\\granite", "%2e%2e/", "granite%20", "nick", "org/nick%20v1.0", "org%2Fnick v1.0", "nick/", "a/other", "a%2F%2Fgranite"} {
		f.Add(seed)
	}
	yes := startBackend(f, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/base/v1/models" {
			w.WriteHeader(http.StatusTeapot)
			f.Errorf("a probe went to %q", r.URL)
		}
	})
	s := newService(f, nil, loopback())
	s.show(f, model("a/granite", yes.URL+"/base"), model("b/granite", yes.URL+"/base", func(m *v1alpha1.MaaSModel) {
		m.Status.Model = &v1alpha1.ModelInfo{Aliases: []string{"nick", "org/nick v1.0", "granite", "a/granite", "a/other", "a//granite", "granite/", "/granite", "..", "../granite", "a/../a/granite", "//evil.test/granite"}}
	}))
	ids := map[string]string{"granite": "granite", "a/granite": "granite", "b/granite": "b/granite", "nick": "b/granite", "org/nick v1.0": "b/granite"}
	f.Fuzz(func(t *testing.T, raw string) {
		target := "/v1/models/" + raw
		u, err := url.ParseRequestURI(target)
		if err != nil || strings.ContainsFunc(target, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
			return // net/http refuses such a request line
		}
		r := &http.Request{Method: http.MethodGet, URL: u, RequestURI: target, Host: "api.test", Header: http.Header{"Authorization": {"Bearer alice"}}}
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r.WithContext(t.Context()))
		want, known := ids[strings.TrimPrefix(u.Path, "/v1/models/")]
		isList := strings.Trim(strings.TrimPrefix(u.EscapedPath(), "/v1/models/"), "/") == ""
		switch {
		case isList && w.Code == http.StatusOK && strings.HasPrefix(w.Body.String(), `{"object":"list",`):
		case known && w.Code == http.StatusOK && strings.HasPrefix(w.Body.String(), `{"id":"`+want+`",`):
		case !known && w.Code == http.StatusNotFound && strings.Contains(w.Body.String(), "model_not_found"):
		default:
			t.Errorf("%q: status %d, %s (known ids: %v)", target, w.Code, w.Body, slices.Sorted(maps.Keys(ids)))
		}
	})
}
