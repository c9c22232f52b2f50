package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/format"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

func unhealthy(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhaseUnhealthy }

// listedBy are the models in a list of any form, as granite, b/granite and so on.
func listedBy(t *testing.T, body string, ids ...string) []string {
	t.Helper()
	listed := []string{}
	for _, id := range ids {
		if strings.Contains(body, `"`+id+`"`) || strings.Contains(body, `"MaaS `+id+`"`) {
			listed = append(listed, id)
		}
	}
	return listed
}

// Every form is of the models that the caller may use, asked for as for the list, with
// the headers of the list.
func TestFormsHoldWhatTheBackendsLetIn(t *testing.T) {
	yes, no, slow := startBackend(t, admits("alice")), startBackend(t, admits("bob")), startBackend(t, status(http.StatusBadGateway))
	for _, name := range format.Names() {
		t.Run(name, func(t *testing.T) {
			s := startService(t, loopback(), model("a/granite", yes.URL), model("a/secret", no.URL), model("a/broken", slow.URL), model("b/granite", yes.URL+"/b"))
			all := s.get(t, "/v1/models", "alice")
			got := s.get(t, "/v1/models?format="+name, "alice")
			if diff := cmp.Diff([]string{"granite", "b/granite"}, listedBy(t, got.body, "granite", "b/granite", "secret", "broken")); diff != "" || got.StatusCode != http.StatusOK {
				t.Errorf("status %d (-want +got):\n%s\n%s", got.StatusCode, diff, got.body)
			}
			for _, header := range []string{"X-Models-Incomplete", "Cache-Control", "Vary"} {
				if want := all.Header.Get(header); want == "" || got.Header.Get(header) != want {
					t.Errorf("%s is %q, that of the list %q", header, got.Header.Get(header), want)
				}
			}
			if strings.Contains(got.body, "alice") {
				t.Errorf("the caller's own token is in\n%s", got.body)
			}
			if again := s.get(t, "/v1/models?format="+name, "alice", header{"If-None-Match": got.Header.Get("Etag")}); again.StatusCode != http.StatusNotModified {
				t.Errorf("status %d for its own validator", again.StatusCode)
			}
			if none := s.get(t, "/v1/models?format="+name, "eve"); none.StatusCode != http.StatusOK || len(listedBy(t, none.body, "granite", "b/granite", "secret")) > 0 {
				t.Errorf("a stranger gets status %d\n%s", none.StatusCode, none.body)
			}
		})
	}
}

func TestContentTypesOfForms(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), spread(yes.URL, 20)...)
	for _, name := range format.Names() {
		want := "application/json"
		if name == "backstage" {
			want = "application/yaml"
		}
		for _, coding := range []string{"identity", "gzip"} {
			got := s.get(t, "/v1/models?format="+name, "alice", header{"Accept-Encoding": coding})
			if got.Header.Get("Content-Type") != want || (coding == "gzip") != (got.Header.Get("Content-Encoding") == "gzip") {
				t.Errorf("%s in %s: %v", name, coding, got.Header)
			}
		}
	}
}

// A program that is not told which models are ready takes each for one that is.
func TestFormsOfModelsThatAreNotReady(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/up", yes.URL), model("a/down", yes.URL, unhealthy))
	for _, name := range format.Names() {
		unsaid := []string{"up"}
		if slices.Contains([]string{"openrouter", "backstage"}, name) { // these say so
			unsaid = []string{"up", "down"}
		}
		for query, want := range map[string][]string{"": unsaid, "&ready=true": {"up"}, "&ready=false": {"down"}} {
			got := s.get(t, "/v1/models?format="+name+query, "alice")
			if diff := cmp.Diff(want, listedBy(t, got.body, "up", "down")); diff != "" {
				t.Errorf("%s%s (-want +got):\n%s", name, query, diff)
			}
		}
	}
}

