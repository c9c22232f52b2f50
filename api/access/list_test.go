package access

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// When and how fast a backend has let a caller in is told as it was when it did so,
// and to that caller.
func TestListsSayWhenEachWasAsked(t *testing.T) {
	const slow, slower = 30 * time.Millisecond, 70 * time.Millisecond
	for name, test := range map[string]struct {
		// meanwhile is what happens after the first list.
		meanwhile func(*testing.T, *Checker, *Caller, []*Target)
		// later and took say of the second list when it was asked, after the first, and how
		// long that took.
		later, took time.Duration
		whose       string
	}{
		"remembered":                {func(*testing.T, *Checker, *Caller, []*Target) { pass(time.Second) }, 0, slow, "alice"},
		"asked again":               {func(*testing.T, *Checker, *Caller, []*Target) { pass(6 * time.Second) }, 6*time.Second + slower, slower, "alice"},
		"another asks for themself": {func(*testing.T, *Checker, *Caller, []*Target) { pass(time.Second) }, time.Second + slower, slower, "bob"},
		"another's answer is theirs alone": {func(t *testing.T, c *Checker, _ *Caller, targets []*Target) {
			c.CheckList(t.Context(), caller(t, "bob"), List{Targets: targets})
		}, 0, slow, "alice"},
		"asleep since": {func(_ *testing.T, c *Checker, _ *Caller, targets []*Target) {
			pass(time.Minute)
			targets[0] = c.guard.policy.Asleep("ns/a.svc", "http://a.svc", "llmisvc", targets[0].probe)
		}, 0, slow, "alice"},
		"asked by its name meanwhile": {func(t *testing.T, c *Checker, alice *Caller, targets []*Target) {
			pass(6 * time.Second)
			c.CheckNamed(t.Context(), alice, Name{1}, targets[0], nil)
			pass(time.Second)
		}, 6*time.Second + slower, slower, "alice"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, DefaultLimits())
				defer c.Close()
				n.set("a.svc", takes(slow, http.StatusOK))
				targets := []*Target{target(t, c, "a.svc"), c.guard.policy.Unasked("ns/b", "http://b.svc", "External", Allowed)}
				alice := caller(t, "alice")
				verdicts, _ := c.CheckList(t.Context(), alice, List{Targets: targets, Timed: true})
				first := time.Now().UnixNano()
				if diff := cmp.Diff([]Asked{{first, slow}, {}}, verdicts.Asked); diff != "" {
					t.Fatalf("the first list (-want +got):\n%s", diff)
				}
				n.set("a.svc", takes(slower, http.StatusOK))
				test.meanwhile(t, c, alice, targets)
				who := alice
				if test.whose != "alice" {
					who = caller(t, test.whose)
				}
				verdicts, _ = c.CheckList(t.Context(), who, List{Targets: targets, Timed: true})
				if diff := cmp.Diff([]Asked{{first + int64(test.later), test.took}, {}}, verdicts.Asked); diff != "" {
					t.Errorf("the second list (-want +got):\n%s", diff)
				}
				if verdicts, _ := c.CheckList(t.Context(), who, List{Targets: targets}); verdicts.Asked != nil {
					t.Error("times that nobody wanted")
				}
			})
		})
	}
}

// Without a memory times are those of this list's own probes.
func TestListsWithoutMemorySayWhenEachWasAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.VerdictTTL = 0
		c, n := newTestChecker(t, limits)
		defer c.Close()
		n.set("a.svc", takes(20*time.Millisecond, http.StatusOK))
		targets := []*Target{target(t, c, "a.svc")}
		for range 2 {
			verdicts, _ := c.CheckList(t.Context(), caller(t, "alice"), List{Targets: targets, Timed: true})
			if diff := cmp.Diff([]Asked{{time.Now().UnixNano(), 20 * time.Millisecond}}, verdicts.Asked); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	})
}

