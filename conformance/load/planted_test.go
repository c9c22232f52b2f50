package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// list writes a list of models.
func list(w http.ResponseWriter, ids ...string) {
	data := []map[string]string{}
	for _, id := range ids {
		data = append(data, map[string]string{"id": id})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": data})
}

// An API with a fault is found out by each way of asking.
func TestFaultsOfAnAPIAreCounted(t *testing.T) {
	wanted := []string{"a", "b", "c"}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		// want of eight lists; those that are told to come again come twice.
		want Counts
	}{
		"nothing is wrong": {func(w http.ResponseWriter, _ *http.Request) { list(w, wanted...) }, Counts{Complete: 8}},
		"in another order": {func(w http.ResponseWriter, _ *http.Request) { list(w, "c", "a", "b") }, Counts{Complete: 8}},
		"a model is missing, and nothing is said of it": {func(w http.ResponseWriter, _ *http.Request) { list(w, "a", "c") }, Counts{Silent: 8}},
		"a model is missing, and that is said": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Models-Incomplete", "true")
			list(w, "a", "c")
		}, Counts{Gaps: 8}},
		"one stands for another":            {func(w http.ResponseWriter, _ *http.Request) { list(w, "a", "a", "b") }, Counts{Failed: 8}},
		"a model that let nobody in":        {func(w http.ResponseWriter, _ *http.Request) { list(w, "a", "b", "c", "d") }, Counts{Failed: 8}},
		"a list of nothing is a silent gap": {func(w http.ResponseWriter, _ *http.Request) { list(w) }, Counts{Silent: 8}},
		"no list":                           {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `{"object":"list"}`) }, Counts{Failed: 8}},
		"half a list": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			list(w, wanted...)
		}, Counts{Failed: 8}},
		"an error": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, Counts{Failed: 8}},
	} {
		t.Run(name, func(t *testing.T) {
			api := httptest.NewServer(test.answer)
			defer api.Close()
			for way, ask := range map[string]func(context.Context, *crowd){
				"strangers": func(ctx context.Context, c *crowd) { c.strangers(ctx, 8, 4) },
				"waves":     func(ctx context.Context, c *crowd) { c.waves(ctx, settler, 4, 2, time.Millisecond) },
				"beside": func(ctx context.Context, c *crowd) {
					c.beside(ctx, func(ctx context.Context) { c.invent(ctx, 8) }, 8, time.Millisecond)
				},
			} {
				c := &crowd{address: strings.TrimPrefix(api.URL, "http://"), judge: newJudge(wanted)}
				ask(t.Context(), c)
				if diff := cmp.Diff(test.want, c.counter.counts(0), cmpopts.IgnoreFields(Counts{}, "Took")); diff != "" {
					t.Errorf("%s (-want +got):\n%s", way, diff)
				}
			}
		})
	}
}

// A caller that is told to come again does, and is counted each time.
func TestCallersComeAgain(t *testing.T) {
	var asked atomic.Int64
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch asked.Add(1) {
		case 1:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			list(w, "a")
		}
	}))
	defer api.Close()
	c := &crowd{address: strings.TrimPrefix(api.URL, "http://"), judge: newJudge([]string{"a"})}
	c.strangers(t.Context(), 1, 1)
	if diff := cmp.Diff(Counts{Complete: 1, Busy: 1, Throttled: 1}, c.counter.counts(0), cmpopts.IgnoreFields(Counts{}, "Took")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A row that ends before all have their list says so.
func TestCallersWithoutAnAnswerHaveFailed(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer api.Close()
	c := &crowd{address: strings.TrimPrefix(api.URL, "http://"), judge: newJudge([]string{"a"})}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	c.strangers(ctx, 7, 3)
	if got := c.counter.counts(0); got.Failed != 7 || got.Lists() != 0 {
		t.Errorf("%s; want 7 failed", got)
	}
}

func TestPercentile(t *testing.T) {
	took := Counts{Took: []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	for p, want := range map[float64]time.Duration{0: 1, .5: 6, .99: 10, 1: 10} {
		if got := took.Percentile(p); got != want {
			t.Errorf("percentile %v: %d, want %d", p, got, want)
		}
	}
	if got := (Counts{}).Percentile(.5); got != 0 {
		t.Errorf("percentile of nothing: %d", got)
	}
}
