package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
)

// The tests here run in synctest bubbles: time is exact and passes only while
// everybody waits. The network is the only part that is not real; the tests of
// package api probe over real connections.

// backendFunc answers probes in place of the network.
type backendFunc func(*http.Request) (*http.Response, error)

func (f backendFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func replies(status int) backendFunc {
	return func(*http.Request) (*http.Response, error) { return reply(status), nil }
}

func reply(status int) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2}
}

// takes answers with a status after a while.
func takes(d time.Duration, status int) backendFunc {
	return func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return reply(status), nil
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

// hangs answers when the probe gives up.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// network routes probes by host and counts them.
type network struct {
	mu       sync.Mutex
	backends map[string]backendFunc
	probes   map[string]int
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.probes[r.URL.Host]++
	answer := n.backends[r.URL.Host]
	n.mu.Unlock()
	probingOf(r.Context()).patience.sent()
	return answer(r)
}

func (n *network) set(host string, answer backendFunc) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.backends[host] = answer
}

func (n *network) count(host string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.probes[host]
}

func newTestChecker(t *testing.T, limits Limits) (*Checker, *network) {
	t.Helper()
	policy, err := NewPolicy(ClusterLocal(""), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewChecker(t.Context(), Config{
		Limits: limits, Policy: policy, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Clock: clock.RealClock{},
	})
	if err != nil {
		t.Fatal(err)
	}
	n := &network{backends: map[string]backendFunc{}, probes: map[string]int{}}
	c.transport = n
	return c, n
}

func target(t *testing.T, c *Checker, host string) *Target {
	t.Helper()
	return targetIn(t, c, "ns", host)
}

// targetIn is the endpoint of a model of a namespace.
func targetIn(t *testing.T, c *Checker, namespace, host string) *Target {
	t.Helper()
	made := c.guard.policy.Target(namespace+"/"+host, "http://"+host, "llmisvc", kind.DefaultProbe())
	if made.Refused() != nil {
		t.Fatal(made.Refused())
	}
	return made
}

// models are as many targets that all answer in one way.
func models(t *testing.T, c *Checker, n *network, namespace string, count int, answer backendFunc) []*Target {
	t.Helper()
	var targets []*Target
	for i := range count {
		host := fmt.Sprintf("m%03d.%s.svc", i, namespace)
		n.set(host, answer)
		targets = append(targets, targetIn(t, c, namespace, host))
	}
	return targets
}

func caller(t *testing.T, token string) *Caller {
	t.Helper()
	callers, err := NewCallers(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	made, err := callers.Identify(http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// checkOne checks a single target.
func (c *Checker) checkOne(ctx context.Context, who *Caller, what *Target) Decision {
	var verdict [1]Decision
	c.Check(ctx, who, []*Target{what}, verdict[:])
	return verdict[0]
}

func TestOutcomeOfStatus(t *testing.T) {
	for status, want := range map[int]Decision{
		200: Allowed, 204: Allowed, 405: Allowed,
		301: Denied, 302: Denied, 304: Denied, 400: Denied, 401: Denied, 403: Denied, 404: Denied, 410: Denied, 422: Denied,
		429: Unreachable, 500: Unreachable, 502: Unreachable, 503: Unreachable, 508: Unreachable,
	} {
		synctest.Test(t, func(t *testing.T) {
			c, n := newTestChecker(t, DefaultLimits())
			defer c.Close()
			n.set("a.svc", replies(status))
			if got := c.checkOne(t.Context(), caller(t, "alice"), target(t, c, "a.svc")); got != want {
				t.Errorf("status %d gives verdict %d, want %d", status, got, want)
			}
		})
	}
}

func TestVerdictsAreRememberedAsLongAsTheyMayBe(t *testing.T) {
	for name, test := range map[string]struct {
		ttl    time.Duration
		status int
		after  time.Duration
		probes int
	}{
		"allowed is believed for the ttl":          {5 * time.Second, 200, 2400 * time.Millisecond, 1},
		"and no longer than that":                  {5 * time.Second, 200, 5100 * time.Millisecond, 2},
		"denied is believed for a second":          {5 * time.Second, 403, 900 * time.Millisecond, 1},
		"and not longer":                           {5 * time.Second, 403, 1100 * time.Millisecond, 2},
		"denied never outlives allowed":            {100 * time.Millisecond, 403, 200 * time.Millisecond, 2},
		"a ttl of 0 remembers no permission":       {0, 200, 0, 2},
		"a ttl of 0 remembers no denial":           {0, 403, 0, 2},
		"a fault is not remembered for a caller":   {5 * time.Second, 503, 0, 2},
		"nor is a rate limit of the backend's own": {5 * time.Second, 429, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limits := DefaultLimits()
				limits.VerdictTTL = test.ttl
				c, n := newTestChecker(t, limits)
				defer c.Close()
				n.set("a.svc", replies(test.status))
				alice, a := caller(t, "alice"), target(t, c, "a.svc")
				c.checkOne(t.Context(), alice, a)
				pass(test.after)
				c.checkOne(t.Context(), alice, a)
				if got := n.count("a.svc"); got != test.probes {
					t.Errorf("%d probes, want %d", got, test.probes)
				}
			})
		})
	}
}

// pass lets time pass in a bubble.
func pass(d time.Duration) { <-time.After(d) }

func TestDenialEvictsPermissionAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newTestChecker(t, DefaultLimits())
		defer c.Close()
		key := caller(t, "alice").decisionKey(target(t, c, "a.svc"))
		c.memory.remember(key, remembered{verdict: Allowed})
		c.memory.remember(key, remembered{verdict: Denied})
		if got, ok := c.memory.recall(key); !ok || got.verdict != Denied {
			t.Errorf("got %v, %v after a denial", got, ok)
		}
		pass(1100 * time.Millisecond)
		if got, ok := c.memory.recall(key); ok {
			t.Errorf("%v is left over after the denial has expired", got)
		}
	})
}

func TestVerdictsBelongToOneCallerAndOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		n.set("a.svc", func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("Authorization") == "Bearer alice" {
				return reply(200), nil
			}
			return reply(401), nil
		})
		a := target(t, c, "a.svc")
		callers, err := NewCallers([]string{"X-Tenant"}, true)
		if err != nil {
			t.Fatal(err)
		}
		for i, test := range []struct {
			header http.Header
			want   Decision
		}{
			{http.Header{"Authorization": {"Bearer alice"}}, Allowed},
			{http.Header{"Authorization": {"Bearer eve"}}, Denied},
			{http.Header{"Authorization": {"bearer alice"}}, Denied}, // byte for byte
			{http.Header{}, Denied},
			{http.Header{"Authorization": {"Bearer alice"}, "X-Tenant": {"t"}}, Allowed},
		} {
			who, err := callers.Identify(test.header)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.checkOne(t.Context(), who, a); got != test.want {
				t.Errorf("caller %d: verdict %d, want %d", i, got, test.want)
			}
			if got := n.count("a.svc"); got != i+1 {
				t.Errorf("caller %d: %d probes, want %d: every set of forwarded headers is a caller of its own", i, got, i+1)
			}
		}
	})
}

func TestBreaker(t *testing.T) {
	limits := DefaultLimits()
	alice := func(t *testing.T) *Caller { return caller(t, "alice") }
	for name, test := range map[string]struct {
		answers []backendFunc // in turn; the last one stays
		checks  int
		probes  int
	}{
		"opens after consecutive faults":           {[]backendFunc{replies(503)}, 10, limits.BreakerFaults},
		"a refused connection is a fault":          {[]backendFunc{refusesConnections}, 10, limits.BreakerFaults},
		"one timeout is enough":                    {[]backendFunc{hangs}, 10, 1},
		"faults that are not consecutive are none": {[]backendFunc{replies(503), replies(503), replies(401), replies(503), replies(503), replies(401)}, 6, 6},
		"denials never count":                      {[]backendFunc{replies(401)}, 50, 50},
		"nor do redirects":                         {[]backendFunc{replies(302)}, 50, 50},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				off := limits
				off.VerdictTTL = 0
				c, n := newTestChecker(t, off)
				defer c.Close()
				who, a := alice(t), target(t, c, "a.svc")
				var turn atomic.Int64
				n.set("a.svc", func(r *http.Request) (*http.Response, error) {
					i := min(int(turn.Add(1))-1, len(test.answers)-1)
					return test.answers[i](r)
				})
				for range test.checks {
					c.checkOne(t.Context(), who, a)
				}
				if got := n.count("a.svc"); got != test.probes {
					t.Errorf("%d probes, want %d", got, test.probes)
				}
			})
		})
	}
}

func refusesConnections(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
}

func TestBreakerTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		c, n := newTestChecker(t, limits)
		defer c.Close()
		n.set("a.svc", connectsNever)
		a := target(t, c, "a.svc")

		took := elapsed(func() { c.checkOne(t.Context(), caller(t, "alice"), a) })
		if took != limits.ProbeTimeout {
			t.Errorf("the first check took %v, want the probe timeout", took)
		}
		if took := elapsed(func() { c.checkOne(t.Context(), caller(t, "bob"), a) }); took != 0 {
			t.Errorf("a check beside an open breaker took %v, also for another caller", took)
		}
		pass(limits.BreakerOpen + time.Millisecond)
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				if took := elapsed(func() { c.checkOne(t.Context(), caller(t, fmt.Sprint("user", i)), a) }); took > trialPatience {
					t.Errorf("a check beside a trial took %v", took)
				}
			})
		}
		group.Wait()
		if got := n.count("a.svc"); got != 2 {
			t.Errorf("%d probes, want 2: half open lets one trial through", got)
		}

		n.set("a.svc", replies(200))
		pass(limits.ProbeTimeout + limits.BreakerOpen + time.Millisecond)
		if got := c.checkOne(t.Context(), caller(t, "alice"), a); got != Allowed {
			t.Errorf("verdict %d after the endpoint has come back, want it listed in the first check", got)
		}
	})
}

func elapsed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func TestEqualQuestionsAreAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		var targets []*Target
		for i := range 15 {
			host := fmt.Sprintf("m%d.svc", i)
			n.set(host, func(*http.Request) (*http.Response, error) {
				pass(20 * time.Millisecond)
				return reply(200), nil
			})
			targets = append(targets, target(t, c, host))
		}
		who := caller(t, "alice")
		var group sync.WaitGroup
		for range 200 {
			group.Go(func() {
				verdicts := make([]Decision, len(targets))
				if summary := c.Check(t.Context(), who, targets, verdicts); summary.Decided != len(targets) {
					t.Errorf("decided %d of %d", summary.Decided, len(targets))
				}
			})
		}
		group.Wait()
		for host, got := range n.probes {
			if got != 1 {
				t.Errorf("%s was probed %d times", host, got)
			}
		}
	})
}

// Between looking a verdict up and asking for it, somebody else may have got it.
func TestAnAnswerThatCameMeanwhileIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		n.set("a.svc", replies(200))
		who, a := caller(t, "alice"), target(t, c, "a.svc")
		c.checkOne(t.Context(), who, a)
		answers, _, _ := c.askAll(t.Context(), who, false, []*Target{a}, []int{0})
		if got := answers[0]; got.verdict != Allowed || n.count("a.svc") != 1 {
			t.Errorf("verdict %d after %d probes", got.verdict, n.count("a.svc"))
		}
	})
}

func TestClientThatLeavesCancelsNothingForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		n.set("a.svc", func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(100 * time.Millisecond):
				return reply(200), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		who, a := caller(t, "alice"), target(t, c, "a.svc")
		leaving, leave := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			if took := elapsed(func() { c.checkOne(leaving, who, a) }); took != 50*time.Millisecond {
				t.Errorf("who left was kept for %v", took)
			}
		})
		synctest.Wait() // the one who leaves came first and carries the probe
		group.Go(func() {
			if got := c.checkOne(t.Context(), who, a); got != Allowed {
				t.Errorf("verdict %d for the one who stayed", got)
			}
		})
		pass(50 * time.Millisecond)
		leave()
		group.Wait()
		if got := n.count("a.svc"); got != 1 {
			t.Errorf("%d probes, want 1", got)
		}
	})
}