// Where only some are wanted, others are asked for nobody; what is known of all is
// told without asking which are.
func TestListsAskWhatIsWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		targets := models(t, c, n, "ns", 4, replies(http.StatusOK))
		alice, calls := caller(t, "alice"), 0
		wanted := func(places ...int) func() []int { return func() []int { calls++; return places } }
		probes := func() (all [4]int) {
			for i := range all {
				all[i] = n.count(targets[i].url.Host)
			}
			return all
		}
		for _, step := range []struct {
			name   string
			wanted func() []int
			want   []Decision
			probes [4]int
			calls  int
			wait   time.Duration
		}{
			{"one of four", wanted(2), []Decision{Unreachable, Unreachable, Allowed, Unreachable}, [4]int{0, 0, 1, 0}, 1, 0},
			{"that one again, and another", wanted(3, 2), []Decision{Unreachable, Unreachable, Allowed, Allowed}, [4]int{0, 0, 1, 1}, 2, 0},
			{"none", wanted(), []Decision{Unreachable, Unreachable, Unreachable, Unreachable}, [4]int{0, 0, 1, 1}, 3, 0},
			{"all, these first", wanted(2, 0, 1, 3), []Decision{Allowed, Allowed, Allowed, Allowed}, [4]int{1, 1, 1, 1}, 4, 0},
			{"all again, from memory", wanted(2, 0, 1, 3), []Decision{Allowed, Allowed, Allowed, Allowed}, [4]int{1, 1, 1, 1}, 5, 0},
			{"one, of which all is known", wanted(1), []Decision{Allowed, Allowed, Allowed, Allowed}, [4]int{1, 1, 1, 1}, 5, 0},
			{"one, of which nothing is known any more", wanted(1), []Decision{Unreachable, Allowed, Unreachable, Unreachable}, [4]int{1, 2, 1, 1}, 6, 6 * time.Second},
		} {
			pass(step.wait)
			verdicts, _ := c.CheckList(t.Context(), alice, List{Targets: targets, Wanted: step.wanted})
			if diff := cmp.Diff(step.want, verdicts.Decisions); diff != "" || probes() != step.probes || calls != step.calls {
				t.Errorf("%s: probes %v, want %v, %d calls, want %d (-want +got):\n%s", step.name, probes(), step.probes, calls, step.calls, diff)
			}
			allowed, sum := verdicts.Allowed()
			for place, verdict := range verdicts.Decisions {
				if allowed.Has(place) != (verdict == Allowed) || sum != allowed.Sum() {
					t.Errorf("%s: place %d is among the allowed: %v", step.name, place, allowed.Has(place))
				}
			}
		}
	})
}

// What is known of a selection is told without choosing it anew, and each is its own.
func TestListsTellSelections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		targets := models(t, c, n, "ns", 4, replies(http.StatusOK))
		alice, first, second, samePlace := caller(t, "alice"), Selection{1}, Selection{2}, Selection{1, 1}
		for _, step := range []struct {
			name   string
			of     Selection
			places []int
			want   []Decision
			// chosen says whether it is asked which are wanted.
			chosen bool
			wait   time.Duration
		}{
			{"asked", first, []int{0, 2}, []Decision{Allowed, Unreachable, Allowed, Unreachable}, true, 0},
			{"from memory, chosen anew for the last time", first, []int{0, 2}, []Decision{Allowed, Unreachable, Allowed, Unreachable}, true, 0},
			{"told as before", first, nil, []Decision{Allowed, Unreachable, Allowed, Unreachable}, false, 0},
			{"another", second, []int{1}, []Decision{Unreachable, Allowed, Unreachable, Unreachable}, true, 0},
			{"the first: a new verdict may have come in it", first, []int{0, 2}, []Decision{Allowed, Unreachable, Allowed, Unreachable}, true, 0},
			{"the other, from memory", second, []int{1}, []Decision{Unreachable, Allowed, Unreachable, Unreachable}, true, 0},
			{"the first beside it", first, nil, []Decision{Allowed, Unreachable, Allowed, Unreachable}, false, 0},
			{"the other beside it", second, nil, []Decision{Unreachable, Allowed, Unreachable, Unreachable}, false, 0},
			{"one that is kept in the place of the first", samePlace, []int{2}, []Decision{Unreachable, Unreachable, Allowed, Unreachable}, true, 0},
			{"the first has lost its place", first, []int{0, 2}, []Decision{Allowed, Unreachable, Allowed, Unreachable}, true, 0},
			{"when permissions are to be renewed", first, []int{0, 2}, []Decision{Allowed, Unreachable, Allowed, Unreachable}, true, 3500 * time.Millisecond},
			{"not in force any more", second, []int{1}, []Decision{Unreachable, Allowed, Unreachable, Unreachable}, true, 3 * time.Second},
			{"all, since none is known to let the caller in", second, []int{1, 0, 2, 3}, []Decision{Allowed, Allowed, Allowed, Allowed}, true, 0},
			{"all from memory, which is the whole list", second, []int{1, 0, 2, 3}, []Decision{Allowed, Allowed, Allowed, Allowed}, true, 0},
			{"which is told for any", first, nil, []Decision{Allowed, Allowed, Allowed, Allowed}, false, 0},
		} {
			pass(step.wait)
			chosen := false
			verdicts, _ := c.CheckList(t.Context(), alice, List{Targets: targets, Selection: step.of, Wanted: func() []int { chosen = true; return step.places }})
			if diff := cmp.Diff(step.want, verdicts.Decisions); diff != "" || chosen != step.chosen {
				t.Errorf("%s: chosen %v, want %v (-want +got):\n%s", step.name, chosen, step.chosen, diff)
			}
		}
	})
}
