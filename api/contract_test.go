package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

func TestErrors(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	for name, test := range map[string]struct {
		method, path, token string
		headers             header
		status              int
		code                string
		want                header // headers of the reply
		// routeless replies have no place in openapi.json
		routeless bool
	}{
		"no credentials":                       {path: "/v1/models", status: 401, code: "missing_authorization", want: header{"Www-Authenticate": "Bearer"}},
		"no credentials for one model":         {path: "/v1/models/granite", status: 401, code: "missing_authorization", want: header{"Www-Authenticate": "Bearer"}},
		"credentials come before everything":   {path: "/v1/models?ready=maybe", status: 401, code: "missing_authorization"},
		"too long a token":                     {path: "/v1/models", token: strings.Repeat("x", 17<<10), status: 400, code: "invalid_authorization"},
		"a path there is not":                  {path: "/v2/models", token: "alice", status: 404, code: "not_found", routeless: true},
		"a path that would be cleaned":         {path: "/v1/../v1/models", token: "alice", status: 404, code: "not_found", routeless: true},
		"a method there is not":                {method: "POST", path: "/v1/models", token: "alice", status: 405, code: "method_not_allowed", want: header{"Allow": "GET, HEAD, OPTIONS"}},
		"nor for one model":                    {method: "DELETE", path: "/v1/models/granite", token: "alice", status: 405, code: "method_not_allowed", want: header{"Allow": "GET, HEAD, OPTIONS"}},
		"nor elsewhere":                        {method: "PUT", path: "/healthz", status: 405, code: "method_not_allowed", want: header{"Allow": "GET, HEAD, OPTIONS"}, routeless: true},
		"an invented method":                   {method: "BREW", path: "/v1/models", token: "alice", status: 405, code: "method_not_allowed", want: header{"Allow": "GET, HEAD, OPTIONS"}},
		"neither true nor false":               {path: "/v1/models?ready=maybe", token: "alice", status: 400, code: "invalid_parameter"},
		"a kind there is not":                  {path: "/v1/models?kind=nope", token: "alice", status: 400, code: "invalid_parameter"},
		"an empty kind":                        {path: "/v1/models?kind=", token: "alice", status: 400, code: "invalid_parameter"},
		"a namespace there cannot be":          {path: "/v1/models?namespace=A_b", token: "alice", status: 400, code: "invalid_parameter"},
		"a parameter twice":                    {path: "/v1/models?ready=true&ready=false", token: "alice", status: 400, code: "invalid_parameter"},
		"a query that does not parse":          {path: "/v1/models?ready=%zz", token: "alice", status: 400, code: "invalid_parameter"},
		"a model there is not":                 {path: "/v1/models/nope", token: "alice", status: 404, code: "model_not_found"},
		"a model of others":                    {path: "/v1/models/granite", token: "eve", status: 404, code: "model_not_found"},
		"a probe that came back":               {path: "/v1/models", token: "alice", headers: header{access.MarkerHeader: "1"}, status: 508, code: "loop_detected", want: header{"X-Should-Retry": "false", access.MarkerHeader: "1"}},
		"a probe that came back for one model": {path: "/v1/models/granite", token: "alice", headers: header{access.MarkerHeader: "1"}, status: 508, code: "loop_detected", want: header{"X-Should-Retry": "false"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := startService(t, loopback(), model("a/granite", yes.URL))
			probes := yes.probes.Load()
			method := test.method
			if method == "" {
				method = http.MethodGet
			}
			got := s.do(t, method, test.path, test.token, test.headers)
			if got.StatusCode != test.status || got.code(t) != test.code {
				t.Errorf("status %d, code %q, want %d, %q\n%s", got.StatusCode, got.code(t), test.status, test.code, got.body)
			}
			for name, want := range test.want {
				if got.Header.Get(name) != want {
					t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
				}
			}
			if got.Header.Get("Content-Type") != "application/json" || got.Header.Get("X-Request-Id") == "" {
				t.Errorf("headers of an error: %v", got.Header)
			}
			if !test.routeless {
				route := modelsPath
				if strings.HasPrefix(test.path, modelsPath+"/") {
					route += "/{id}"
				}
				s.checkReply(t, route, got)
			}
			// Whether there is such a model, or a model of such a kind, is told as slowly as if there were.
			asked := test.status == 404 || test.path == "/v1/models?kind=nope"
			if !asked && yes.probes.Load() != probes {
				t.Error("a request that is refused has caused a probe")
			}
		})
	}
}

