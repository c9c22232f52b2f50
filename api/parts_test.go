package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// partOf is a list with what says where it begins and ends.
type partOf struct {
	IDs     []string
	FirstID *string `json:"first_id"`
	LastID  *string `json:"last_id"`
	HasMore *bool   `json:"has_more"`
}

func (r reply) part(t testing.TB) partOf {
	t.Helper()
	p := partOf{IDs: r.ids(t)}
	if err := json.Unmarshal([]byte(r.body), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPartsOfAList(t *testing.T) {
	yes, no := startBackend(t, admits("alice")), startBackend(t, admits("bob"))
	unready := func(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhasePending }
	s := startService(t, loopback(), model("a/b1", yes.URL), model("a/b2", no.URL), model("a/b3", yes.URL, unready),
		model("a/b4", yes.URL), model("b/b1", yes.URL), model("a/b6", no.URL))
	all := []string{"b/b1", "b1", "b3", "b4"}
	part := func(more bool, ids ...string) partOf {
		p := partOf{IDs: []string{}, HasMore: &more}
		if len(ids) > 0 {
			p = partOf{ids, &ids[0], &ids[len(ids)-1], &more}
		}
		return p
	}
	for query, test := range map[string]struct {
		want partOf
		why  string
	}{
		"":                             {partOf{IDs: all}, "the whole list is as it is without parts"},
		"?ready=true":                  {partOf{IDs: []string{"b/b1", "b1", "b4"}}, "filters make no parts"},
		"?limit=2":                     {part(true, "b/b1", "b1"), "the first part"},
		"?limit=2&after=b1":            {part(false, "b3", "b4"), "what follows, to the end: that a model is hidden behind it is nobody's business"},
		"?limit=3":                     {part(true, "b/b1", "b1", "b3"), "hidden models take no room"},
		"?limit=4":                     {part(false, all...), "exactly all"},
		"?limit=1000":                  {part(false, all...), "more than there are"},
		"?after=":                      {part(false, all...), "the cursor of a client that has none yet"},
		"?after=b1":                    {part(false, "b3", "b4"), "without a limit, the rest"},
		"?after=b/b1&limit=1":          {part(true, "b1"), "an id with a slash"},
		"?after=b%2Fb1&limit=1":        {part(true, "b1"), "and escaped"},
		"?after=b2":                    {part(false, "b3", "b4"), "behind a model that is hidden"},
		"?after=b35":                   {part(false, "b4"), "behind one that is gone"},
		"?after=b4":                    {part(false), "behind the last one"},
		"?after=zzz":                   {part(false), "behind all"},
		"?after=%F0%9F%98%80%00":       {part(false), "what can be no id is a place as well"},
		"?ready=true&limit=2":          {part(true, "b/b1", "b1"), "of what a filter wants"},
		"?ready=true&limit=2&after=b1": {part(false, "b4"), "and what follows there"},
		"?namespace=b&after=b1":        {part(false), "nothing of it follows"},
		"?kind=llmisvc&limit=1":        {part(true, "b/b1"), "of a kind"},
	} {
		t.Run(query, func(t *testing.T) {
			got := s.get(t, "/v1/models"+query, "alice")
			if diff := cmp.Diff(test.want, got.part(t)); diff != "" || got.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d (-want +got):\n%s", test.why, got.StatusCode, diff)
			}
			s.checkReply(t, modelsPath, got)
		})
	}
}

// Whoever reads part after part gets each model once, whatever comes and goes meanwhile.
func TestPartsFollowEachOther(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), spread(yes.URL, 25)...)
	want := s.get(t, "/v1/models", "alice").ids(t)
	var got []string
	for after, more := "", true; more; {
		p := s.get(t, "/v1/models?limit=7&after="+after, "alice").part(t)
		got = append(got, p.IDs...)
		after, more = *p.LastID, *p.HasMore
		if len(got) == 14 { // the last one that was read goes
			s.show(t, append(spread(yes.URL, 25), model("a/aaa", yes.URL))...)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-whole +parts):\n%s", diff)
	}
}

// A part is as good a representation as the list: it has a validator of its own.
func TestPartsHaveValidatorsOfTheirOwn(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), spread(yes.URL, 30)...)
	first := s.get(t, "/v1/models", "alice").ids(t)[0]
	seen := map[string]string{}
	for _, query := range []string{"", "?limit=29", "?limit=30", "?limit=29&after=" + first} {
		got := s.get(t, "/v1/models"+query, "alice")
		tag := got.Header.Get("Etag")
		if other, again := seen[tag]; again {
			t.Errorf("%q and %q have the same validator", query, other)
		}
		seen[tag] = query
		if again := s.get(t, "/v1/models"+query, "alice", header{"If-None-Match": tag}); again.StatusCode != http.StatusNotModified {
			t.Errorf("%q: status %d for its own validator", query, again.StatusCode)
		}
	}
}

// A part asks what the list asks: its time does not say how many models are hidden
// behind a place.
func TestPartsAskTheWholeList(t *testing.T) {
	yes, no := startBackend(t, admits("alice")), startBackend(t, admits("bob"))
	for _, query := range []string{"?limit=1", "?after=zzz", "?limit=1&after=granite"} {
		s := startService(t, loopback(), model("a/granite", yes.URL), model("a/opal", yes.URL+"/opal"), model("a/secret", no.URL))
		before := yes.probes.Load() + no.probes.Load()
		s.get(t, "/v1/models"+query, "alice")
		if asked := yes.probes.Load() + no.probes.Load() - before; asked != 3 {
			t.Errorf("%s: %d probes, want 3", query, asked)
		}
	}
}

func TestLimitsThatAreNone(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("a/granite", yes.URL))
	for _, query := range []string{"limit=0", "limit=-1", "limit=1e9", "limit=1001", "limit=1000000000", "limit=", "limit=ten", "limit=1.0", "limit=99999999999999999999", "limit=1&limit=2", "after=a&after=b"} {
		got := s.get(t, "/v1/models?"+query, "alice")
		name, _, _ := strings.Cut(query, "=")
		if got.StatusCode != http.StatusBadRequest || got.code(t) != "invalid_parameter" || !strings.Contains(got.body, `"param":"`+name+`"`) {
			t.Errorf("%s: status %d\n%s", query, got.StatusCode, got.body)
		}
		s.checkReply(t, modelsPath, got)
	}
	if probes := yes.probes.Load(); probes != 0 {
		t.Errorf("%d probes for requests that were refused", probes)
	}
}
