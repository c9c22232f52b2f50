package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maas-kinds/maas/engine/kind"
)

// withholds announces a body that does not come.
func withholds(status int) backendFunc {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: endless{r.Context()}, ContentLength: 10}, nil
	}
}

// Somebody with one namespace has more models in it than there are turns, and none
// of their backends does what others wait for. Nobody's list is without the models
// of another namespace for it, and it does not take the sum of all those times.
func TestOneNamespaceHoldsNobodyUp(t *testing.T) {
	limits := DefaultLimits()
	limits.PerCheck, limits.InFlight = 8, 32
	for name, test := range map[string]struct {
		backend backendFunc
		models  int
		// budget is that of a list that waits for the hostile backends as well.
		budget time.Duration
	}{
		"bodies that do not come, behind a denial":     {withholds(http.StatusUnauthorized), 3 * limits.InFlight, 0},
		"bodies that do not come, behind a permission": {withholds(http.StatusOK), 3 * limits.InFlight, 0},
		"silence": {hangs, 3 * limits.InFlight, limits.Budget},
		"answers that take nearly as long as they may": {takes(limits.ProbeTimeout-time.Millisecond, http.StatusUnauthorized), 3 * limits.InFlight, limits.Budget},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limits := limits
				limits.CallerBurst = 1 << 20 // a caller's own allowance grows with the catalog
				c, n := newTestChecker(t, limits)
				defer c.Close()
				targets := models(t, c, n, "hostile", test.models, test.backend)
				targets = append(targets, models(t, c, n, "victim", 10, takes(20*time.Millisecond, http.StatusOK))...)
				for round := range 3 {
					var group sync.WaitGroup
					for i := range 10 {
						group.Go(func() {
							verdicts := make([]Decision, len(targets))
							took := elapsed(func() { c.Check(t.Context(), caller(t, fmt.Sprint("caller", round, i)), targets, verdicts) })
							missing := 0
							for _, verdict := range verdicts[test.models:] {
								if verdict != Allowed {
									missing++
								}
							}
							// 10 models of 20 ms each for each of 10 callers, 8 at a time: those are
							// the turns that the hostile namespace cannot have.
							if missing > 0 || took > test.budget+time.Second {
								t.Errorf("round %d: %d models of another namespace are missing, after %v", round, missing, took)
							}
						})
					}
					group.Wait()
					pass(limits.BreakerOpen + time.Millisecond)
				}
			})
		})
	}
}

// Endpoints that were at fault are tried together: however many there are, a list
// waits for the trials of one namespace no longer than for one of them.
func TestTrialsOfANamespaceAreWaitedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := inSmall()
		c, n := newTestChecker(t, limits)
		defer c.Close()
		const hostile = 250
		c.SetEndpoints(2 * hostile)
		targets := models(t, c, n, "hostile", hostile, connectsNever)
		n.set("m.victim.svc", connectsNever)
		targets = append(targets, targetIn(t, c, "victim", "m.victim.svc"))
		// All breakers are opened, and then long enough for a trial.
		for range 40 {
			c.Check(t.Context(), caller(t, "early"), targets, make([]Decision, len(targets)))
		}
		pass(limits.ProbeTimeout + limits.BreakerOpen + time.Millisecond)
		n.set("m.victim.svc", replies(http.StatusOK))
		before := count(n, targets[:hostile])
		verdicts := make([]Decision, len(targets))
		took := elapsed(func() { c.Check(t.Context(), caller(t, "late"), targets, verdicts) })
		if took > trialPatience {
			t.Errorf("it took %v, want the patience for a trial of %v", took, trialPatience)
		}
		if verdicts[hostile] != Allowed {
			t.Errorf("verdict %d on a model that is well again", verdicts[hostile])
		}
		if tried := count(n, targets[:hostile]) - before; tried > limits.PerCheck {
			t.Errorf("%d trials were begun that nobody waits for", tried)
		}
	})
}

func count(n *network, targets []*Target) int {
	probes := 0
	for _, target := range targets {
		probes += n.count(target.url.Host)
	}
	return probes
}

// Trials that are answered are all waited for: a gateway that is back gives all its
// models back at once.
func TestAnsweredTrialsAreAllWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		c, n := newTestChecker(t, limits)
		defer c.Close()
		c.SetEndpoints(2000)
		refuses := func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }
		targets := models(t, c, n, "ns", 500, refuses)
		verdicts := make([]Decision, len(targets))
		for range limits.BreakerFaults {
			c.Check(t.Context(), caller(t, "alice"), targets, verdicts)
		}
		pass(limits.BreakerOpen + time.Millisecond)
		for _, target := range targets {
			n.set(target.url.Host, takes(20*time.Millisecond, http.StatusOK))
		}
		c.Check(t.Context(), caller(t, "alice"), targets, verdicts)
		if slices.ContainsFunc(verdicts, func(v Decision) bool { return v != Allowed }) {
			t.Error("models are missing although each has answered its trial in 20 ms")
		}
	})
}

