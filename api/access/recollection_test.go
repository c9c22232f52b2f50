package access

import (
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A list that has its verdicts at hand sees at once what becomes of them, as one does
// that looks them up.
func TestWholeListSeesWhatChanges(t *testing.T) {
	type world struct {
		c     *Checker
		alice *Caller
		n     *network
		b     *Target
	}
	for name, test := range map[string]struct {
		meanwhile func(*testing.T, world)
		want      Decision
		probes    int
	}{
		"nothing": {func(*testing.T, world) {}, Allowed, 0},
		"a denial takes a permission's place": {func(_ *testing.T, w world) {
			w.c.memory.remember(w.alice.decisionKey(w.b), remembered{verdict: Denied, checked: time.Now().UnixNano()})
		}, Denied, 0},
		"a denial that has run out is asked for again": {func(_ *testing.T, w world) {
			w.c.memory.remember(w.alice.decisionKey(w.b), remembered{verdict: Denied, checked: time.Now().UnixNano()})
			pass(1001 * time.Millisecond)
		}, Allowed, 1},
		"a permission that has run out is asked for again": {func(_ *testing.T, w world) {
			w.n.set("b.svc", replies(http.StatusForbidden))
			pass(5001 * time.Millisecond)
		}, Denied, 1},
		"one that was forgotten to make room is asked for again": {func(_ *testing.T, w world) {
			w.n.set("b.svc", replies(http.StatusForbidden))
			w.c.memory.cache.Invalidate(w.alice.decisionKey(w.b))
		}, Denied, 1},
		"one that was given anew after that is seen": {func(_ *testing.T, w world) {
			w.c.memory.cache.Invalidate(w.alice.decisionKey(w.b))
			w.c.memory.remember(w.alice.decisionKey(w.b), remembered{verdict: Denied, checked: time.Now().UnixNano()})
		}, Denied, 0},
		"what another caller is told changes nothing": {func(t *testing.T, w world) {
			w.c.memory.remember(caller(t, "mallory").decisionKey(w.b), remembered{verdict: Denied, checked: time.Now().UnixNano()})
		}, Allowed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, DefaultLimits())
				defer c.Close()
				n.set("a.svc", replies(http.StatusOK))
				n.set("b.svc", replies(http.StatusOK))
				w := world{c, caller(t, "alice"), n, target(t, c, "b.svc")}
				targets := []*Target{target(t, c, "a.svc"), w.b}
				pass(500 * time.Millisecond) // the cache looks for what has run out at whole seconds
				for range 3 {                // asked, remembered, told as before
					c.CheckList(t.Context(), w.alice, List{Targets: targets})
				}
				before := n.count("b.svc")
				test.meanwhile(t, w)
				verdicts, _ := c.CheckList(t.Context(), w.alice, List{Targets: targets})
				if diff := cmp.Diff([]Decision{Allowed, test.want}, verdicts.Decisions); diff != "" || n.count("b.svc") != before+test.probes {
					t.Errorf("%d probes, want %d; verdicts (-want +got):\n%s", n.count("b.svc")-before, test.probes, diff)
				}
			})
		})
	}
}

// Whoever is let in by a backend that sleeps, or turned away, while they list, is told
// so by the next list; nothing is asked, and what they were told runs out.
func TestWholeListSeesWhoIsLetInMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		alice, awake := caller(t, "alice"), target(t, c, "a.svc")
		targets := []*Target{c.guard.policy.Asleep("ns/a.svc", "http://a.svc", "llmisvc", awake.probe)}
		decide := func(verdict Decision) func() {
			return func() {
				c.memory.remember(alice.decisionKey(awake), remembered{verdict: verdict, checked: time.Now().UnixNano()})
			}
		}
		for _, test := range []struct {
			name      string
			meanwhile func()
			want      Decision
		}{
			{"never asked", func() {}, Denied},
			{"let in", decide(Allowed), Allowed},
			{"turned away since", decide(Denied), Denied},
			{"let in again", decide(Allowed), Allowed},
			{"too long ago", func() { pass(admittedFor + time.Second) }, Denied},
		} {
			test.meanwhile()
			for range 2 { // found out, and told as before
				if verdicts, _ := c.CheckList(t.Context(), alice, List{Targets: targets}); verdicts.Decisions[0] != test.want {
					t.Errorf("%s: %v, want %v", test.name, verdicts.Decisions[0], test.want)
				}
			}
		}
		if n.count("a.svc") != 0 {
			t.Error("it was woken")
		}
	})
}

// After a model has changed the list is another one: a place in it may be another
// target's.
func TestAnotherListIsLookedUpAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		n.set("a.svc", replies(http.StatusOK))
		n.set("b.svc", replies(http.StatusForbidden))
		alice, a, b := caller(t, "alice"), target(t, c, "a.svc"), target(t, c, "b.svc")
		for _, test := range []struct {
			targets []*Target
			want    []Decision
		}{
			{[]*Target{a, b}, []Decision{Allowed, Denied}},
			{[]*Target{b, a}, []Decision{Denied, Allowed}},
			{[]*Target{b}, []Decision{Denied}},
			{nil, []Decision{}},
			{[]*Target{a}, []Decision{Allowed}},
		} {
			for range 3 {
				verdicts, _ := c.CheckList(t.Context(), alice, List{Targets: test.targets})
				if diff := cmp.Diff(test.want, verdicts.Decisions); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		}
	})
}

// Callers who list once take no more room than verdicts have.
func TestRecollectionsAreBounded(t *testing.T) {
	const most, models = 1000, 10
	m, err := newMemoryOf(time.Hour, most)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	for n := range byte(255) {
		m.lists.byCaller.Set(callerKey{n}, &recollection{cells: make([]atomic.Pointer[cell], models)})
	}
	m.lists.byCaller.CleanUp()
	if got := m.lists.byCaller.EstimatedSize(); got > most/models || got < most/models/2 {
		t.Errorf("%d recollections of %d verdicts are kept, want %d at most, and that many tried", got, models, most/models)
	}
}
