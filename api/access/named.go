package access

import (
	"context"
	"hash"
	"slices"
)

// Name stands for the id by which somebody asked for a model: an HMAC of it
// under this process's secret, so that nobody outside can tell which ids have
// anything in common.
type Name [16]byte

// Name makes the Name of an id.
func (c *Callers) Name(id string) Name {
	mac, ok := c.macs.Get().(hash.Hash)
	if !ok { // the pool holds nothing else
		panic("access: no MAC in the pool")
	}
	defer c.macs.Put(mac)
	mac.Reset()
	feed(mac, []string{id})
	return Name(mac.Sum(nil)[:16])
}

// question is what a caller wants verdicts for: a list, the zero value, or one
// model by its name.
type question struct {
	name Name
	// decoy is set where the target only stands in for the model.
	decoy bool
}

// about is the caller with a question of its own: its verdicts are remembered,
// and its probes shared, apart from those of lists and other names. Else an
// answer that comes at once would tell that two names, or a name and a list,
// have an endpoint in common.
func (c *Caller) about(q question) *Caller {
	asking := *c
	asking.question = q
	return &asking
}

func (c *Caller) isList() bool { return c.question == question{} }

func (c *Caller) decisionKey(target *Target) decisionKey {
	return decisionKey{caller: c.key, target: target.id, question: c.question}
}

// Probed says whether the target's endpoint is asked, and may be.
func (t *Target) Probed() bool { return t.settled == nil && t.refused == nil && !t.asleep }

// MaxDecoys is how many endpoints CheckNamed asks before it says that nobody
// could be asked.
const MaxDecoys = 3

// CheckNamed gives the caller's verdict on the one model that it has called by
// name; target is nil where there is none. A caller who is not let in must not
// learn which of the two it is, nor by the time it takes. So where there is no
// endpoint to ask, the first decoy's is asked in the same way, and its answer
// never lets anybody in. An endpoint that is at fault decides nothing: the next
// one's answer does, so that a model that is down is no more there than one that
// never was. The verdict is Unreachable only when nobody could be asked, or when
// the target has let the caller in lately.
func (c *Checker) CheckNamed(ctx context.Context, caller *Caller, name Name, target *Target, decoys []*Target) (Decision, Summary) {
	if target != nil {
		if verdict, summary, shown := c.shown(ctx, caller, target); shown {
			return verdict, summary
		}
	}
	ctx, patience := c.newPatience(ctx, c.limits.Budget, 0)
	defer patience.done()
	asked := endpointsOf(target, decoys)
	var summary Summary
	for _, one := range asked {
		decoy := one != target
		var verdict [1]Decision
		summary = c.Check(ctx, caller.about(question{name, decoy}), []*Target{one}, verdict[:])
		switch {
		case summary.Busy > 0, summary.Late:
			return Unreachable, summary
		case verdict[0] == Unreachable && !decoy && c.memory.admitted(caller.decisionKey(one)):
			return Unreachable, summary
		case verdict[0] == Unreachable:
		case verdict[0] == Allowed && decoy:
			return Denied, summary
		default:
			return verdict[0], summary
		}
	}
	if len(asked) > 0 {
		return Unreachable, summary
	}
	return Denied, summary
}

// endpointsOf are the endpoints to ask in turn, each once.
func endpointsOf(target *Target, decoys []*Target) []*Target {
	var asked []*Target
	if target != nil && target.Probed() {
		asked = append(asked, target)
	}
	for _, decoy := range decoys {
		known := slices.ContainsFunc(asked, func(t *Target) bool { return t.id == decoy.id })
		if !known && len(asked) < MaxDecoys {
			asked = append(asked, decoy)
		}
	}
	return asked
}

// shown says whether it is known already that the caller is let in. Denials are
// not looked up: they are remembered by the name that was asked for.
func (c *Checker) shown(ctx context.Context, caller *Caller, target *Target) (Decision, Summary, bool) {
	if target.Probed() {
		known, ok := c.memory.recall(caller.decisionKey(target))
		if !ok || known.verdict != Allowed {
			return Unreachable, Summary{}, false
		}
	}
	var verdict [1]Decision
	summary := c.Check(ctx, caller, []*Target{target}, verdict[:])
	return verdict[0], summary, verdict[0] == Allowed
}

// Admitted says whether any of the endpoints has let the caller in lately and
// not turned it away since.
func (c *Checker) Admitted(caller *Caller, targets []*Target) bool {
	return slices.ContainsFunc(targets, func(t *Target) bool {
		return (t.Probed() || t.asleep) && c.memory.admitted(caller.decisionKey(t))
	})
}
