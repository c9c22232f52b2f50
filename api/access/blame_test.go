package access

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// connects never: the request is not sent.
func connectsNever(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, fmt.Errorf("%w: %w", errNotConnected, &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded})
}

// A backend has trouble with one caller, whose quota is used up, or whose user
// makes it fail. Nobody else is kept from the model for that, however often the
// one calls; and the one is not made to wait for it again and again.
func TestTroubleOfOneCaller(t *testing.T) {
	limits := DefaultLimits()
	for name, test := range map[string]struct {
		trouble backendFunc
		// asked is how often the backend sees the caller in three calls.
		asked int64
	}{
		"its quota is used up": {replies(http.StatusTooManyRequests), 3},
		"it makes it fail":     {replies(http.StatusInternalServerError), 3},
		"it is not answered":   {hangs, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, limits)
				defer c.Close()
				var asked atomic.Int64
				n.set("a.svc", func(r *http.Request) (*http.Response, error) {
					if r.Header.Get("Authorization") == "Bearer troubled" {
						asked.Add(1)
						return test.trouble(r)
					}
					return reply(http.StatusOK), nil
				})
				a, troubled := target(t, c, "a.svc"), caller(t, "troubled")
				for round := range 4 {
					asked.Store(0)
					for range 3 {
						c.checkOne(t.Context(), troubled, a)
					}
					if got := asked.Load(); round == 0 && got != test.asked {
						t.Errorf("the backend was asked %d times, want %d", got, test.asked)
					}
					if took := elapsed(func() { c.checkOne(t.Context(), troubled, a) }); took > trialPatience {
						t.Errorf("round %d: the troubled caller waits %v once more", round, took)
					}
					for i := range 20 {
						who := caller(t, fmt.Sprint("other", round, i))
						var got Decision
						took := elapsed(func() { got = c.checkOne(t.Context(), who, a) })
						if got != Allowed || took > 0 {
							t.Errorf("round %d: verdict %d for another caller, after %v", round, got, took)
						}
					}
					pass(limits.BreakerOpen + limits.ProbeTimeout + time.Millisecond)
				}
				n.set("a.svc", replies(http.StatusOK))
				if got := c.checkOne(t.Context(), troubled, a); got != Allowed {
					t.Errorf("verdict %d for the caller that is well again", got)
				}
			})
		})
	}
}

// What meets whoever asks is the endpoint's own, and keeps everybody from waiting
// for it.
func TestTroubleOfTheEndpoint(t *testing.T) {
	limits := DefaultLimits()
	for name, test := range map[string]struct {
		backend backendFunc
		// callers is after how many others a caller does not ask any more.
		callers int
		// known callers have been let in before.
		known bool
		asks  bool
	}{
		"it cannot be connected to in time":          {connectsNever, 1, false, false},
		"it refuses connections":                     {refusesConnections, limits.BreakerFaults, false, false},
		"it speaks nonsense":                         {func(*http.Request) (*http.Response, error) { return nil, errors.New("malformed") }, limits.BreakerFaults, false, false},
		"it answers none of many whom it has let in": {hangs, manyCallers, true, false},
		"it fails for many whom it has let in":       {replies(http.StatusBadGateway), manyCallers, true, false},
		"for a few whom it has let in":               {replies(http.StatusBadGateway), manyCallers - 1, true, true},
		"for many who may be made up":                {replies(http.StatusBadGateway), 3 * manyCallers, false, true},
		"it has not answered one":                    {hangs, 1, false, true},
		"it answers none of them":                    {hangs, 3 * manyCallers, false, true},
		"quotas of many whom it has let in":          {replies(http.StatusTooManyRequests), 3 * manyCallers, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, limits)
				defer c.Close()
				a := target(t, c, "a.svc")
				several := make([]*Caller, test.callers)
				for i := range several {
					several[i] = caller(t, fmt.Sprint("caller", i))
				}
				if test.known {
					n.set("a.svc", replies(http.StatusOK))
					for _, who := range several {
						c.checkOne(t.Context(), who, a)
					}
					pass(limits.VerdictTTL + time.Second)
				}
				n.set("a.svc", test.backend)
				for _, who := range several {
					c.checkOne(t.Context(), who, a)
				}
				pass(limits.ProbeTimeout) // probes end later than who does not wait for them
				before := n.count("a.svc")
				took := elapsed(func() { c.checkOne(t.Context(), caller(t, "next"), a) })
				if asked := n.count("a.svc") > before; asked != test.asks {
					t.Errorf("the next caller asks: %t, want %t", asked, test.asks)
				}
				if !test.asks && took > 0 {
					t.Errorf("the next caller waits %v", took)
				}
				// Who is not answered may be the one in trouble, but nobody waits as long again.
				if test.asks && took > trialPatience {
					t.Errorf("the next caller waits %v, and others have waited in vain", took)
				}
				n.set("a.svc", replies(http.StatusOK))
				pass(limits.BreakerOpen + limits.ProbeTimeout + time.Millisecond)
				if got := c.checkOne(t.Context(), caller(t, "last"), a); got != Allowed {
					t.Errorf("verdict %d when it is well again", got)
				}
			})
		})
	}
}

// Answers between the faults show that it is not the endpoint.
func TestAnswersBetweenFaultsClearAnEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		c, n := newTestChecker(t, limits)
		defer c.Close()
		a := target(t, c, "a.svc")
		var failing atomic.Bool
		n.set("a.svc", func(*http.Request) (*http.Response, error) {
			if failing.Load() {
				return reply(http.StatusInternalServerError), nil
			}
			return reply(http.StatusOK), nil
		})
		for i := range 4 * manyCallers {
			who := caller(t, fmt.Sprint("caller", i))
			failing.Store(false)
			c.checkOne(t.Context(), who, a)
			pass(limits.VerdictTTL + time.Second)
			failing.Store(true)
			c.checkOne(t.Context(), who, a)
		}
		failing.Store(false)
		if got := c.checkOne(t.Context(), caller(t, "next"), a); got != Allowed {
			t.Errorf("verdict %d", got)
		}
	})
}
