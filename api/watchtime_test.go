package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// transcript is a client of a watch that notes when it gets what, in whole seconds since
// it began, rounded up: a watch looks once in each of them.
type transcript struct {
	header http.Header
	status int

	mu      sync.Mutex
	began   time.Time
	unread  bytes.Buffer
	lines   []string
	whole   bytes.Buffer
	failing error
}

func (c *transcript) Header() http.Header              { return c.header }
func (c *transcript) WriteHeader(status int)           { c.status = status }
func (c *transcript) SetReadDeadline(time.Time) error  { return nil }
func (c *transcript) SetWriteDeadline(time.Time) error { return nil }

func (c *transcript) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failing != nil {
		return 0, c.failing
	}
	c.whole.Write(p)
	return c.unread.Write(p)
}

// idInJSON are ids of models where a whole model is written.
var idInJSON = regexp.MustCompile(`\{"id":"([^"]*)"[^}]*\}`)

// FlushError is what an http.ResponseController looks for.
func (c *transcript) FlushError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := idInJSON.ReplaceAllString(strings.TrimSpace(c.unread.String()), "$1")
	text = strings.NewReplacer("event: ", "", "\ndata:", "", `"`, "").Replace(text)
	c.unread.Reset()
	if text != "" {
		after := time.Since(c.began)
		c.lines = append(c.lines, fmt.Sprintf("%ds %s", (after+time.Second-1)/time.Second, text))
	}
	return c.failing
}

// play watches in a bubble while the steps are taken, each at the end of a second, until
// the time is over and the client leaves. It gives what the client got.
func play(t *testing.T, o Options, query string, first []*v1alpha1.MaaSModel, until time.Duration, steps map[int]func(testing.TB, *service)) (client *transcript) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, nil, o)
		s.show(t, first...)
		ctx, leave := context.WithCancel(t.Context())
		client = &transcript{header: http.Header{}, began: time.Now()}
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, modelsPath+"?watch=true"+query, nil)
		request.Header.Set("Authorization", "Bearer alice")
		var serving sync.WaitGroup
		serving.Go(func() { s.handler.ServeHTTP(client, request) })
		for second := range int(until / time.Second) {
			synctest.Wait()
			if step := steps[second]; step != nil {
				step(t, s)
			}
			time.Sleep(time.Second) //nolint:forbidigo // the bubble's
		}
		synctest.Wait()
		leave()
		serving.Wait()
		if s.handler.watches.count() != 0 || len(s.handler.turns) != 0 || s.handler.unread.order.Len() != 0 {
			t.Errorf("left behind: %d watches, %d turns, %d unread replies", s.handler.watches.count(), len(s.handler.turns), s.handler.unread.order.Len())
		}
	})
	return client
}

// unasked is a model that is shown to everybody while it is ready, and to nobody while
// it is not: nothing is asked.
func unasked(name, text string, ready bool) *v1alpha1.MaaSModel {
	m := model("a/"+name, "https://"+name+".a.svc")
	m.Status.Kind, m.ResourceVersion = "ExternalModel", fmt.Sprint(text, ready)
	m.Status.Model = &v1alpha1.ModelInfo{DisplayName: text}
	if !ready {
		m.Status.Phase = v1alpha1.PhaseUnhealthy
	}
	return m
}

func inCluster() Options {
	o := production()
	o.TrustedHosts = []string{".svc"}
	return o
}

