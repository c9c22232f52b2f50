package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func discoverable(how string) func(*v1alpha1.MaaSModel) {
	return func(m *v1alpha1.MaaSModel) {
		m.Annotations = map[string]string{v1alpha1.AnnotationDiscoverable: "true"}
		if how != "" {
			m.Annotations[v1alpha1.AnnotationAccessRequest] = how
		}
	}
}

// lockedWorld has a model for each reason to be shown, locked, or neither.
func lockedWorld(t *testing.T, o Options) *service {
	t.Helper()
	yes, no, down := startBackend(t, admits("alice")), startBackend(t, admits("bob")), startBackend(t, status(502))
	unready := func(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhasePending }
	return startService(t, o,
		model("a/mine", yes.URL, discoverable("no need")),
		model("a/locked-one", no.URL, discoverable("Ask in #ml")),
		model("b/locked-two", no.URL, discoverable(""), unready, ofKind("Secretive")),
		model("a/hidden", no.URL),
		model("a/down", down.URL, discoverable("x")),
		model("a/refused", "https://evil.test", discoverable("x")),
		model("a/unasked", "http://127.0.0.1", discoverable("x"), unready, ofKind("ExternalModel")),
		model("a/gone", "", discoverable("x")),
	)
}

func TestLocked(t *testing.T) {
	o := loopback()
	o.Discoverable = true
	s := lockedWorld(t, o)
	const (
		one = `{"id":"locked-one","object":"model.locked","how":"Ask in #ml"}`
		two = `{"id":"locked-two","object":"model.locked"}`
	)
	for name, test := range map[string]struct {
		query, token string
		ids          []string
		// end is that of the reply, after data.
		end string
	}{
		"asked for":                          {"locked=true", "alice", []string{"mine"}, `],"locked":[` + one + "," + two + "]}\n"},
		"not asked for":                      {"", "alice", []string{"mine"}, "}]}\n"},
		"asked not to":                       {"locked=false", "alice", []string{"mine"}, "}]}\n"},
		"by whom they let in":                {"locked=true", "bob", []string{"hidden", "locked-one", "locked-two"}, `],"locked":[{"id":"mine","object":"model.locked","how":"no need"}]}` + "\n"},
		"by a stranger":                      {"locked=true", "eve", []string{}, `"data":[],"locked":[` + one + "," + two + `,{"id":"mine","object":"model.locked","how":"no need"}]}` + "\n"},
		"in a part of the list":              {"locked=true&limit=1", "alice", []string{"mine"}, `"has_more":false,"locked":[` + one + "," + two + "]}\n"},
		"not in the next":                    {"locked=true&limit=1&after=a", "alice", []string{"mine"}, `"has_more":false,"locked":[]}` + "\n"},
		"of its kind: says nothing":          {"locked=true&kind=Secretive", "alice", nil, ""},
		"of another kind: the same":          {"locked=true&kind=Absent", "alice", nil, ""},
		"of a kind that is known":            {"locked=true&kind=llmisvc", "alice", []string{"mine"}, `,"locked":[]}` + "\n"},
		"in its namespace":                   {"locked=true&namespace=b", "alice", []string{}, `,"locked":[]}` + "\n"},
		"in no namespace":                    {"locked=true&namespace=absent", "alice", []string{}, `,"locked":[]}` + "\n"},
		"not ready":                          {"locked=true&ready=false", "alice", []string{}, `,"locked":[]}` + "\n"},
		"of its type":                        {"locked=true&type=chat", "alice", nil, `,"locked":[]}` + "\n"},
		"that can do something":              {"locked=true&capability=tools", "alice", nil, `,"locked":[]}` + "\n"},
		"by words of its id":                 {"locked=true&q=TWO%20lock", "alice", nil, `,"locked":[` + two + "]}\n"},
		"by words of which it has one alone": {"locked=true&q=two+one", "alice", nil, `,"locked":[]}` + "\n"},
		"by its namespace, which is no word": {"locked=true&q=b", "alice", nil, `,"locked":[]}` + "\n"},
		"by its kind, which is no word":      {"locked=true&q=secretive", "alice", nil, `,"locked":[]}` + "\n"},
		"by the text, which is no word":      {"locked=true&q=ask", "alice", nil, `,"locked":[]}` + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.get(t, "/v1/models?"+test.query, test.token)
			if !strings.HasSuffix(got.body, test.end) {
				t.Errorf("%s, want %s at the end", got.body, test.end)
			}
			if test.ids != nil {
				if diff := cmp.Diff(test.ids, got.ids(t)); diff != "" {
					t.Errorf("ids (-want +got):\n%s", diff)
				}
			}
			s.checkReply(t, modelsPath, got)
			if test.end != "" && strings.Contains(got.body, "locked") {
				again := s.get(t, "/v1/models?"+test.query, test.token, header{"If-None-Match": got.Header.Get("ETag")})
				if again.StatusCode != http.StatusNotModified {
					t.Errorf("status %d for the same ETag", again.StatusCode)
				}
			}
		})
	}
	t.Run("one that is locked is not found", func(t *testing.T) {
		locked, absent := s.get(t, "/v1/models/locked-one", "alice"), s.get(t, "/v1/models/absent", "alice")
		if diff := cmp.Diff(absent.whole(), locked.whole()); diff != "" {
			t.Errorf("it differs (-absent +locked):\n%s", diff)
		}
	})
	for query, param := range map[string]string{"locked=1": "locked", "locked=true&locked=true": "locked", "locked=true&watch=true": "locked"} {
		if got := s.get(t, "/v1/models?"+query, "alice"); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, `"param":"`+param+`"`) {
			t.Errorf("%s: status %d, %s", query, got.StatusCode, got.body)
		}
	}
}

