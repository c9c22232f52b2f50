package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/access"
)

// An endpoint that leads to a listing API, this one or another, would make
// every list a list of lists.
func TestLoopsAreCutShort(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	first, second := startService(t, loopback()), startService(t, loopback())
	var entered int
	first.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header[access.MarkerHeader]) > 0 {
			entered++
		}
		first.handler.ServeHTTP(w, r)
	})
	first.show(t, model("a/granite", yes.URL), model("a/itself", first.URL), model("a/other", second.URL))
	second.show(t, model("a/granite", yes.URL), model("a/back", first.URL))
	for range 3 {
		got := first.get(t, "/v1/models", "alice")
		if diff := cmp.Diff([]string{"granite"}, got.ids(t)); diff != "" || got.Header.Get("X-Models-Incomplete") != "" {
			t.Errorf("%v (-want +got):\n%s", got.Header, diff)
		}
	}
	if entered != 3 || yes.probes.Load() != 1 {
		t.Errorf("%d probes came back and %d went on, want 3, each turned away, and the one of the outer list", entered, yes.probes.Load())
	}
	if n := strings.Count(first.log.String(), "leads to a listing API"); n != 2 {
		t.Errorf("%d log lines about loops, want one an endpoint:\n%s", n, first.log)
	}
}
