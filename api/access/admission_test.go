package access

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/semaphore"
)

// lists has as many callers list at once, and counts what they are told. They come
// one after another, a moment apart.
func lists(t *testing.T, c *Checker, targets []*Target, name string, callers int) (complete, busy, gaps int, longest time.Duration) {
	t.Helper()
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range callers {
		who := caller(t, fmt.Sprint(name, i))
		group.Go(func() {
			pass(time.Duration(i) * time.Microsecond)
			verdicts := make([]Decision, len(targets))
			var summary Summary
			took := elapsed(func() { summary = c.Check(t.Context(), who, targets, verdicts) })
			mu.Lock()
			defer mu.Unlock()
			switch {
			case summary.Busy > 0:
				busy++
			case slices.Contains(verdicts, Unreachable):
				gaps++
			default:
				complete++
			}
			longest = max(longest, took)
		})
	}
	group.Wait()
	return complete, busy, gaps, longest
}

// Past what can be asked, some lists are complete and the others are told when to
// come again. None has gaps, and as many are complete as at the limit.
func TestPastItsLimitsNoListHasGaps(t *testing.T) {
	limits := DefaultLimits()
	limits.PerCheck, limits.InFlight = 16, 64
	for name, test := range map[string]struct {
		callers int
		// machine is how many probes the process works on at a time.
		machine int64
		// wantComplete is the least.
		wantComplete int
	}{
		"less than the turns": {4, 1 << 20, 4},
		"a few more":          {12, 1 << 20, 12},
		"many more":           {256, 1 << 20, 16},
		"many more, and the machine cannot do its turns": {256, 32, 12},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, limits)
				defer c.Close()
				machine := semaphore.NewWeighted(test.machine)
				targets := models(t, c, n, "team", 100, func(r *http.Request) (*http.Response, error) {
					if err := machine.Acquire(r.Context(), 1); err != nil {
						return nil, err
					}
					defer machine.Release(1)
					return takes(20*time.Millisecond, http.StatusOK)(r)
				})
				complete, busy, gaps, longest := lists(t, c, targets, "caller", test.callers)
				t.Logf("%d complete, %d told to come again, %d with gaps, at most %v", complete, busy, gaps, longest)
				if gaps > 0 || complete < test.wantComplete || complete+busy != test.callers {
					t.Errorf("%d complete, %d told to come again, %d with gaps; want %d complete at least and no gaps", complete, busy, gaps, test.wantComplete)
				}
				if most := limits.Longest(); longest > most {
					t.Errorf("one took %v, want %v at most", longest, most)
				}
			})
		})
	}
}

// One caller asks for a thousand models by their names at once, which are as many
// questions. Others wait for a few of them, not for all.
func TestOneCallerStarvesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck, limits.InFlight, limits.CallerBurst = 16, 64, 1<<20
		c, n := newTestChecker(t, limits)
		defer c.Close()
		targets := models(t, c, n, "team", 20, takes(100*time.Millisecond, http.StatusUnauthorized))
		callers, err := NewCallers(nil, false)
		if err != nil {
			t.Fatal(err)
		}
		greedy := caller(t, "greedy")
		var group sync.WaitGroup
		for i := range 3000 {
			group.Go(func() {
				c.CheckNamed(t.Context(), greedy, callers.Name(fmt.Sprint("team/m", i)), nil, targets[:1])
			})
		}
		pass(10 * time.Millisecond)
		complete, busy, gaps, longest := lists(t, c, targets, "other", 5)
		if complete != 5 || longest > time.Second {
			t.Errorf("%d complete, %d told to come again, %d with gaps, at most %v; want 5 complete within a second", complete, busy, gaps, longest)
		}
		group.Wait()
	})
}

