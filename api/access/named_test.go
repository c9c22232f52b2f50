package access

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// catalogue is what CheckNamed is asked about: h.svc is the hidden model, which
// has two names; what is absent has the decoys alone.
type catalogue struct {
	c      *Checker
	n      *network
	names  *Callers
	hidden *Target
	decoys []*Target
}

func newCatalogue(t *testing.T, limits Limits) *catalogue {
	t.Helper()
	c, n := newTestChecker(t, limits)
	names, err := NewCallers(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	k := &catalogue{c: c, n: n, names: names, hidden: target(t, c, "h.svc")}
	for _, host := range []string{"d1.svc", "d2.svc", "d3.svc", "d4.svc"} {
		k.decoys = append(k.decoys, target(t, c, host))
	}
	for _, host := range []string{"h.svc", "d1.svc", "d2.svc", "d3.svc", "d4.svc"} {
		n.set(host, replies(401))
	}
	return k
}

// ask asks for a model by name; only the names h and ns/h are those of a model.
func (k *catalogue) ask(t *testing.T, who *Caller, name string) Decision {
	t.Helper()
	var model *Target
	if name == "h" || name == "ns/h" {
		model = k.hidden
	}
	verdict, _ := k.c.CheckNamed(t.Context(), who, k.names.Name(name), model, k.decoys)
	return verdict
}

func (k *catalogue) list(t *testing.T, who *Caller) {
	t.Helper()
	all := append([]*Target{k.hidden}, k.decoys...)
	k.c.Check(t.Context(), who, all, make([]Decision, len(all)))
}

func (k *catalogue) probes() (total int) {
	for _, host := range []string{"h.svc", "d1.svc", "d2.svc", "d3.svc", "d4.svc"} {
		total += k.n.count(host)
	}
	return total
}

// What the same questions cost, step by step, must not depend on whether there
// is a model behind the name: an answer that comes at once, from memory, tells.
func TestHiddenAndAbsentCostTheSame(t *testing.T) {
	const list, second = "list", "second"
	for name, test := range map[string]struct {
		// steps use the names h and ns/h; "list" lists all, "second" lets denials be forgotten.
		steps []string
		want  []int // probes in each step
	}{
		"twice at once":                    {[]string{"h", "h"}, []int{1, 0}},
		"again when denials are forgotten": {[]string{"h", second, "h"}, []int{1, 0, 1}},
		"two names that one model has":     {[]string{"h", "ns/h", "h", "ns/h"}, []int{1, 1, 0, 0}},
		"after a list":                     {[]string{list, "h"}, []int{5, 1}},
		"long after a list":                {[]string{list, second, "h"}, []int{5, 0, 1}},
		"before a list":                    {[]string{"h", list}, []int{1, 5}},
		"beside another name":              {[]string{"other", "h", "other"}, []int{1, 1, 0}},
	} {
		for decoy, answer := range map[string]backendFunc{"denies": replies(401), "lets in": replies(200)} {
			for _, kind := range []string{"hidden", "absent"} {
				t.Run(name+", where the decoy "+decoy+", "+kind, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						k := newCatalogue(t, DefaultLimits())
						defer k.c.Close()
						k.n.set("d1.svc", answer)
						who := caller(t, "eve")
						var got []int
						for _, step := range test.steps {
							before := k.probes()
							switch {
							case step == list:
								k.list(t, who)
							case step == second:
								pass(1100 * time.Millisecond)
							case kind == "hidden" || step == "other":
								if verdict := k.ask(t, who, step); verdict != Denied {
									t.Errorf("%s: verdict %d", step, verdict)
								}
							default:
								if verdict := k.ask(t, who, "absent-"+step); verdict != Denied {
									t.Errorf("%s: verdict %d", step, verdict)
								}
							}
							got = append(got, k.probes()-before)
						}
						if diff := cmp.Diff(test.want, got); diff != "" {
							t.Errorf("probes of each step (-want +got):\n%s", diff)
						}
					})
				})
			}
		}
	}
}

// A backend that is down is nobody's proof: hidden or absent, the next one's
// answer counts, and only when none of those who were asked can answer is it said so.
func TestABackendThatIsDownTellsNoStranger(t *testing.T) {
	for name, test := range map[string]struct {
		down []string
		want map[string]Decision
	}{
		"the model's":  {[]string{"h.svc"}, map[string]Decision{"h": Denied, "absent": Denied}},
		"the decoy's":  {[]string{"d1.svc"}, map[string]Decision{"h": Denied, "absent": Denied}},
		"two of them":  {[]string{"h.svc", "d1.svc"}, map[string]Decision{"h": Denied, "absent": Denied}},
		"all of them":  {[]string{"h.svc", "d1.svc", "d2.svc", "d3.svc", "d4.svc"}, map[string]Decision{"h": Unreachable, "absent": Unreachable}},
		"none of them": {nil, map[string]Decision{"h": Denied, "absent": Denied}},
	} {
		for fault, answer := range map[string]backendFunc{"fails": replies(502), "is busy": replies(429), "hangs": hangs} {
			t.Run(name+" "+fault, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					k := newCatalogue(t, DefaultLimits())
					defer k.c.Close()
					for _, host := range test.down {
						k.n.set(host, answer)
					}
					for range 5 { // breakers open on the way
						got := map[string]Decision{}
						for _, name := range []string{"h", "absent"} {
							got[name] = k.ask(t, caller(t, "eve"), name)
							pass(time.Millisecond)
						}
						// With two endpoints that hang the budget ends before a third is asked.
						if len(test.down) == 2 && fault == "hangs" {
							continue
						}
						if diff := cmp.Diff(test.want, got); diff != "" {
							t.Errorf("(-want +got):\n%s", diff)
						}
					}
				})
			})
		}
	}
}

