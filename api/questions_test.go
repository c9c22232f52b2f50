package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

// catalogueOf are models of two namespaces, some of which alice may use.
func catalogueOf(t *testing.T) *service {
	t.Helper()
	yes, no := startBackend(t, admits("alice")), startBackend(t, admits("bob"))
	about := func(info v1alpha1.ModelInfo, kind string) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) { m.Status.Model, m.Status.Kind = &info, kind }
	}
	return startService(t, loopback(),
		model("a/alto", yes.URL, about(v1alpha1.ModelInfo{DisplayName: "Zeta", Type: "chat", ContextLength: 8192, Capabilities: []string{"tools"}}, "llmisvc")),
		model("b/bass", yes.URL+"/b", about(v1alpha1.ModelInfo{DisplayName: "beta <script>alert(1)</script>", Description: "\u202egnol", Type: "embedding", SupportedFeatures: []string{"tools"}}, "InferenceService")),
		model("b/clef", yes.URL+"/c", func(m *v1alpha1.MaaSModel) { m.Status.Kind, m.Status.Phase = "Brandnew", v1alpha1.PhasePending }),
		model("a/open", "http://127.0.0.1/open", func(m *v1alpha1.MaaSModel) { m.Status.Kind = "ExternalModel" }),
		model("s/secret", no.URL, about(v1alpha1.ModelInfo{DisplayName: "Alpha", Type: "image", ContextLength: 1 << 20, Capabilities: []string{"tools"}}, "Hush")),
	)
}

// What question.TestAnswer shows of all that may be asked holds for replies.
func TestQuestions(t *testing.T) {
	s := catalogueOf(t)
	for query, want := range map[string][]string{
		"kind=LLMInferenceService,InferenceService": {"alto", "bass"},
		"kind=Brandnew,llmisvc":                     {"alto", "clef"},
		"namespace=b,s":                             {"bass", "clef"},
		"type=embedding,image":                      {"bass"},
		"capability=tools":                          {"alto", "bass"},
		"q=BETA":                                    {"bass"},
		"q=%3Cscript%3E":                            {"bass"},
		"q=long":                                    {},
		"q=%E2%80%AEgnol":                           {"bass"},
		"q=alpha":                                   {},
		"sort=name":                                 {"bass", "alto", "clef", "open"},
		"sort=-context_length&limit=2":              {"alto", "bass"},
		"sort=-context_length&limit=2&after=bass": {"clef", "open"},
		"q=&ready=true&sort=-id":                  {"open", "bass", "alto"},
	} {
		t.Run(query, func(t *testing.T) {
			for range 2 { // found, and remembered
				got := s.get(t, "/v1/models?"+query, "alice")
				if diff := cmp.Diff(want, got.ids(t)); diff != "" || got.StatusCode != http.StatusOK {
					t.Errorf("status %d (-want +got):\n%s", got.StatusCode, diff)
				}
				s.checkReply(t, modelsPath, got)
			}
		})
	}
}

// What the whole list says is said to the byte whichever way it is asked for.
func TestQuestionsForTheWholeList(t *testing.T) {
	s := catalogueOf(t)
	want := s.get(t, "/v1/models", "alice")
	for _, query := range []string{"", "_=1", "sort=id", "fields=*", "q=", "q=+", "namespace=a,b,s", "utm_source=x&utm_source=y"} {
		got := s.get(t, "/v1/models?"+query, "alice")
		if got.body != want.body || got.Header.Get("Etag") != want.Header.Get("Etag") {
			t.Errorf("%s: %s\n%s", query, got.Header.Get("Etag"), cmp.Diff(want.body, got.body))
		}
	}
	if !strings.Contains(want.body, `beta \u003cscript\u003e`) {
		t.Errorf("markup is not escaped: %s", want.body)
	}
}

