package api

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

var (
	checkedAt = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	made      = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// whole is a reply to the last byte. Of what differs between any two replies
// the form is left: the date, the time of the check and the request id.
func (r reply) whole() string {
	lines := []string{r.Proto + " " + r.Status}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			switch {
			case name == "Date" || name == "X-Access-Checked-At" && checkedAt.MatchString(value) || name == "X-Request-Id" && made.MatchString(value):
				value = "as ever"
			}
			lines = append(lines, name+": "+value)
		}
	}
	return strings.Join(lines, "\n") + "\n\n" + r.body
}

// states are what a hidden model's backend may be like.
func states(t *testing.T) map[string]func(*v1alpha1.MaaSModel) {
	t.Helper()
	at := func(endpoint string) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) { m.Status.Endpoint = endpoint }
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	return map[string]func(*v1alpha1.MaaSModel){
		"denies":           at(startBackend(t, admits("bob")).URL),
		"denies with 404":  at(startBackend(t, status(404)).URL),
		"redirects":        at(startBackend(t, status(302)).URL),
		"fails":            at(startBackend(t, status(502)).URL),
		"is busy":          at(startBackend(t, status(429)).URL),
		"is not there":     at(gone.URL),
		"may not be asked": at("https://evil.test"),
		"is asked nowhere and not ready": func(m *v1alpha1.MaaSModel) {
			m.Status.Kind, m.Status.Phase, m.Status.Endpoint = "ExternalModel", v1alpha1.PhaseFailed, "http://127.0.0.1"
		},
		"has no endpoint": at(""),
	}
}

// What is hidden and what is absent must look the same to the byte, whatever
// state the hidden model is in, however often one asks and whoever one is.
func TestHiddenAndAbsentLookTheSame(t *testing.T) {
	requests := map[string][2]string{ // hidden, absent
		"by its id":                 {"/v1/models/secret", "/v1/models/absent"},
		"by namespace and name":     {"/v1/models/hidden/secret", "/v1/models/hidden/absent"},
		"with %2F":                  {"/v1/models/hidden%2Fsecret", "/v1/models/gone%2Fsecret"},
		"by a path of no id":        {"/v1/models/../secret", "/v1/models/a//b"},
		"by its alias":              {"/v1/models/nick", "/v1/models/nack"},
		"by an alias with a slash":  {"/v1/models/org/nick", "/v1/models/org/nack"},
		"by an alias with %2F":      {"/v1/models/org%2Fnick", "/v1/models/org%2Fnack"},
		"behind slashes":            {"//v1//models/secret", "//v1//models/absent"},
		"in its namespace":          {"/v1/models?namespace=hidden", "/v1/models?namespace=absent"},
		"in its namespace, ready":   {"/v1/models?namespace=hidden&ready=true", "/v1/models?namespace=absent&ready=true"},
		"in its namespace, unready": {"/v1/models?namespace=hidden&ready=false", "/v1/models?namespace=absent&ready=false"},
		"of its kind":               {"/v1/models?kind=Secretive", "/v1/models?kind=Absentee"},
		"of its kind and namespace": {"/v1/models?kind=Secretive&namespace=hidden", "/v1/models?kind=Absentee&namespace=hidden"},
		"of a kind that is known":   {"/v1/models?kind=llmisvc&namespace=hidden", "/v1/models?kind=llmisvc&namespace=absent"},
		"behind its id":             {"/v1/models?after=secret", "/v1/models?after=sesame"},
		"before and behind its id":  {"/v1/models?after=salt", "/v1/models?after=sesame"},
		"where it would be next":    {"/v1/models?limit=2", "/v1/models?limit=3"},
		"by a word of its":          {"/v1/models?q=treasure", "/v1/models?q=trash"},
		"by its id as a word":       {"/v1/models?q=secret&ready=true", "/v1/models?q=absent&ready=true"},
		"of its type":               {"/v1/models?type=rerank", "/v1/models?type=video"},
		"by what it can":            {"/v1/models?capability=spying", "/v1/models?capability=flying"},
		"counted":                   {"/v1/models?namespace=hidden&facets=kind,type,capability,ready", "/v1/models?namespace=absent&facets=kind,type,capability,ready"},
		"counted without a filter":  {"/v1/models?kind=Secretive&facets=kind,lifecycle", "/v1/models?kind=Absentee&facets=kind,lifecycle"},
		"of its kind among others":  {"/v1/models?kind=llmisvc,Secretive", "/v1/models?kind=llmisvc,Absentee"},
		"as a cursor of an order":   {"/v1/models?sort=name&after=secret", "/v1/models?sort=name&after=absent"},
		"as a cursor backwards":     {"/v1/models?sort=-id&limit=1&after=secret", "/v1/models?sort=-id&limit=1&after=b,.%00"},
		"behind it in an order":     {"/v1/models?sort=-type&limit=1&q=treasure", "/v1/models?sort=-type&limit=1&q=trash"},
		"some fields of it":         {"/v1/models?fields=id,name&namespace=hidden", "/v1/models?fields=id,name&namespace=absent"},
		"when it let one in":        {"/v1/models?fields=access&namespace=hidden", "/v1/models?fields=access&namespace=absent"},
	}
	headers := map[string]header{
		"plain": {}, "whatever there is": {"If-None-Match": "*"}, "gzip": {"Accept-Encoding": "gzip"}, "a page": {"Origin": "https://chat.example.com"},
	}
	for state, change := range states(t) {
		for others, answer := range map[string]http.HandlerFunc{"others up": admits("alice"), "others down": status(503)} {
			t.Run(state+", "+others, func(t *testing.T) {
				public := startBackend(t, answer)
				o := loopback()
				o.CORSOrigins, o.Limits.CallerBurst = []string{"https://chat.example.com"}, 1_000_000
				hidden := model("hidden/secret", "", change)
				hidden.Status.Model = &v1alpha1.ModelInfo{Aliases: []string{"nick", "org/nick"}, DisplayName: "Aaa", Description: "treasure", Type: "rerank", Capabilities: []string{"spying"}}
				if hidden.Status.Kind == "llmisvc" && strings.Contains(state, "den") {
					hidden.Status.Kind = "Secretive"
				}
				s := startService(t, o, hidden, model("pub/granite", public.URL), model("pub/other", public.URL+"/other"))
				// Every request takes every form, at random early and late: breakers open on the way.
				for name, paths := range requests {
					for form, h := range headers {
						method := http.MethodGet
						if form == "whatever there is" {
							method = http.MethodHead
						}
						for _, token := range []string{"alice", fmt.Sprint("stranger-", name, form)} {
							a, b := s.do(t, method, paths[0], token, h).whole(), s.do(t, method, paths[1], token, h).whole()
							if diff := cmp.Diff(b, a); diff != "" {
								t.Errorf("%s, %s, %s: the hidden one differs (-absent +hidden):\n%s", name, form, token, diff)
							}
						}
					}
				}
			})
		}
	}
}