func TestWatchInTime(t *testing.T) {
	shows := func(models ...*v1alpha1.MaaSModel) func(testing.TB, *service) {
		return func(t testing.TB, s *service) { s.show(t, models...) }
	}
	lost := func(_ testing.TB, s *service) { now := time.Now(); s.source.since.Store(&now) }
	one := []*v1alpha1.MaaSModel{unasked("one", "x", true)}
	for name, test := range map[string]struct {
		query string
		first []*v1alpha1.MaaSModel
		until time.Duration
		steps map[int]func(testing.TB, *service)
		want  []string
		ended endReason
	}{
		"what there is, and then silence": {
			first: one, until: 14 * time.Second,
			want: []string{"0s sync {ids:[one],changed:[one]}"}, ended: endClient,
		},
		"nothing is there": {
			until: time.Second, want: []string{"0s sync {ids:[],changed:[]}"}, ended: endClient,
		},
		"one comes, changes and goes": {
			first: one, until: 10 * time.Second,
			steps: map[int]func(testing.TB, *service){
				2: shows(one[0], unasked("two", "x", true)),
				4: shows(one[0], unasked("two", "y", true)),
				6: shows(one[0]),
			},
			want: []string{"0s sync {ids:[one],changed:[one]}", "3s changed {changed:[two],removed:[]}", "5s changed {changed:[two],removed:[]}", "7s changed {changed:[],removed:[two]}"}, ended: endClient,
		},
		"what changes back within a second was never there": {
			first: one, until: 5 * time.Second,
			steps: map[int]func(testing.TB, *service){2: func(t testing.TB, s *service) { s.show(t, one[0], unasked("two", "x", true)); s.show(t, one[0]) }},
			want:  []string{"0s sync {ids:[one],changed:[one]}"}, ended: endClient,
		},
		"a heartbeat after 15 s of silence": {
			first: one, until: 50 * time.Second,
			steps: map[int]func(testing.TB, *service){19: shows(unasked("one", "y", true))},
			want:  []string{"0s sync {ids:[one],changed:[one]}", "15s : heartbeat", "20s changed {changed:[one],removed:[]}", "35s : heartbeat", "50s : heartbeat"}, ended: endClient,
		},
		"a hidden one sends nothing, and moves no heartbeat": {
			first: one, until: 31 * time.Second,
			steps: map[int]func(testing.TB, *service){
				2: shows(one[0], unasked("two", "x", false)), 9: shows(one[0], unasked("two", "y", false)), 13: shows(one[0]), 14: shows(one[0], unasked("two", "y", false)),
			},
			want: []string{"0s sync {ids:[one],changed:[one]}", "15s : heartbeat", "30s : heartbeat"}, ended: endClient,
		},
		"a filter": {
			query: "&namespace=a&kind=ExternalModel&ready=true", first: one, until: 6 * time.Second,
			steps: map[int]func(testing.TB, *service){2: func(t testing.TB, s *service) {
				other := unasked("two", "x", true)
				other.Namespace = "b"
				s.show(t, one[0], other, unasked("three", "x", true))
			}},
			want: []string{"0s sync {ids:[one],changed:[one]}", "3s changed {changed:[three],removed:[]}"}, ended: endClient,
		},
		"words to search for": {
			query: "&q=TW+zz", first: one, until: 6 * time.Second,
			steps: map[int]func(testing.TB, *service){
				2: shows(one[0], unasked("two", "zz", true), unasked("three", "zz", true)),
				4: shows(one[0], unasked("two", "y", true)),
			},
			want: []string{"0s sync {ids:[],changed:[]}", "3s changed {changed:[two],removed:[]}", "5s changed {changed:[],removed:[two]}"}, ended: endClient,
		},
		"the cluster cannot be followed, and can again": {
			first: one, until: 30 * time.Second,
			steps: map[int]func(testing.TB, *service){1: lost, 17: func(_ testing.TB, s *service) { s.source.since.Store(nil) }},
			want: []string{
				"0s sync {ids:[one],changed:[one]}", "7s changed {changed:[],removed:[],as_of:2000-01-01T00:00:01.000Z}", "18s changed {changed:[],removed:[]}",
			}, ended: endClient,
		},
		"nor for longer than it may": {
			first: one, until: 70 * time.Second,
			steps: map[int]func(testing.TB, *service){1: lost},
			want: []string{
				"0s sync {ids:[one],changed:[one]}", "7s changed {changed:[],removed:[],as_of:2000-01-01T00:00:01.000Z}",
				"22s : heartbeat", "37s : heartbeat", "52s : heartbeat", "62s end {reason:models_out_of_date}",
			}, ended: endOutOfDate,
		},
		"a shutdown ends it at once": {
			first: one, until: 10 * time.Second,
			steps: map[int]func(testing.TB, *service){3: func(_ testing.TB, s *service) { s.handler.watches.close() }},
			want:  []string{"0s sync {ids:[one],changed:[one]}", "3s end {reason:shutting_down}"}, ended: endShutdown,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log func() string
			steps := map[int]func(testing.TB, *service){0: func(_ testing.TB, s *service) { log = s.log.String }}
			for second, step := range test.steps {
				steps[second] = step
			}
			got := play(t, inCluster(), test.query, test.first, test.until, steps)
			if diff := cmp.Diff(test.want, got.lines); diff != "" {
				t.Errorf("the client got (-want +got):\n%s", diff)
			}
			if want := fmt.Sprintf(`"watch":%q`, test.ended); !strings.Contains(log(), want) || strings.Contains(log(), "fault") {
				t.Errorf("the log has no %s:\n%s", want, log())
			}
		})
	}
}

// A watch is over after ten minutes, or up to one less.
func TestWatchLifetime(t *testing.T) {
	got := play(t, inCluster(), "", []*v1alpha1.MaaSModel{unasked("one", "x", true)}, 11*time.Minute, nil)
	last := got.lines[len(got.lines)-1]
	var seconds int
	var rest string
	if _, err := fmt.Sscanf(last, "%ds end %s", &seconds, &rest); err != nil || rest != "{reason:lifetime}" || seconds < 540 || seconds > 600 {
		t.Errorf("the last event is %q, want an end between 540 and 600 s", last)
	}
	if silent := got.lines[1 : len(got.lines)-1]; len(silent) < 540/15-1 {
		t.Errorf("%d heartbeats", len(silent))
	}
}

// What a client gets while hidden models come, change and go is to the byte, and to the
// second, what it gets while nothing does.
func TestWatchLeaksNothing(t *testing.T) {
	one := unasked("one", "x", true)
	visible := func(t testing.TB, s *service, others ...*v1alpha1.MaaSModel) {
		s.show(t, append([]*v1alpha1.MaaSModel{unasked("one", "y", true)}, others...)...)
	}
	quiet := play(t, inCluster(), "", []*v1alpha1.MaaSModel{one}, time.Minute, map[int]func(testing.TB, *service){30: func(t testing.TB, s *service) { visible(t, s) }})
	hidden := map[int]func(testing.TB, *service){}
	for second := range 60 {
		hidden[second] = func(t testing.TB, s *service) {
			secret := unasked("secret", fmt.Sprint(second), false)
			secret.Status.Endpoint = fmt.Sprintf("https://secret-%d.a.svc", second)
			switch {
			case second == 30:
				visible(t, s, secret)
			case second%3 == 0 && second > 30:
				visible(t, s)
			case second%3 == 0:
				s.show(t, one)
			case second > 30:
				visible(t, s, secret)
			default:
				s.show(t, one, secret)
			}
		}
	}
	busy := play(t, inCluster(), "", []*v1alpha1.MaaSModel{one}, time.Minute, hidden)
	if diff := cmp.Diff(quiet.lines, busy.lines); diff != "" || !bytes.Equal(quiet.whole.Bytes(), busy.whole.Bytes()) {
		t.Errorf("hidden models make a difference (-without +with):\n%s", diff)
	}
	if len(quiet.lines) != 5 {
		t.Errorf("the client got %q", quiet.lines)
	}
}