// Callers with tokens that they made up keep listing more models of one server than a
// list may ask at a time, which answers them after a while. The models beside them are
// in the list of everybody whom they let in, also of callers whom nobody knows, at the
// first call.
func TestStrangersHoldUpNoOtherModel(t *testing.T) {
	const slow = 25
	madeUp := 150
	if testing.Short() {
		madeUp = 75
	}
	for name, test := range map[string]struct {
		late   time.Duration
		status int
		// fast is the place of the other model among the targets, host where it is.
		fast int
		host string
		// namespaces are how many the others are spread over.
		namespaces int
	}{
		"late denials, the fast model last":             {600 * time.Millisecond, http.StatusUnauthorized, slow, "fast.ns0.svc", 1},
		"late denials, the fast model first":            {600 * time.Millisecond, http.StatusUnauthorized, 0, "fast.ns0.svc", 1},
		"late permissions":                              {600 * time.Millisecond, http.StatusOK, slow, "fast.ns0.svc", 1},
		"late denials at the gateway of all models":     {600 * time.Millisecond, http.StatusUnauthorized, slow, "slow.ns0.svc", 1},
		"late denials, in several namespaces":           {600 * time.Millisecond, http.StatusUnauthorized, slow, "fast.ns0.svc", 5},
		"late denials, in several, at a gateway of all": {600 * time.Millisecond, http.StatusUnauthorized, slow, "slow.ns0.svc", 5},
		"denials that are nearly too late":              {900 * time.Millisecond, http.StatusForbidden, slow, "fast.ns0.svc", 5},
		"denials that are hardly late":                  {90 * time.Millisecond, http.StatusForbidden, slow, "fast.ns0.svc", 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, inSmall())
				defer c.Close()
				n.set("fast.ns0.svc", takes(20*time.Millisecond, http.StatusOK))
				n.set("slow.ns0.svc", func(r *http.Request) (*http.Response, error) {
					if strings.HasPrefix(r.URL.Path, "/fast") {
						return takes(20*time.Millisecond, http.StatusOK)(r)
					}
					return takes(test.late, test.status)(r)
				})
				targets := make([]*Target, 0, slow+1)
				for i := range slow {
					targets = append(targets, pathOf(t, c, fmt.Sprint("ns", i%test.namespaces), "slow.ns0.svc", fmt.Sprint("/m", i)))
				}
				targets = slices.Insert(targets, test.fast, pathOf(t, c, "ns0", test.host, "/fast"))

				// Somebody has used the models before.
				c.Check(t.Context(), caller(t, "early"), targets, make([]Decision, len(targets)))
				crowd, disperse := context.WithCancel(t.Context())
				var strangers sync.WaitGroup
				for i := range madeUp {
					strangers.Go(func() {
						for round := 0; crowd.Err() == nil; round++ {
							c.Check(crowd, caller(t, fmt.Sprint("made up", i, round)), targets, make([]Decision, len(targets)))
							pass(100 * time.Millisecond)
						}
					})
				}
				pass(2 * time.Second)
				var missed atomic.Int32
				var group sync.WaitGroup
				for i := range 20 {
					group.Go(func() {
						pass(time.Duration(i) * 50 * time.Millisecond)
						verdicts := make([]Decision, len(targets))
						summary := c.Check(t.Context(), caller(t, fmt.Sprint("new", i)), targets, verdicts)
						if verdicts[test.fast] != Allowed {
							missed.Add(1)
							t.Logf("new caller %d: verdict %d, busy for %v", i, verdicts[test.fast], summary.Busy)
						}
					})
				}
				group.Wait()
				disperse()
				strangers.Wait()
				if missed.Load() > 0 {
					t.Errorf("%d of 20 new callers did not get the fast model", missed.Load())
				}
			})
		})
	}
}

// pathOf is the endpoint of a model that shares its host with others.
func pathOf(t *testing.T, c *Checker, namespace, host, path string) *Target {
	t.Helper()
	made := c.guard.policy.Target(namespace+path, "http://"+host+path, "llmisvc", kind.DefaultProbe())
	if made.Refused() != nil {
		t.Fatal(made.Refused())
	}
	return made
}

// Where no stranger can ask reluctant endpoints any more, whoever is let in elsewhere
// has a list with gaps. Others have nothing in theirs, and are told to come again.
func TestStrangersGetGapsOnlyBesideModels(t *testing.T) {
	for name, test := range map[string]struct {
		status   int
		want     Decision
		wantBusy bool
	}{
		"let in by another": {http.StatusOK, Allowed, false},
		"let in by nobody":  {http.StatusUnauthorized, Denied, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, DefaultLimits())
				defer c.Close()
				n.set("slow.svc", takes(600*time.Millisecond, http.StatusUnauthorized))
				n.set("fast.svc", replies(test.status))
				targets, verdicts := []*Target{target(t, c, "slow.svc"), target(t, c, "fast.svc")}, make([]Decision, 2)
				c.Check(t.Context(), caller(t, "early"), targets, verdicts)
				c.admission.join(partyKey{reluctant: true}, false, c.admission.reluctant.most)

				summary := c.Check(t.Context(), caller(t, "late"), targets, verdicts)
				if busy := summary.Busy > 0; busy != test.wantBusy || verdicts[1] != test.want || verdicts[0] != Unreachable {
					t.Errorf("verdicts %v, busy for %v; want %d of the fast one, busy %v", verdicts, summary.Busy, test.want, test.wantBusy)
				}
			})
		})
	}
}
