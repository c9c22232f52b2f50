package access

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// inSmall are the limits that hold by default, each number a quarter of what it is:
// a quarter as many endpoints then show the same.
func inSmall() Limits {
	limits := DefaultLimits()
	limits.PerCheck, limits.InFlight = limits.PerCheck/4, limits.InFlight/4
	limits.CallerRate, limits.CallerBurst = limits.CallerRate/4, limits.CallerBurst/4
	return limits
}

// Whoever goes on calling waits for no probe after the first list, and every list is
// complete. What has changed shows within the time that a permission is believed.
func TestPermissionsInUseAreRenewed(t *testing.T) {
	limits := inSmall()
	for name, test := range map[string]struct {
		// then is what the backends do after a while.
		then backendFunc
		// waits says whether lists may wait then.
		want  Decision
		waits bool
	}{
		"nothing changes":        {replies(http.StatusOK), Allowed, false},
		"they let nobody in":     {replies(http.StatusUnauthorized), Denied, false},
		"they do not answer":     {hangs, Unreachable, true},
		"they answer with a 500": {replies(http.StatusInternalServerError), Unreachable, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, limits)
				defer c.Close()
				const endpoints = 75
				c.SetEndpoints(endpoints)
				var targets []*Target
				for i := range endpoints {
					host := fmt.Sprintf("m%03d.svc", i)
					n.set(host, takes(20*time.Millisecond, http.StatusOK))
					targets = append(targets, targetIn(t, c, fmt.Sprint("ns", i%3), host))
				}
				who, verdicts := caller(t, "alice"), make([]Decision, endpoints)
				c.Check(t.Context(), who, targets, verdicts)
				poll := func(f func(took time.Duration, summary Summary)) {
					for start := time.Now(); time.Since(start) < 20*time.Second; pass(200 * time.Millisecond) {
						var summary Summary
						took := elapsed(func() { summary = c.Check(t.Context(), who, targets, verdicts) })
						f(took, summary)
					}
				}
				poll(func(took time.Duration, summary Summary) {
					if took > 0 || summary.Decided != endpoints || summary.RetryAfter > 0 {
						t.Fatalf("a list waited %v, %+v", took, summary)
					}
					if age := time.Since(summary.CheckedAt); age > limits.VerdictTTL {
						t.Fatalf("a verdict is %v old", age)
					}
				})
				if got := count(n, targets); got > endpoints*(1+20*2/5) {
					t.Errorf("%d probes of %d endpoints in four lifetimes", got, endpoints)
				}
				for _, target := range targets {
					n.set(target.url.Host, test.then)
				}
				changed := time.Now()
				poll(func(took time.Duration, summary Summary) {
					if !test.waits && took > 0 || summary.RetryAfter > 0 {
						t.Fatalf("a list waited %v, %+v", took, summary)
					}
					for _, verdict := range verdicts {
						if since := time.Since(changed); since > limits.VerdictTTL+limits.Budget && verdict != test.want {
							t.Fatalf("verdict %d after %v, want %d", verdict, since, test.want)
						}
					}
				})
			})
		})
	}
}

// There are more permissions than turns to spare, and lists come seldom: they are all
// renewed between the lists, none of which waits.
func TestManyPermissionsAreRenewedBetweenLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := inSmall()
		c, n := newTestChecker(t, limits)
		defer c.Close()
		const endpoints = 750
		c.SetEndpoints(endpoints)
		var targets []*Target
		for i := range 25 {
			host := fmt.Sprintf("m%03d.svc", i)
			n.set(host, takes(20*time.Millisecond, http.StatusOK))
			for j := range endpoints / 25 {
				targets = append(targets, pathOf(t, c, fmt.Sprint("ns", i%3), host, fmt.Sprint("/", j)))
			}
		}
		who, verdicts := caller(t, "alice"), make([]Decision, endpoints)
		c.Check(t.Context(), who, targets, verdicts)
		for start := time.Now(); time.Since(start) < 15*time.Second; pass(1200 * time.Millisecond) {
			var summary Summary
			took := elapsed(func() { summary = c.Check(t.Context(), who, targets, verdicts) })
			if took > 0 || summary.Decided != endpoints {
				t.Fatalf("after %v a list waited %v, %+v", time.Since(start), took, summary)
			}
		}
	})
}

// What one namespace does not answer keeps no other's permissions from being renewed.
func TestNamespacesRenewApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := inSmall()
		c, n := newTestChecker(t, limits)
		defer c.Close()
		const hostile = 250
		c.SetEndpoints(2 * hostile)
		targets := models(t, c, n, "hostile", hostile, replies(http.StatusOK))
		victims := models(t, c, n, "victim", 20, takes(20*time.Millisecond, http.StatusOK))
		targets = append(targets, victims...)
		who := caller(t, "alice")
		c.Check(t.Context(), who, targets, make([]Decision, len(targets)))
		for _, target := range targets[:hostile] {
			n.set(target.url.Host, hangs)
		}
		pass(limits.VerdictTTL * 2 / 3)
		c.Check(t.Context(), who, targets, make([]Decision, len(targets)))
		pass(limits.VerdictTTL * 2 / 5)
		if took := elapsed(func() { c.Check(t.Context(), who, victims, make([]Decision, len(victims))) }); took > 0 {
			t.Errorf("a list waited %v for models of a namespace that answers", took)
		}
	})
}

// Renewals take no turn from those who wait, and leave a caller its probes.
func TestRenewalsAreToSpare(t *testing.T) {
	limits := DefaultLimits()
	for name, test := range map[string]struct {
		take   func(t *testing.T, c *Checker, who *Caller)
		probes int
	}{
		"nothing is in the way": {func(*testing.T, *Checker, *Caller) {}, 2},
		"half of all turns are taken": {func(t *testing.T, c *Checker, _ *Caller) {
			if !c.turns.all.TryAcquire(int64(limits.InFlight / 2)) {
				t.Error("no turns")
			}
		}, 1},
		"the namespace has all its turns": {func(t *testing.T, c *Checker, _ *Caller) {
			takeTurns(t, c, share(limits.InFlight), func(i int) owner { return owner{namespace: "ns", host: fmt.Sprint(i, ".svc")} })
		}, 1},
		"the host has all its turns": {func(t *testing.T, c *Checker, _ *Caller) {
			takeTurns(t, c, share(share(limits.InFlight)), func(int) owner { return owner{namespace: "ns", host: "a.svc"} })
		}, 1},
		"half of the caller's probes are used up": {func(_ *testing.T, c *Checker, who *Caller) {
			for range limits.CallerBurst/2 + 100 {
				c.throttle.take(who.key, c.clock.Now())
			}
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, limits)
				defer c.Close()
				n.set("a.svc", replies(http.StatusOK))
				who, a := caller(t, "alice"), target(t, c, "a.svc")
				c.checkOne(t.Context(), who, a)
				pass(limits.VerdictTTL - 100*time.Millisecond)
				test.take(t, c, who)
				for range 3 {
					if got := c.checkOne(t.Context(), who, a); got != Allowed {
						t.Errorf("verdict %d", got)
					}
					synctest.Wait()
				}
				if got := n.count("a.svc"); got != test.probes {
					t.Errorf("%d probes, want %d", got, test.probes)
				}
			})
		})
	}
}

// takeTurns takes turns of owners, and of no more than their shares.
func takeTurns(t *testing.T, c *Checker, count int, of func(i int) owner) {
	t.Helper()
	for i := range count {
		if err := c.turns.take(t.Context(), of(i), 0); err != nil {
			t.Fatal(err)
		}
	}
	c.turns.all.Release(int64(count))
}