func TestFacetsOfAList(t *testing.T) {
	s := catalogueOf(t)
	type reply struct {
		Total  *int                       `json:"total"`
		Facets map[string]question.Counts `json:"facets"`
		More   *bool                      `json:"has_more"`
	}
	yes, four, two := true, 4, 2
	of := func(counts ...question.Count) question.Counts { return question.Counts{Values: counts} }
	for query, want := range map[string]reply{
		"fields=id": {},
		"facets=kind,ready,capability": {Total: &four, Facets: map[string]question.Counts{
			"kind":       of(question.Count{Value: "Brandnew", Count: 1}, question.Count{Value: "ExternalModel", Count: 1}, question.Count{Value: "InferenceService", Count: 1}, question.Count{Value: "llmisvc", Count: 1}),
			"ready":      of(question.Count{Value: "true", Count: 3}, question.Count{Value: "false", Count: 1}),
			"capability": of(question.Count{Value: "tools", Count: 2}),
		}},
		"facets=type,namespace&namespace=a&limit=1": {Total: &two, More: &yes, Facets: map[string]question.Counts{
			"type":      of(question.Count{Value: "chat", Count: 1}),
			"namespace": of(question.Count{Value: "a", Count: 2}, question.Count{Value: "b", Count: 2}),
		}},
	} {
		t.Run(query, func(t *testing.T) {
			got := s.get(t, "/v1/models?"+query, "alice")
			var decoded reply
			if err := json.Unmarshal([]byte(got.body), &decoded); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, decoded); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			s.checkReply(t, modelsPath, got)
		})
	}
}

// Access is that of this caller, and of nobody who may use the same.
func TestAccessOfAList(t *testing.T) {
	s := catalogueOf(t)
	type access struct {
		CheckedAt time.Time `json:"checked_at"`
		LatencyMS *float64  `json:"latency_ms"`
	}
	ask := func(query string) (map[string]*access, reply) {
		t.Helper()
		got := s.get(t, "/v1/models?"+query, "alice")
		s.checkReply(t, modelsPath, got)
		var list struct {
			Data []struct {
				ID     string
				Access *access
			}
		}
		if err := json.Unmarshal([]byte(got.body), &list); err != nil {
			t.Fatal(err)
		}
		all := map[string]*access{}
		for _, m := range list.Data {
			all[m.ID] = m.Access
		}
		return all, got
	}
	before := time.Now().Truncate(time.Millisecond)
	first, _ := ask("fields=access")
	if diff := cmp.Diff([]string{"alto", "bass", "clef", "open"}, slices.Sorted(maps.Keys(first))); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	for id, a := range first {
		switch {
		case id == "open":
			if a != nil {
				t.Errorf("nobody was asked of it, and it has %+v", a)
			}
		case a == nil || a.LatencyMS == nil || a.CheckedAt.Before(before) || a.CheckedAt.After(time.Now()):
			t.Errorf("%s has %+v", id, a)
		}
	}
	again, got := ask("fields=*,access")
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("what is remembered is not as it was (-first +again):\n%s", diff)
	}
	if part, _ := ask("fields=id,access&limit=1&after=alto"); len(part) != 1 || cmp.Diff(first["bass"], part["bass"]) != "" {
		t.Errorf("the part has %v", part)
	}
	if whole := s.get(t, "/v1/models", "alice").body; regexp.MustCompile(`,"access":\{[^}]*\}`).ReplaceAllString(got.body, "") != whole || strings.Contains(whole, "latency") {
		t.Errorf("beside access it is not the list:\n%s\n%s", got.body, whole)
	}
}