// Nor may the work differ: a probe of a stranger's takes as long as a backend does.
func TestHiddenAndAbsentAreAskedAlike(t *testing.T) {
	for path, want := range map[string]int64{
		"/v1/models/secret":                         1,
		"/v1/models/hidden/secret":                  1,
		"/v1/models/evil":                           1, // its own endpoint may not be asked
		"/v1/models/absent":                         1,
		"/v1/models/absent/secret":                  1,
		"/v1/models/GRANITE":                        1,
		"/v1/models/nick":                           1,
		"/v1/models/org/nick":                       1,
		"/v1/models/org%2Fnick":                     1,
		"/v1/models/org/nack":                       1,
		"/v1//models/secret":                        1,
		"//v1/models/absent":                        1,
		"/v1/models//secret":                        1,
		"/v1/models/":                               3,
		"//v1/models?namespace=hidden":              3,
		"/v1//models?namespace=absent":              3,
		"/v1/models/../secret":                      1,
		"/v1/models/%E6%A8%A1":                      1,
		"/v1/models/" + strings.Repeat("long", 500): 1,
		"/v1/models":                                3,
		"/v1/models?namespace=hidden":               3,
		"/v1/models?namespace=absent":               3,
		"/v1/models?kind=Secretive":                 3,
		"/v1/models?kind=Absentee":                  3,
		"/v1/models?ready=false":                    3,
		"/v1/models?type=rerank":                    3,
		"/v1/models?type=video":                     3,
		"/v1/models?q=secret":                       3,
		"/v1/models?q=absent":                       3,
		"/v1/models?capability=spying":              3,
		"/v1/models?namespace=hidden,a":             3,
		"/v1/models?namespace=hidden&facets=kind":   3,
		"/v1/models?namespace=absent&facets=kind":   3,
		"/v1/models?sort=name&after=secret":         3,
		"/v1/models?fields=access&namespace=hidden": 3,
	} {
		t.Run(path, func(t *testing.T) {
			no := startBackend(t, admits())
			s := startService(t, loopback(), model("hidden/secret", no.URL+"/1", func(m *v1alpha1.MaaSModel) {
				m.Status.Kind, m.Status.Model = "Secretive", &v1alpha1.ModelInfo{Aliases: []string{"nick", "org/nick"}, Type: "rerank", Capabilities: []string{"spying"}}
			}),
				model("a/two", no.URL+"/2"), model("b/three", no.URL+"/3"), model("a/evil", "http://evil.test"))
			s.get(t, path, "eve")
			if got := no.probes.Load(); got != want {
				t.Errorf("%d probes, want %d", got, want)
			}
		})
	}
}