// Which of two counts nobody can say.
func TestMoreThanOneOfACredentialIsRefused(t *testing.T) {
	for name, values := range map[string][]string{
		"Authorization": {"Bearer alice", "Bearer bob"},
		"X-Api-Key":     {"sk-test", "sk-other"},
	} {
		t.Run(name, func(t *testing.T) {
			o := loopback()
			o.ForwardHeaders = []string{"X-Api-Key"}
			yes := startBackend(t, status(http.StatusOK))
			s := startService(t, o, model("a/granite", yes.URL))
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/v1/models", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header[name] = values
			response, err := s.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			if response.StatusCode != http.StatusBadRequest || yes.probes.Load() != 0 {
				t.Errorf("status %d, %d probes", response.StatusCode, yes.probes.Load())
			}
		})
	}
}

func TestRepliesHoldAgainstTheirSchemas(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(),
		model("a/granite", yes.URL),
		model("b/granite", yes.URL),
		model("a/rich", yes.URL, func(m *v1alpha1.MaaSModel) {
			m.Status.Model = &v1alpha1.ModelInfo{DisplayName: "Rich", Description: "All fields", ContextLength: 4096, MaxOutputTokens: 512, Capabilities: []string{"chat"}, Aliases: []string{"r"}}
		}),
	)
	for path, route := range map[string]string{
		"/v1/models": modelsPath, "/v1/models?kind=LLMInferenceService": modelsPath, "/v1/models?namespace=empty": modelsPath,
		"/v1/models/rich": modelsPath + "/{id}", "/v1/models/b/granite": modelsPath + "/{id}",
	} {
		got := s.get(t, path, "alice")
		if got.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, got.StatusCode)
		}
		s.checkReply(t, route, got)
	}
	if got := s.get(t, "/v1/models", "eve"); got.body != "{\"object\":\"list\",\"data\":[]}\n" {
		t.Errorf("an empty list is %q", got.body)
	}
}

func TestUnavailable(t *testing.T) {
	t.Run("before the catalog was read", func(t *testing.T) {
		s := startService(t, loopback())
		s.source.Store(nil)
		for _, path := range []string{"/v1/models", "/v1/models/granite", "/readyz"} {
			got := s.get(t, path, "alice")
			if got.StatusCode != http.StatusServiceUnavailable || got.code(t) != "not_ready" || got.Header.Get("Retry-After") == "" {
				t.Errorf("%s: status %d, %v, %s", path, got.StatusCode, got.Header, got.body)
			}
		}
		if got := s.get(t, "/healthz", ""); got.StatusCode != http.StatusOK {
			t.Errorf("/healthz: status %d", got.StatusCode)
		}
		s.show(t)
		if got := s.get(t, "/readyz", ""); got.StatusCode != http.StatusOK {
			t.Errorf("/readyz after the catalog was read: status %d", got.StatusCode)
		}
	})
	t.Run("when every verdict is inconclusive", func(t *testing.T) {
		down, busy := startBackend(t, status(502)), startBackend(t, status(429))
		s := startService(t, loopback(), model("a/down", down.URL), model("a/busy", busy.URL))
		for path, route := range map[string]string{"/v1/models": modelsPath, "/v1/models/down": modelsPath + "/{id}"} {
			got := s.get(t, path, "alice")
			if got.StatusCode != http.StatusServiceUnavailable || got.code(t) != "backends_unreachable" || got.Header.Get("Retry-After") == "" {
				t.Errorf("%s: status %d, %v, %s", path, got.StatusCode, got.Header, got.body)
			}
			s.checkReply(t, route, got)
		}
		if got := s.get(t, "/readyz", ""); got.StatusCode != http.StatusOK {
			t.Errorf("the backends' health plays a part in readiness: status %d", got.StatusCode)
		}
	})
	t.Run("when the caller has used up its probes", func(t *testing.T) {
		o := loopback()
		o.Limits.VerdictTTL, o.Limits.CallerRate, o.Limits.CallerBurst = 0, 1, 4
		s := startService(t, o, model("a/granite", startBackend(t, admits("alice")).URL))
		var got reply
		for i := range 100 { // one more is let through with every second that passes
			if got = s.get(t, "/v1/models", "alice"); got.StatusCode != http.StatusOK {
				break
			}
			if i == 99 {
				t.Fatal("100 probes of a burst of 4")
			}
		}
		if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "1" {
			t.Errorf("status %d, %v", got.StatusCode, got.Header)
		}
		s.checkReply(t, modelsPath, got)
	})
}