func TestFormsTakeFilters(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL), model("b/opal", yes.URL))
	for _, path := range []string{"/v1/models?format=litellm&namespace=b", "/api/tags?namespace=b"} {
		if diff := cmp.Diff([]string{"opal"}, listedBy(t, s.get(t, path, "alice").body, "granite", "opal")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestFormsThatAreNone(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL))
	for query, param := range map[string]string{
		"format=":                                 "format",
		"format=yaml":                             "format",
		"format=LITELLM":                          "format",
		"format=litellm&format=litellm":           "format",
		"format=litellm&limit=5":                  "limit",
		"format=opencode&after=granite":           "after",
		"format=ollama&fields=*":                  "fields",
		"format=openrouter&facets=kind":           "facets",
		"format=backstage&watch=true":             "format",
		"format=anthropic&after=granite":          "after",
		"format=anthropic&limit=0":                "limit",
		"format=anthropic&after_id=a&before_id=":  "",
		"format=anthropic&after_id=a&before_id=b": "before_id",
		"format=anthropic&after_id=a&after_id=b":  "after_id",
		"format=litellm&ready=maybe":              "ready",
	} {
		got := s.get(t, "/v1/models?"+query, "alice")
		if param == "" {
			if got.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d\n%s", query, got.StatusCode, got.body)
			}
			continue
		}
		if got.StatusCode != http.StatusBadRequest || got.code(t) != "invalid_parameter" || !strings.Contains(got.body, `"param":"`+param+`"`) {
			t.Errorf("%s: status %d, want 400 for %s\n%s", query, got.StatusCode, param, got.body)
		}
		s.checkReply(t, modelsPath, got)
	}
	if got := s.get(t, "/v1/models?format=yaml", "alice"); !strings.Contains(got.body, strings.Join(format.Names(), ", ")) {
		t.Errorf("the forms there are, are not named: %s", got.body)
	}
}

// A request is answered in the form of the program that sent it.
func TestWhichFormARequestGets(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL))
	anthropic := header{"Anthropic-Version": "2023-06-01"}
	for name, test := range map[string]struct {
		path   string
		token  string
		header header
		want   []string // keys of the reply
	}{
		"OpenAI's":                               {path: "/v1/models", token: "alice", want: []string{"data", "object"}},
		"an empty header is none":                {path: "/v1/models", token: "alice", header: header{"Anthropic-Version": ""}, want: []string{"data", "object"}},
		"Anthropic's, by its header":             {path: "/v1/models", token: "alice", header: anthropic, want: []string{"data", "first_id", "has_more", "last_id"}},
		"one model":                              {path: "/v1/models/granite", token: "alice", header: anthropic, want: []string{"capabilities", "created_at", "deprecated_at", "display_name", "id", "lifecycle", "line", "max_input_tokens", "max_tokens", "retires_at", "type"}},
		"what the query says counts":             {path: "/v1/models?format=litellm", token: "alice", header: anthropic, want: []string{"model_list"}},
		"Ollama's, at its path":                  {path: "/api/tags", token: "alice", want: []string{"models"}},
		"whatever the header":                    {path: "/api/tags", token: "alice", header: anthropic, want: []string{"models"}},
		"Anthropic's errors":                     {path: "/v1/models", header: anthropic, want: []string{"error", "request_id", "type"}},
		"of one model":                           {path: "/v1/models/nope", token: "alice", header: anthropic, want: []string{"error", "request_id", "type"}},
		"of a path there is not":                 {path: "/v1/messages", token: "alice", header: anthropic, want: []string{"error", "request_id", "type"}},
		"of a path that is no model's":           {path: "/v1/models/../x", token: "alice", header: anthropic, want: []string{"error", "request_id", "type"}},
		"Ollama's errors":                        {path: "/api/tags", want: []string{"error"}},
		"errors of a form that the query chose":  {path: "/v1/models?format=ollama&limit=1", token: "alice", want: []string{"error"}},
		"a path of Ollama's that there is not":   {path: "/api/version", token: "alice", want: []string{"error"}},
		"a page of OpenAI's has its own members": {path: "/v1/models?limit=1", token: "alice", want: []string{"data", "first_id", "has_more", "last_id", "object"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.get(t, test.path, test.token, test.header)
			var object map[string]any
			if err := json.Unmarshal([]byte(got.body), &object); err != nil {
				t.Fatalf("%v\n%s", err, got.body)
			}
			var keys []string
			for key := range object {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			if diff := cmp.Diff(test.want, keys); diff != "" {
				t.Errorf("status %d (-want +got):\n%s", got.StatusCode, diff)
			}
		})
	}
}

// A list that there is no room to keep a copy of is sent all the same, byte for byte.
func TestFormsThatThereIsNoRoomFor(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), spread(yes.URL, 50)...)
	for _, name := range format.Names() {
		want := s.get(t, "/v1/models?format="+name, "alice")
		room := s.handler.pages.room
		if err := room.Acquire(t.Context(), 2*maxPages-1000); err != nil { // all that there is, once the last reply has given its own back
			t.Fatal(err)
		}
		got := s.get(t, "/v1/models?format="+name, "alice", header{"Accept-Encoding": "gzip"})
		room.Release(2*maxPages - 1000)
		if got.body != want.body || got.Header.Get("Etag") != want.Header.Get("Etag") || got.Header.Get("Content-Type") != want.Header.Get("Content-Type") {
			t.Errorf("%s: %d bytes, want %d; %v", name, len(got.body), len(want.body), got.Header)
		}
	}
}