func TestBounds(t *testing.T) {
	for name, test := range map[string]struct {
		perCheck, inFlight            int
		checks, endpoints, namespaces int
		// most is the highest number of probes seen under way.
		most int
	}{
		"per request":                   {perCheck: 4, inFlight: 100, checks: 1, endpoints: 20, namespaces: 2, most: 4},
		"per request, of one namespace": {perCheck: 4, inFlight: 100, checks: 1, endpoints: 20, namespaces: 1, most: 4},
		"altogether":                    {perCheck: 4, inFlight: 8, checks: 5, endpoints: 20, namespaces: 2, most: 8},
		"altogether, of one namespace":  {perCheck: 4, inFlight: 8, checks: 5, endpoints: 20, namespaces: 1, most: 6},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limits := DefaultLimits()
				limits.PerCheck, limits.InFlight = test.perCheck, test.inFlight
				c, n := newTestChecker(t, limits)
				defer c.Close()
				var now, most atomic.Int64
				var targets []*Target
				for i := range test.endpoints {
					host := fmt.Sprintf("m%d.svc", i)
					n.set(host, func(*http.Request) (*http.Response, error) {
						if under := now.Add(1); under > most.Load() {
							most.Store(under)
						}
						defer now.Add(-1)
						pass(10 * time.Millisecond)
						return reply(200), nil
					})
					targets = append(targets, targetIn(t, c, fmt.Sprint("ns", i%test.namespaces), host))
				}
				var group sync.WaitGroup
				for i := range test.checks {
					group.Go(func() {
						summary := c.Check(t.Context(), caller(t, fmt.Sprint("user", i)), targets, make([]Decision, len(targets)))
						if summary.Decided != test.endpoints {
							t.Errorf("%d verdicts of %d: probes over the bound wait for their turn", summary.Decided, test.endpoints)
						}
					})
				}
				group.Wait()
				if got := int(most.Load()); got != test.most {
					t.Errorf("%d probes under way at a time, want %d", got, test.most)
				}
			})
		})
	}
}

func TestBudgetCutsOffWhoHasNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck = 2
		c, n := newTestChecker(t, limits)
		defer c.Close()
		n.set("fast.svc", replies(200))
		targets := []*Target{target(t, c, "fast.svc")}
		// Two at a time for a second each: the budget ends during the second two.
		for _, host := range []string{"first.svc", "second.svc", "third.svc", "fourth.svc", "fifth.svc"} {
			n.set(host, hangs)
			targets = append(targets, target(t, c, host))
		}
		verdicts := make([]Decision, len(targets))
		var summary Summary
		took := elapsed(func() { summary = c.Check(t.Context(), caller(t, "alice"), targets, verdicts) })
		if took != limits.Budget {
			t.Errorf("the check took %v, want the budget of %v", took, limits.Budget)
		}
		if diff := cmp.Diff([]Decision{Allowed, Unreachable, Unreachable, Unreachable, Unreachable, Unreachable}, verdicts); diff != "" {
			t.Errorf("verdicts (-want +got):\n%s", diff)
		}
		if summary.Decided != 1 || summary.Inconclusive != 5 {
			t.Errorf("decided %d, inconclusive %d, want 1 and 5", summary.Decided, summary.Inconclusive)
		}
		if got := n.count("fifth.svc"); got != 0 {
			t.Errorf("%d probes after the budget was spent", got)
		}
	})
}

func TestWaitingForATurnIsNoFaultOfTheEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck, limits.InFlight = 1, 1
		c, n := newTestChecker(t, limits)
		defer c.Close()
		a := target(t, c, "a.svc")
		n.set("a.svc", replies(200))
		if err := c.turns.all.Acquire(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		for range 2 * limits.BreakerFaults {
			if got := c.checkOne(t.Context(), caller(t, "alice"), a); got != Unreachable {
				t.Errorf("verdict %d without a probe", got)
			}
		}
		c.turns.all.Release(1)
		if got := c.checkOne(t.Context(), caller(t, "alice"), a); got != Allowed {
			t.Errorf("verdict %d, want the breaker untouched", got)
		}
	})
}

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.VerdictTTL, limits.CallerRate, limits.CallerBurst = 0, 10, 3
		c, n := newTestChecker(t, limits)
		defer c.Close()
		n.set("a.svc", replies(200))
		a, alice := target(t, c, "a.svc"), caller(t, "alice")
		for i, want := range []Decision{Allowed, Allowed, Allowed, Throttled, Throttled} {
			if got := c.checkOne(t.Context(), alice, a); got != want {
				t.Errorf("check %d: verdict %d, want %d", i, got, want)
			}
		}
		var verdict [1]Decision
		if got := c.Check(t.Context(), alice, []*Target{a}, verdict[:]).RetryAfter; got != 100*time.Millisecond {
			t.Errorf("retry after %v, want a tenth of a second", got)
		}
		if got := c.checkOne(t.Context(), caller(t, "bob"), a); got != Allowed {
			t.Errorf("verdict %d for another caller", got)
		}
		pass(100 * time.Millisecond)
		if got := c.checkOne(t.Context(), alice, a); got != Allowed {
			t.Errorf("verdict %d after the wait", got)
		}
		c.SetEndpoints(50)
		pass(10 * time.Second)
		for i := range 100 {
			if got := c.checkOne(t.Context(), alice, a); got != Allowed {
				t.Fatalf("verdict %d at probe %d: a caller can always have two whole lists", got, i)
			}
		}
	})
}

func TestCloseEndsProbesUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		n.set("a.svc", hangs)
		a := target(t, c, "a.svc")
		var group sync.WaitGroup
		group.Go(func() { c.checkOne(t.Context(), caller(t, "alice"), a) })
		synctest.Wait()
		if took := elapsed(c.Close); took != 0 {
			t.Errorf("closing took %v", took)
		}
		group.Wait()
		if got := c.checkOne(t.Context(), caller(t, "alice"), a); got != Unreachable || n.count("a.svc") != 1 {
			t.Errorf("verdict %d and %d probes after closing", got, n.count("a.svc"))
		}
	})
}

func TestSlowBodyDelaysNoVerdict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		n.set("a.svc", func(r *http.Request) (*http.Response, error) {
			response := reply(200)
			response.ContentLength = -1
			response.Body = endless{r.Context()}
			return response, nil
		})
		took := elapsed(func() {
			if got := c.checkOne(t.Context(), caller(t, "alice"), target(t, c, "a.svc")); got != Allowed {
				t.Errorf("verdict %d", got)
			}
		})
		if took != 0 {
			t.Errorf("the verdict waited %v for a body", took)
		}
	})
}

// endless is a body that ends with its probe.
type endless struct{ context.Context }

func (e endless) Read([]byte) (int, error) {
	<-e.Done()
	return 0, e.Err()
}

func (endless) Close() error { return nil }

// A client that leaves while its questions wait for their turn has cost
// nothing; what was sent by then is finished, and remembered.
func TestNothingIsSentForAClientThatHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck, limits.InFlight = 2, 2
		c, n := newTestChecker(t, limits)
		defer c.Close()
		var targets []*Target
		for i := range 10 {
			host := fmt.Sprintf("m%d.svc", i)
			n.set(host, takes(20*time.Millisecond, http.StatusOK))
			targets = append(targets, target(t, c, host))
		}
		who := caller(t, "alice")
		leaving, leave := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() { c.Check(leaving, who, targets, make([]Decision, len(targets))) })
		}
		synctest.Wait()
		leave()
		group.Wait()
		pass(time.Second)
		if got := n.count("m0.svc") + n.count("m1.svc"); got != 2 {
			t.Errorf("%d probes of the two that there was room for", got)
		}
		for i := 2; i < len(targets); i++ {
			if got := n.count(fmt.Sprintf("m%d.svc", i)); got != 0 {
				t.Errorf("m%d.svc was probed %d times for nobody", i, got)
			}
		}
		c.flights.mu.Lock()
		got := len(c.flights.askers)
		c.flights.mu.Unlock()
		if got != 0 {
			t.Errorf("%d probes are under way for ever", got)
		}
		verdicts := make([]Decision, len(targets))
		if summary := c.Check(t.Context(), who, targets, verdicts); summary.Decided != len(targets) {
			t.Errorf("decided %d of %d for a client that stays", summary.Decided, len(targets))
		}
		if got := n.count("m0.svc"); got != 1 {
			t.Errorf("the answer to what was sent is forgotten: %d probes", got)
		}
	})
}

// A caller whose bucket is empty is told so at once, also while others have all
// turns and seats.
func TestThrottledCallersWaitForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.VerdictTTL, limits.CallerRate, limits.CallerBurst, limits.PerCheck, limits.InFlight = 0, 1, 2, 1, 1
		c, n := newTestChecker(t, limits)
		defer c.Close()
		n.set("a.svc", replies(200))
		n.set("slow.svc", takes(50*time.Millisecond, 200))
		a, alice := target(t, c, "a.svc"), caller(t, "alice")
		for range 2 {
			c.checkOne(t.Context(), alice, a)
		}
		slow, bob := target(t, c, "slow.svc"), caller(t, "bob")
		var other sync.WaitGroup
		other.Go(func() { c.checkOne(t.Context(), bob, slow) })
		pass(time.Millisecond)
		if took := elapsed(func() {
			if got := c.checkOne(t.Context(), alice, a); got != Throttled {
				t.Errorf("verdict %d", got)
			}
		}); took != 0 {
			t.Errorf("it took %v", took)
		}
		other.Wait()
	})
}