// To those whom a model lets in, it is not gone while it is down.
func TestWhoWasLetInLatelyIsToldThatAModelIsDown(t *testing.T) {
	for name, test := range map[string]struct {
		before func(*testing.T, *catalogue, *Caller)
		want   Decision
	}{
		"never let in":                     {func(*testing.T, *catalogue, *Caller) {}, Denied},
		"let in by name":                   {func(t *testing.T, k *catalogue, who *Caller) { k.ask(t, who, "h") }, Unreachable},
		"let in by the model's other name": {func(t *testing.T, k *catalogue, who *Caller) { k.ask(t, who, "ns/h") }, Unreachable},
		"let in by a list":                 {func(t *testing.T, k *catalogue, who *Caller) { k.list(t, who) }, Unreachable},
		"let in, but long ago":             {func(t *testing.T, k *catalogue, who *Caller) { k.list(t, who); pass(admittedFor) }, Denied},
		"another was let in":               {func(t *testing.T, k *catalogue, _ *Caller) { k.list(t, caller(t, "bob")) }, Denied},
		"let in, and turned away since":    {turnedAway, Denied},
		"turned away, and then let in":     {func(t *testing.T, k *catalogue, who *Caller) { turnedAway(t, k, who); letIn(t, k, who) }, Unreachable},
		"let in by a decoy is not let in":  {func(t *testing.T, k *catalogue, who *Caller) { k.ask(t, who, "absent") }, Denied},
		"a decoy's denial takes away nothing": {func(t *testing.T, k *catalogue, who *Caller) {
			k.list(t, who)
			k.decoys = []*Target{k.hidden}
			k.n.set("h.svc", replies(401))
			k.ask(t, who, "absent")
			k.decoys = []*Target{target(t, k.c, "d2.svc")}
		}, Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newCatalogue(t, DefaultLimits())
				defer k.c.Close()
				k.n.set("h.svc", replies(200))
				k.n.set("d1.svc", replies(200))
				who := caller(t, "alice")
				test.before(t, k, who)
				pass(6 * time.Second) // verdicts are forgotten
				k.n.set("h.svc", replies(502))
				if got := k.ask(t, who, "h"); got != test.want {
					t.Errorf("verdict %d, want %d", got, test.want)
				}
				if admitted := k.c.Admitted(who, []*Target{k.hidden}); admitted != (test.want == Unreachable) {
					t.Errorf("admitted: %t", admitted)
				}
			})
		})
	}
}

func letIn(t *testing.T, k *catalogue, who *Caller) {
	t.Helper()
	k.n.set("h.svc", replies(200))
	pass(6 * time.Second)
	k.list(t, who)
}

func turnedAway(t *testing.T, k *catalogue, who *Caller) {
	t.Helper()
	letIn(t, k, who)
	pass(6 * time.Second)
	k.n.set("h.svc", replies(401))
	k.ask(t, who, "h")
}

// What is shown to a caller is shown by name and in lists alike, and asked once.
func TestALetInCallerIsRememberedForNamesAndLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newCatalogue(t, DefaultLimits())
		defer k.c.Close()
		k.n.set("h.svc", replies(200))
		who := caller(t, "alice")
		for _, name := range []string{"h", "ns/h", "h"} {
			if got := k.ask(t, who, name); got != Allowed {
				t.Errorf("%s: verdict %d", name, got)
			}
		}
		k.list(t, who)
		if got := k.n.count("h.svc"); got != 1 {
			t.Errorf("%d probes, want 1", got)
		}
	})
}

// Absent names come out of the same bucket of probes.
func TestAbsentNamesAreThrottledToo(t *testing.T) {
	for _, name := range []string{"h", "absent"} {
		synctest.Test(t, func(t *testing.T) {
			limits := DefaultLimits()
			limits.VerdictTTL, limits.CallerRate, limits.CallerBurst = 0, 1, 4
			k := newCatalogue(t, limits)
			defer k.c.Close()
			who := caller(t, "eve")
			var got []Decision
			for range 5 {
				got = append(got, k.ask(t, who, name))
			}
			if diff := cmp.Diff([]Decision{Denied, Denied, Denied, Denied, Throttled}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

// Where nobody can be asked there is nothing to hide.
func TestWithoutDecoysNothingIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newCatalogue(t, DefaultLimits())
		defer k.c.Close()
		k.decoys = nil
		if got := k.ask(t, caller(t, "eve"), "absent"); got != Denied || k.probes() != 0 {
			t.Errorf("verdict %d after %d probes", got, k.probes())
		}
	})
}