// A kind that is not in force is there for those who see a model of it, and for
// nobody else.
func TestKindsOfHiddenModelsAreNotThere(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/one", yes.URL, func(m *v1alpha1.MaaSModel) { m.Status.Kind = "Brandnew" }))
	for token, want := range map[string]int{"alice": http.StatusOK, "eve": http.StatusBadRequest} {
		if got := s.get(t, "/v1/models?kind=Brandnew", token); got.StatusCode != want {
			t.Errorf("%s: status %d, want %d", token, got.StatusCode, want)
		}
	}
}

// A validator proves nothing to whoever may not see what it validates.
func TestValidatorsOfOthersAreWorthNothing(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL))
	for path, want := range map[string]int{"/v1/models/granite": http.StatusNotFound, "/v1/models": http.StatusOK} {
		tag := s.get(t, path, "alice").Header.Get("ETag")
		for _, given := range []string{tag, "W/" + tag, "*"} {
			if path == "/v1/models" && given == "*" {
				continue // everybody has a list
			}
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				got := s.do(t, method, path, "eve", header{"If-None-Match": given})
				if got.StatusCode != want || got.Header.Get("ETag") == tag {
					t.Errorf("%s %s with %s: status %d, %v", method, path, given, got.StatusCode, got.Header)
				}
			}
		}
	}
}

// Whoever is not let in, or says not who it is, gets the same from a full
// catalog as from an empty one.
func TestWhatIsOpenDoesNotDependOnTheCatalog(t *testing.T) {
	no := startBackend(t, admits())
	full := startService(t, loopback(), append(many(no.URL, 20), model("a/evil", "http://evil.test"))...)
	empty := startService(t, loopback())
	for _, path := range []string{
		"/", "/openapi.json", "/healthz", "/readyz", "/metrics", "/v2/models", "/v1/../v1/models", "/v1/models", "/v1/models/model-0001",
		"/v1/models/absent", "/v1/models/../model-0001", "/v1/models/", "//v1/models", "/v1//models/model-0001", "/v1/models//model-0001", "/v1/models?namespace=ns-1", "/v1/models?kind=Absentee", "/v1/models?ready=maybe",
		"/v1/models?kind=a&kind=b", "/v1/models?namespace=A_b", "/v1/models?q=model", "/v1/models?type=chat,image", "/v1/models?capability=chat",
		"/v1/models?facets=kind,namespace,type,capability,ready,lifecycle", "/v1/models?facets=kind&kind=llmisvc&limit=1", "/v1/models?sort=-name&limit=1",
		"/v1/models?sort=name&after=model-0001", "/v1/models?sort=name&after=absent", "/v1/models?fields=*,access",
	} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST", "DELETE", "BREW"} {
			for who, h := range map[string]header{
				"nobody": {}, "a stranger": {"Authorization": "Bearer eve"}, "a probe": {"Authorization": "Bearer eve", "X-Maas-Probe": "1"},
				"one who has been here": {"Authorization": "Bearer eve", "If-None-Match": `"x"`}, "too much": {"Authorization": strings.Repeat("x", 17<<10)},
			} {
				if diff := cmp.Diff(empty.do(t, method, path, "", h).whole(), full.do(t, method, path, "", h).whole()); diff != "" {
					t.Errorf("%s %s by %s (-empty +full):\n%s", method, path, who, diff)
				}
			}
		}
	}
}
