package access

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A backend that sleeps is not woken by who lists models: those whom it has let in
// lately see it, and nobody else.
func TestAsleepIsNotAsked(t *testing.T) {
	for name, test := range map[string]struct {
		// before says what the backend answers while it is awake; 0 is not asked.
		before []int
		// then is how long after that the caller asks again.
		then time.Duration
		want Decision
		// ago is the age of the decision that the summary tells.
		ago time.Duration
	}{
		"never asked":                    {nil, 0, Denied, 0},
		"let in":                         {[]int{200}, 5 * time.Second, Allowed, 5 * time.Second},
		"let in before verdicts run out": {[]int{200}, 9 * time.Minute, Allowed, 9 * time.Minute},
		"let in too long ago":            {[]int{200}, 11 * time.Minute, Denied, 0},
		"turned away":                    {[]int{403}, 0, Denied, 0},
		"let in, and turned away since":  {[]int{200, 403}, time.Minute, Denied, 0},
		"let in, and in trouble since":   {[]int{200, 503}, time.Minute, Allowed, 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, DefaultLimits())
				defer c.Close()
				awake, alice := target(t, c, "a.svc"), caller(t, "alice")
				for _, status := range test.before {
					n.set("a.svc", replies(status))
					c.checkOne(t.Context(), alice, awake)
					if len(test.before) > 1 {
						pass(time.Minute)
					}
				}
				if len(test.before) > 1 {
					test.then -= time.Minute
				}
				pass(test.then)
				asked := n.count("a.svc")
				asleep := c.guard.policy.Asleep("ns/a.svc", "http://a.svc", "llmisvc", awake.probe)
				var verdict [1]Decision
				summary := c.Check(t.Context(), alice, []*Target{asleep}, verdict[:])
				if verdict[0] != test.want || summary.Decided != 1 || summary.Inconclusive != 0 {
					t.Errorf("verdict %v, %+v", verdict[0], summary)
				}
				var ago time.Duration
				if !summary.CheckedAt.IsZero() {
					ago = time.Since(summary.CheckedAt)
				}
				if ago != test.ago {
					t.Errorf("decided %s ago, want %s", ago, test.ago)
				}
				if c.checkOne(t.Context(), caller(t, "bob"), asleep) != Denied {
					t.Error("bob was never let in, and sees it")
				}
				synctest.Wait()
				if n.count("a.svc") != asked {
					t.Error("it was woken")
				}
			})
		})
	}
}

// By its name a model that sleeps is asked for no more than in a list, and to who
// may not see it there is no such model: the decoys are asked.
func TestAsleepByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		n.set("a.svc", replies(http.StatusOK))
		n.set("b.svc", replies(http.StatusOK))
		awake, decoy := target(t, c, "a.svc"), target(t, c, "b.svc")
		asleep := c.guard.policy.Asleep("ns/a.svc", "http://a.svc", "llmisvc", awake.probe)
		alice, bob := caller(t, "alice"), caller(t, "bob")
		c.checkOne(t.Context(), alice, awake)
		callers, err := NewCallers(nil, true)
		if err != nil {
			t.Fatal(err)
		}
		var got [3]Decision
		got[0], _ = c.CheckNamed(t.Context(), alice, callers.Name("a"), asleep, []*Target{decoy})
		got[1], _ = c.CheckNamed(t.Context(), bob, callers.Name("a"), asleep, []*Target{decoy})
		got[2], _ = c.CheckNamed(t.Context(), bob, callers.Name("absent"), nil, []*Target{decoy})
		if diff := cmp.Diff([3]Decision{Allowed, Denied, Denied}, got); diff != "" {
			t.Errorf("verdicts (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([2]int{1, 2}, [2]int{n.count("a.svc"), n.count("b.svc")}); diff != "" {
			t.Errorf("probes of the model and the decoy (-want +got):\n%s", diff)
		}
		if !c.Admitted(alice, []*Target{asleep}) || c.Admitted(bob, []*Target{asleep}) {
			t.Error("whom it has let in is forgotten, or made up")
		}
	})
}

// Where nothing is remembered, nobody is known to be let in.
func TestAsleepWithoutMemory(t *testing.T) {
	limits := DefaultLimits()
	limits.VerdictTTL = 0
	c, n := newTestChecker(t, limits)
	defer c.Close()
	n.set("a.svc", replies(http.StatusOK))
	awake := target(t, c, "a.svc")
	c.checkOne(t.Context(), caller(t, "alice"), awake)
	asleep := c.guard.policy.Asleep("ns/a.svc", "http://a.svc", "llmisvc", awake.probe)
	if got := c.checkOne(t.Context(), caller(t, "alice"), asleep); got != Denied {
		t.Errorf("verdict %v", got)
	}
	refused := c.guard.policy.Asleep("ns/a.svc", "https://evil.test", "llmisvc", awake.probe)
	if got := c.checkOne(t.Context(), caller(t, "alice"), refused); got != Refused {
		t.Errorf("verdict %v, though nobody trusts its host", got)
	}
}