// What is wrong is said before anybody is asked, and says what is allowed.
func TestQuestionsThatAreRefused(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL))
	for query, says := range map[string]string{
		"type=telepathy":                       "chat, completion, embedding, rerank, classification, transcription, speech, image, video",
		"type=":                                "chat, completion",
		"sort=size":                            "id, name, created, context_length, kind, namespace, type",
		"fields=token":                         "id, object, created, owned_by, url, ready, kind",
		"facets=url":                           "kind, namespace, type, capability, ready, lifecycle",
		"capability=":                          "separated by commas",
		"q=%ff":                                "UTF-8",
		"q=" + strings.Repeat("x", 257):        "256 bytes",
		"q=a&q=b":                              "once",
		"namespace=" + strings.Repeat("a,", 9): "lower-case",
		strings.Repeat("kind=a&", 1000):        "once",
		"kind=" + distinct(1000):               "16 values",
		strings.Repeat("x", 8<<10+1):           "8192 bytes",
		"after=absent&sort=-created&limit=ten": "from 1 to 1000",
	} {
		got := s.get(t, "/v1/models?"+query, "alice")
		if got.StatusCode != http.StatusBadRequest || got.code(t) != "invalid_parameter" || !strings.Contains(got.body, says) {
			t.Errorf("%.40s: status %d, want 400 with %q\n%s", query, got.StatusCode, says, got.body)
		}
		s.checkReply(t, modelsPath, got)
	}
	if probes := yes.probes.Load(); probes != 0 {
		t.Errorf("%d probes for requests that were refused", probes)
	}
}

func distinct(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprint("v", i)
	}
	return strings.Join(values, ",")
}

// Of kinds that are not in force, each is there for those who see a model of it.
func TestSeveralKindsOfWhichSomeAreHidden(t *testing.T) {
	s := catalogueOf(t)
	for query, want := range map[string]int{
		"kind=Brandnew": 200, "kind=Brandnew,llmisvc": 200, "kind=llmisvc,KnativeService": 200,
		"kind=Hush": 400, "kind=Hush,llmisvc": 400, "kind=Brandnew,Hush": 400, "kind=Nothing,llmisvc": 400,
		"kind=Brandnew&ready=true": 400, "kind=Brandnew&q=clef": 200, "kind=Brandnew&q=alto": 400,
	} {
		if got := s.get(t, "/v1/models?"+query, "alice"); got.StatusCode != want {
			t.Errorf("%s: status %d, want %d\n%s", query, got.StatusCode, want, got.body)
		}
	}
}

// What openapi.json says may be asked is what may be.
func TestTheDescriptionHasAllThatMayBeAsked(t *testing.T) {
	s := catalogueOf(t)
	var document struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name   string
				Schema struct {
					Enum  []string
					Items struct{ Enum []string }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(s.get(t, "/openapi.json", "").body), &document); err != nil {
		t.Fatal(err)
	}
	words, described := regexp.MustCompile(`[a-z_*]+`), map[string]bool{}
	for _, parameter := range document.Paths[modelsPath]["get"].Parameters {
		described[parameter.Name] = true
		values := append(parameter.Schema.Enum, parameter.Schema.Items.Enum...)
		for _, value := range values {
			// HEAD, for a watch goes on.
			if got := s.do(t, http.MethodHead, "/v1/models?"+parameter.Name+"="+url.QueryEscape(value), "alice"); got.StatusCode != http.StatusOK {
				t.Errorf("%s=%s: status %d", parameter.Name, value, got.StatusCode)
			}
		}
		if parameter.Name == "fields" {
			want := []string{"*", "access", "reported"}
			for _, field := range reflect.VisibleFields(reflect.TypeFor[catalog.Model]()) {
				name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
				want = append(want, name)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(values))); diff != "" {
				t.Errorf("fields (-of a model +described):\n%s", diff)
			}
		}
		if len(values) == 0 {
			continue
		}
		// The refusal of a word that is none names those that are.
		got := s.get(t, "/v1/models?"+parameter.Name+"=none-of-these", "alice")
		named := map[string]bool{}
		for _, word := range words.FindAllString(got.body, -1) {
			named[word] = true
		}
		for _, value := range values {
			if !named[strings.TrimPrefix(value, "-")] {
				t.Errorf("%s: %q is described, and the refusal does not name it: %s", parameter.Name, value, got.body)
			}
		}
	}
	for _, name := range []string{"kind", "ready", "namespace", "limit", "after", "type", "capability", "q", "sort", "fields", "facets"} {
		if !described[name] {
			t.Errorf("%s is not described", name)
		}
	}
}
