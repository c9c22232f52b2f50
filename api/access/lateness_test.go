package access

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
)

// An endpoint has its time to be connected with, and again to answer from when it was
// asked; what this process is late is not its fault.
func TestTimeOfAnEndpoint(t *testing.T) {
	second := DefaultLimits().ProbeTimeout
	never := time.Hour
	for name, test := range map[string]struct {
		// connecting and answering are how long they take, late how late the process
		// is while it waits for the answer, or for the connection where none comes.
		connecting, answering, late time.Duration
		// timeout is that of the kind.
		timeout time.Duration
		want    outcome
		after   time.Duration
	}{
		"in time":                    {connecting: 0, answering: second - 1, want: outcomeAllowed, after: second - 1},
		"each in time, the sum not":  {connecting: second * 9 / 10, answering: second * 9 / 10, want: outcomeAllowed, after: second * 9 / 5},
		"the answer is late":         {answering: second + 1, want: outcomeTimeout, after: second},
		"the connection is late":     {connecting: second + 1, want: outcomeConnect, after: second},
		"the kind gives more time":   {connecting: 0, answering: 2 * second, timeout: 3 * second, want: outcomeAllowed, after: 2 * second},
		"but not for the connection": {connecting: 2 * second, timeout: 3 * second, want: outcomeConnect, after: second},
		"but not less":               {connecting: second / 2, answering: second / 20, timeout: second / 10, want: outcomeAllowed, after: second/2 + second/20},
		"the kind gives less time":   {connecting: 0, answering: second, timeout: second / 2, want: outcomeTimeout, after: second / 2},

		"the process is late, the answer no more than that": {answering: second * 3 / 2, late: second * 6 / 10, want: outcomeAllowed, after: second * 3 / 2},
		"the process is late, and the answer more so":       {answering: second * 3 / 2, late: second * 4 / 10, want: outcomeTimeout, after: second * 14 / 10},
		"the process is late, and no answer comes":          {answering: never, late: second / 2, want: outcomeTimeout, after: second * 3 / 2},
		"the process is too late to tell":                   {answering: never, late: second + 1, want: outcomeLate, after: 2 * second},
		"nor to tell of the connection":                     {connecting: never, late: second + 1, want: outcomeLate, after: 2 * second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := newTestChecker(t, DefaultLimits())
				defer c.Close()
				late := func() { c.lateness.add(test.late) }
				c.transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					if test.connecting > second {
						late()
					}
					if err := within(r.Context(), test.connecting); err != nil {
						return nil, fmt.Errorf("%w: %w", errNotConnected, err)
					}
					probingOf(r.Context()).patience.sent()
					late()
					if err := within(r.Context(), test.answering); err != nil {
						return nil, err
					}
					return replies(http.StatusOK)(r)
				})
				probe := kind.DefaultProbe()
				probe.Timeout = test.timeout
				target := c.guard.policy.Target("ns/a", "http://a.svc", "llmisvc", probe)
				if err := c.turns.take(t.Context(), target.owner(), 0); err != nil {
					t.Fatal(err)
				}
				var got outcome
				took := elapsed(func() { got, _ = c.probe(t.Context(), caller(t, "alice"), target) })
				if got != test.want || took != test.after {
					t.Errorf("%s after %v, want %s after %v", got, took, test.want, test.after)
				}
			})
		})
	}
}

// add makes the process late.
func (l *lateness) add(late time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total += late
}

// A list has gaps for what was not answered in time, and not because this process was
// late: then it takes longer, or is not given at all.
func TestListsOfALateProcess(t *testing.T) {
	budget := DefaultLimits().Budget
	for name, test := range map[string]struct {
		answering, late time.Duration
		want            Decision
		tooLate         bool
		after           time.Duration
		// timeout is that of the kind; 0 is longer than any list.
		timeout time.Duration
	}{
		"on time, and the answer too":      {budget - 1, 0, Allowed, false, budget - 1, 0},
		"on time, and the answer not":      {budget + 1, 0, Unreachable, false, budget, 0},
		"late, the answer no more so":      {budget*3/2 - 1, budget / 2, Allowed, false, budget*3/2 - 1, 0},
		"late, and no answer comes":        {time.Hour, budget / 2, Unreachable, false, budget * 3 / 2, 0},
		"too late to tell what was missed": {time.Hour, budget + 1, Unreachable, true, 2 * budget, 0},
		"too late for a short answer":      {time.Hour, budget / 2, Unreachable, true, budget * 2 / 5, budget / 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, DefaultLimits())
				defer c.Close()
				probe := kind.DefaultProbe()
				probe.Timeout = cmp.Or(test.timeout, 10*budget)
				target := c.guard.policy.Target("ns/a", "http://a.svc", "llmisvc", probe)
				n.set("a.svc", func(r *http.Request) (*http.Response, error) {
					c.lateness.add(test.late)
					return takes(test.answering, http.StatusOK)(r)
				})
				verdicts := make([]Decision, 1)
				var summary Summary
				took := elapsed(func() { summary = c.Check(t.Context(), caller(t, "alice"), []*Target{target}, verdicts) })
				if verdicts[0] != test.want || summary.Late != test.tooLate || took != test.after {
					t.Errorf("verdict %d, too late %v, after %v; want %d, %v, after %v", verdicts[0], summary.Late, took, test.want, test.tooLate, test.after)
				}
			})
		})
	}
}

// roundTrip is a function as an http.RoundTripper.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// within lets time pass, unless ctx ends before.
func within(ctx context.Context, d time.Duration) error {
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err()
}

// stoppable is a clock that goes on while the process does not.
type stoppable struct {
	clock.RealClock
	stopped *atomic.Int64
}

func (s stoppable) Now() time.Time { return time.Now().Add(time.Duration(s.stopped.Load())) }

func (s stoppable) Since(at time.Time) time.Duration { return s.Now().Sub(at) }

// A process that was stopped was late for as long, also before it has measured it.
func TestLateness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		clock := stoppable{stopped: &atomic.Int64{}}
		l := newLateness(clock, prometheus.NewRegistry())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			l.measure(ctx)
		}()
		for _, step := range []struct {
			stopped, runs, want time.Duration
		}{
			{0, time.Minute, 0},
			{700 * time.Millisecond, 0, 700*time.Millisecond - latenessInterval}, // not measured yet
			{0, time.Second, 700 * time.Millisecond},
			{300 * time.Millisecond, time.Second, time.Second},
		} {
			synctest.Wait()
			clock.stopped.Add(int64(step.stopped))
			pass(step.runs)
			synctest.Wait()
			if got := l.soFar(); got != step.want {
				t.Errorf("after it was stopped for %v: late for %v so far, want %v", step.stopped, got, step.want)
			}
		}
		cancel()
		<-ended
	})
}