// Callers who were let in somewhere are asked for before those whom nobody knows,
// however many of those there are, who are not forgotten either.
func TestStrangersKeepNobodyFromAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck, limits.InFlight = 16, 64
		c, n := newTestChecker(t, limits)
		defer c.Close()
		targets := models(t, c, n, "team", 100, takes(50*time.Millisecond, http.StatusOK))
		known := caller(t, "known")
		if c.Check(t.Context(), known, targets, make([]Decision, len(targets))).Decided != len(targets) {
			t.Fatal("the caller was not let in")
		}
		pass(limits.VerdictTTL + time.Millisecond) // nothing is remembered but that
		for i := range targets {
			n.set(targets[i].url.Host, takes(300*time.Millisecond, http.StatusUnauthorized))
		}
		var strangers sync.WaitGroup
		strangers.Go(func() {
			if complete, _, _, _ := lists(t, c, targets, "stranger", 200); complete == 0 {
				t.Error("no stranger got a list")
			}
		})
		pass(10 * time.Millisecond)
		for i := range targets {
			n.set(targets[i].url.Host, takes(20*time.Millisecond, http.StatusOK))
		}
		verdicts := make([]Decision, len(targets))
		summary := c.Check(t.Context(), known, targets, verdicts)
		if summary.Busy > 0 || slices.Contains(verdicts, Unreachable) {
			t.Errorf("a caller who is known: busy for %v, %d models without a verdict", summary.Busy, summary.Inconclusive)
		}
		strangers.Wait()
	})
}

// The lists of one caller ask the same: however many come at once, they wait for
// each other's answers and not for seats.
func TestListsOfOneCallerAreOneParty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck, limits.InFlight = 16, 16
		c, n := newTestChecker(t, limits)
		defer c.Close()
		targets := models(t, c, n, "team", 16, takes(20*time.Millisecond, http.StatusOK))
		who := caller(t, "alice")
		var group sync.WaitGroup
		for range 200 {
			group.Go(func() {
				verdicts := make([]Decision, len(targets))
				took := elapsed(func() { c.Check(t.Context(), who, targets, verdicts) })
				if slices.Contains(verdicts, Unreachable) || took > 40*time.Millisecond {
					t.Errorf("%d models in %v, want all in the two rounds of 12, the share of a namespace", len(targets), took)
				}
			})
		}
		group.Wait()
	})
}

// What is known needs no seat: neither a list of remembered verdicts, nor one whose
// only gap is an endpoint that is left alone.
func TestWhatIsKnownIsToldWhoeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck, limits.InFlight = 16, 16
		limits.BreakerOpen = time.Minute
		c, n := newTestChecker(t, limits)
		defer c.Close()
		targets := models(t, c, n, "team", 15, replies(http.StatusOK))
		n.set("down.svc", connectsNever)
		targets = append(targets, target(t, c, "down.svc"))
		who := caller(t, "alice")
		c.Check(t.Context(), who, targets, make([]Decision, len(targets)))

		slow := models(t, c, n, "slow", 100, takes(500*time.Millisecond, http.StatusOK))
		var others sync.WaitGroup
		others.Go(func() { lists(t, c, slow, "other", 50) })
		pass(time.Millisecond)
		verdicts := make([]Decision, len(targets))
		took := elapsed(func() { c.Check(t.Context(), who, targets, verdicts) })
		if took > 0 || slices.Index(verdicts, Unreachable) != 15 {
			t.Errorf("after %v: %v, want all but the last at once", took, verdicts)
		}
		others.Wait()
	})
}

// A client that leaves while it waits leaves nothing behind.
func TestWhoLeavesWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck, limits.InFlight = 16, 16
		c, n := newTestChecker(t, limits)
		defer c.Close()
		slow := models(t, c, n, "slow", 32, takes(300*time.Millisecond, http.StatusOK))
		var first sync.WaitGroup
		first.Go(func() { lists(t, c, slow, "first", 1) })
		pass(time.Millisecond)
		impatient, leave := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer leave()
		c.Check(impatient, caller(t, "impatient"), slow, make([]Decision, len(slow)))
		if waiting := c.admission.waiting(); waiting != 0 {
			t.Errorf("%v still wait", waiting)
		}
		first.Wait()
		if got := len(c.admission.parties); got != 0 || c.admission.strangers.taken != 0 || c.admission.known.taken != 0 {
			t.Errorf("%d parties, %d and %d seats are left", got, c.admission.strangers.taken, c.admission.known.taken)
		}
	})
}