func TestIncompleteLists(t *testing.T) {
	o := loopback()
	o.Limits.ProbeTimeout, o.Limits.Budget = time.Second, 1500*time.Millisecond
	yes, no, hung := startBackend(t, admits("alice")), startBackend(t, admits()), startBackend(t, hangs)
	for name, test := range map[string]struct {
		models     []*v1alpha1.MaaSModel
		ids        []string
		incomplete string
	}{
		"one hangs, the others are listed":            {[]*v1alpha1.MaaSModel{model("a/yes", yes.URL), model("a/hung", hung.URL)}, []string{"yes"}, "true"},
		"a denial is no gap":                          {[]*v1alpha1.MaaSModel{model("a/yes", yes.URL), model("a/no", no.URL)}, []string{"yes"}, ""},
		"empty and incomplete":                        {[]*v1alpha1.MaaSModel{model("a/no", no.URL), model("a/hung", hung.URL)}, []string{}, "true"},
		"an endpoint that may not be asked is no gap": {[]*v1alpha1.MaaSModel{model("a/yes", yes.URL), model("a/evil", "http://evil.test")}, []string{"yes"}, ""},
		"nor are endpoints alone that may not be":     {[]*v1alpha1.MaaSModel{model("a/evil", "http://evil.test")}, []string{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := startService(t, o, test.models...)
			got := s.get(t, "/v1/models", "alice")
			if got.StatusCode != http.StatusOK || got.Header.Get("X-Models-Incomplete") != test.incomplete {
				t.Errorf("status %d, X-Models-Incomplete %q, want 200, %q", got.StatusCode, got.Header.Get("X-Models-Incomplete"), test.incomplete)
			}
			if diff := cmp.Diff(test.ids, got.ids(t)); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(),
		model("a/one", yes.URL),
		model("a/two", yes.URL, func(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhasePending }),
		model("b/three", yes.URL, func(m *v1alpha1.MaaSModel) { m.Status.Kind = "InferenceService" }),
		model("b/four", yes.URL, func(m *v1alpha1.MaaSModel) { m.Status.Kind = "Brandnew" }),
	)
	for query, want := range map[string][]string{
		"":                          {"four", "one", "three", "two"},
		"?ready=true":               {"four", "one", "three"},
		"?ready=false":              {"two"},
		"?kind=llmisvc":             {"one", "two"},
		"?kind=LLMInferenceService": {"one", "two"}, // an alias
		"?kind=Brandnew":            {"four"},       // a kind that this process does not know
		"?kind=KnativeService":      {},             // a kind without models
		"?namespace=b":              {"four", "three"},
		"?namespace=nobody":         {},
		"?namespace=a&ready=true":   {"one"},
		"?page=1&_=1700000000":      {"four", "one", "three", "two"}, // what clients add is left alone
	} {
		if diff := cmp.Diff(want, s.get(t, "/v1/models"+query, "alice").ids(t)); diff != "" {
			t.Errorf("%s: ids (-want +got):\n%s", query, diff)
		}
	}
}

// Who has been let in by one of the models asks for those alone.
func TestFilteredOutModelsAreNotProbed(t *testing.T) {
	o := loopback()
	o.Limits.VerdictTTL = time.Nanosecond // forgotten at once: each list asks again
	asked, other := startBackend(t, admits("alice")), startBackend(t, admits("alice"))
	s := startService(t, o, model("a/asked", asked.URL), model("b/other", other.URL))
	s.get(t, "/v1/models?namespace=a", "alice") // the first time, it asks for the whole list
	s.get(t, "/v1/models?namespace=a", "alice")
	s.get(t, "/v1/models/asked", "alice")
	if asked.probes.Load() != 3 || other.probes.Load() != 1 {
		t.Errorf("%d and %d probes, want 3 and 1", asked.probes.Load(), other.probes.Load())
	}
}

func TestNamespacesThatAreNotServedAreRefused(t *testing.T) {
	o := loopback()
	o.Namespaces = []string{"served-a", "served-b"}
	s := startService(t, o, model("served-a/one", startBackend(t, admits("alice")).URL))
	got := s.get(t, "/v1/models?namespace=c", "alice")
	if got.StatusCode != http.StatusBadRequest || strings.Contains(got.body, "served-") {
		t.Errorf("status %d, %s: want 400, without the names of those that are served", got.StatusCode, got.body)
	}
}

func TestAnonymous(t *testing.T) {
	open := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header["Authorization"]) > 0 {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	o := loopback()
	o.Anonymous = true
	s := startService(t, o, model("a/open", open.URL))
	if diff := cmp.Diff([]string{"open"}, s.get(t, "/v1/models", "").ids(t)); diff != "" {
		t.Errorf("without credentials (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{}, s.get(t, "/v1/models", "alice").ids(t)); diff != "" {
		t.Errorf("with credentials (-want +got):\n%s", diff)
	}
}