// One that sleeps has turned nobody away.
func TestLockedIsNotAsleep(t *testing.T) {
	no := startBackend(t, admits("bob"))
	o := loopback()
	o.Discoverable = true
	s := startService(t, o)
	own := ofKind("Own")
	s.showsOf(t, map[string]string{"Own": "{policy: WhenAwake}"}, model("lab/sleepy", no.URL, own, discoverable("x"), servable))
	if got := s.get(t, "/v1/models?locked=true", "alice").body; !strings.HasSuffix(got, `"data":[],"locked":[]}`+"\n") || no.probes.Load() != 0 {
		t.Errorf("%s, after %d probes", got, no.probes.Load())
	}
	s.show(t, model("lab/sleepy", no.URL, own, discoverable("x")))
	if got := s.get(t, "/v1/models?locked=true", "alice").body; !strings.Contains(got, `"id":"sleepy"`) {
		t.Errorf("awake: %s", got)
	}
}

// Without the flag the parameter is one of those that clients make up.
func TestLockedIsOff(t *testing.T) {
	s := lockedWorld(t, loopback())
	s.get(t, "/v1/models", "alice")
	want := s.get(t, "/v1/models", "alice").whole()
	for _, query := range []string{"locked=true", "locked=1", "locked=true&locked=true"} {
		if diff := cmp.Diff(want, s.get(t, "/v1/models?"+query, "alice").whole()); diff != "" {
			t.Errorf("%s: it differs (-without +with):\n%s", query, diff)
		}
	}
}

// As many as one namespace may have are not all sent.
func TestLockedIsBounded(t *testing.T) {
	no := startBackend(t, admits("bob"))
	o := loopback()
	o.Discoverable, o.Limits.CallerBurst = true, 1_000_000
	models := spread(no.URL, maxLocked+5)
	for _, m := range models {
		discoverable("x")(m)
	}
	s := startService(t, o, models...)
	if n := strings.Count(s.get(t, "/v1/models?locked=true", "alice").body, "model.locked"); n != maxLocked {
		t.Errorf("%d locked models, want %d", n, maxLocked)
	}
	for form, h := range map[string]header{"gzip": {"Accept-Encoding": "gzip"}, "plain": {}} {
		got := s.get(t, "/v1/models?locked=true", "alice", h)
		if encoding := got.Header.Get("Content-Encoding"); (encoding == "gzip") != (form == "gzip") || got.ContentLength != int64(len(got.body)) {
			t.Errorf("%s: Content-Encoding %q, %d bytes of %d", form, encoding, len(got.body), got.ContentLength)
		}
	}
}
