package access

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
	"unique"

	"github.com/maypok86/otter/v2"
)

const (
	maxVerdicts  = 1 << 18
	maxDeniedTTL = time.Second
	// admittedFor is how long it is known that an endpoint has let a caller in.
	// Only a backend that sleeps is shown for that.
	admittedFor = 10 * time.Minute
)

type targetKey = unique.Handle[targetID]

// decisionKey says whose verdict it is. No header can be got back from it.
type decisionKey struct {
	caller   callerKey
	target   targetKey
	question question
}

// shared is the key of the same verdict for lists.
func (k decisionKey) shared() decisionKey { return decisionKey{caller: k.caller, target: k.target} }

// remembered is a verdict and when it was given. Only decisions are
// remembered: Allowed and Denied.
type remembered struct {
	verdict Decision
	// checked and renew are in nanoseconds since 1970: when it was given, and from
	// when on whoever uses it has it asked for again. A denial is not, renew is 0.
	checked, renew int64
	// took is how long the endpoint took to give it.
	took time.Duration
}

func (r remembered) aged(now int64) bool { return r.renew != 0 && now >= r.renew }

// cell is where a verdict is kept. Whoever has it at hand sees at once what takes the
// verdict's place, and that it was forgotten.
type cell struct {
	// state is when the verdict was given, in nanoseconds since 1970, four times over,
	// and the verdict; 0 is none.
	state atomic.Uint64
	// took is in nanoseconds. Whoever reads while it is written may get it with the
	// state before, which is the same caller's as well.
	took atomic.Int64
}

func (c *cell) set(what remembered) {
	c.took.Store(int64(what.took))
	c.state.Store(uint64(what.checked)<<2 | uint64(what.verdict)) //nolint:gosec // after 1970
}

func (c *cell) get() (verdict Decision, checked int64) {
	state := c.state.Load()
	return Decision(state & 3), int64(state >> 2)
}

// memory holds verdicts for as long as they may be believed. A denial takes
// the place of an earlier permission at once.
type memory struct {
	ttl   time.Duration
	cache *otter.Cache[decisionKey, *cell]
	// entered holds whom endpoints have let in and not turned away since.
	entered *otter.Cache[decisionKey, Asked]
	reports *reports
	lists   *recollections
}

// newMemory makes a memory; a ttl of 0 gives one that remembers nothing.
func newMemory(ttl time.Duration) (*memory, error) { return newMemoryOf(ttl, maxVerdicts) }

// newMemoryOf is newMemory with room for so many verdicts.
func newMemoryOf(ttl time.Duration, most int) (*memory, error) {
	if ttl <= 0 {
		return &memory{}, nil
	}
	m := &memory{ttl: ttl}
	var errs [4]error
	m.lists, errs[2] = newRecollections(ttl, most)
	m.cache, errs[0] = otter.New(&otter.Options[decisionKey, *cell]{
		MaximumSize: most,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(entry otter.Entry[decisionKey, *cell]) time.Duration {
			verdict, _ := entry.Value.get()
			return m.believed(verdict)
		}),
		OnAtomicDeletion: func(e otter.DeletionEvent[decisionKey, *cell]) {
			if e.Cause != otter.CauseReplacement {
				e.Value.state.Store(0)
				m.lists.changed(e.Key.caller)
			}
		},
	})
	m.entered, errs[1] = otter.New(&otter.Options[decisionKey, Asked]{
		MaximumSize: most, ExpiryCalculator: otter.ExpiryWriting[decisionKey, Asked](admittedFor),
	})
	m.reports, errs[3] = newReports()
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("making the memory of verdicts: %w", err)
	}
	return m, nil
}

// believed is for how long a verdict is.
func (m *memory) believed(verdict Decision) time.Duration {
	if verdict == Allowed {
		return m.ttl
	}
	return min(m.ttl, maxDeniedTTL)
}

// renewal is when a permission that was given at a time is asked for again: soon after
// half of its time, so that lists that come seldom keep it too, and those that were
// given together not all at once. The lowest digits of the time are as good as any
// chance.
func (m *memory) renewal(checked int64) int64 {
	const parts = 1024
	half := int64(m.ttl) / 2
	return checked + half + half/4*(checked/int64(time.Microsecond)%parts)/parts
}

func (m *memory) recall(key decisionKey) (remembered, bool) {
	_, known, ok := m.find(key)
	return known, ok
}

// find is recall, with the cell that the verdict is in.
func (m *memory) find(key decisionKey) (*cell, remembered, bool) {
	if m.cache == nil {
		return nil, remembered{}, false
	}
	kept, ok := m.cache.GetIfPresent(key)
	if !ok {
		return nil, remembered{}, false
	}
	known, ok := m.read(kept)
	return kept, known, ok
}

// read is what a cell holds, and whether it holds anything.
func (m *memory) read(kept *cell) (remembered, bool) {
	verdict, checked := kept.get()
	known := remembered{verdict: verdict, checked: checked, took: time.Duration(kept.took.Load())}
	if verdict == Allowed {
		known.renew = m.renewal(checked)
	}
	return known, verdict != Unreachable
}

// keep puts a decision in the cell that those who have it at hand look into, and says
// whether there was another one, or none.
func (m *memory) keep(key decisionKey, what remembered) (differs bool) {
	m.cache.Compute(key, func(kept *cell, found bool) (*cell, otter.ComputeOp) {
		if !found {
			kept = &cell{}
		}
		before, _ := kept.get()
		differs = before != what.verdict
		kept.set(what)
		return kept, otter.WriteOp
	})
	return differs
}

// remember keeps a decision. That a caller is let in is no secret from it, and
// holds however it asked; a denial holds for the question alone. Whatever a decoy
// says is a denial, and says nothing of the decoy's own model.
func (m *memory) remember(key decisionKey, what remembered) {
	if m.cache == nil || (what.verdict != Allowed && what.verdict != Denied) {
		return
	}
	var differs, entered bool
	switch {
	case key.question.decoy:
		what.verdict = Denied
		differs = m.keep(key, what)
	case what.verdict == Allowed:
		differs = m.keep(key.shared(), what)
		_, entered = m.entered.Set(key.shared(), Asked{what.checked, what.took})
	default:
		differs = m.keep(key, what)
		_, entered = m.entered.Invalidate(key.shared())
		m.reports.cache.Invalidate(key.shared())
	}
	if differs || entered {
		m.lists.changed(key.caller)
	}
}

// admitted says whether the endpoint has let the caller in lately and not turned
// it away since.
func (m *memory) admitted(key decisionKey) bool {
	_, ok := m.letIn(key)
	return ok
}

// letIn is when the endpoint has last let the caller in.
func (m *memory) letIn(key decisionKey) (Asked, bool) {
	if m.entered == nil {
		return Asked{}, false
	}
	return m.entered.GetIfPresent(key.shared())
}

func (m *memory) close() {
	if m.cache != nil {
		m.cache.StopAllGoroutines()
		m.entered.StopAllGoroutines()
		m.reports.cache.StopAllGoroutines()
		m.lists.byCaller.StopAllGoroutines()
	}
}
