package access

import (
	"fmt"
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
}

func (r remembered) aged(now int64) bool { return r.renew != 0 && now >= r.renew }

// memory holds verdicts for as long as they may be believed. A denial takes
// the place of an earlier permission at once.
type memory struct {
	ttl   time.Duration
	cache *otter.Cache[decisionKey, remembered]
	// entered holds whom endpoints have let in and not turned away since, and when
	// that was, in nanoseconds since 1970.
	entered *otter.Cache[decisionKey, int64]
}

// newMemory makes a memory; a ttl of 0 gives one that remembers nothing.
func newMemory(ttl time.Duration) (*memory, error) { return newMemoryOf(ttl, maxVerdicts) }

// newMemoryOf is newMemory with room for so many verdicts.
func newMemoryOf(ttl time.Duration, most int) (*memory, error) {
	if ttl <= 0 {
		return &memory{}, nil
	}
	cache, err := otter.New(&otter.Options[decisionKey, remembered]{
		MaximumSize: most,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(entry otter.Entry[decisionKey, remembered]) time.Duration {
			if entry.Value.verdict == Allowed {
				return ttl
			}
			return min(ttl, maxDeniedTTL)
		}),
	})
	if err != nil {
		return nil, fmt.Errorf("making the verdict cache: %w", err)
	}
	entered, err := otter.New(&otter.Options[decisionKey, int64]{
		MaximumSize: most, ExpiryCalculator: otter.ExpiryWriting[decisionKey, int64](admittedFor),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of callers who were let in: %w", err)
	}
	return &memory{ttl: ttl, cache: cache, entered: entered}, nil
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
	if m.cache == nil {
		return remembered{}, false
	}
	return m.cache.GetIfPresent(key)
}

// remember keeps a decision. That a caller is let in is no secret from it, and
// holds however it asked; a denial holds for the question alone. Whatever a decoy
// says is a denial, and says nothing of the decoy's own model.
func (m *memory) remember(key decisionKey, what remembered) {
	switch {
	case m.cache == nil || (what.verdict != Allowed && what.verdict != Denied):
	case key.question.decoy:
		what.verdict = Denied
		m.cache.Set(key, what)
	case what.verdict == Allowed:
		what.renew = m.renewal(what.checked)
		m.cache.Set(key.shared(), what)
		m.entered.Set(key.shared(), what.checked)
	default:
		m.cache.Set(key, what)
		m.entered.Invalidate(key.shared())
	}
}

// admitted says whether the endpoint has let the caller in lately and not turned
// it away since.
func (m *memory) admitted(key decisionKey) bool {
	_, ok := m.letIn(key)
	return ok
}

// letIn is when the endpoint has last let the caller in.
func (m *memory) letIn(key decisionKey) (checked int64, ok bool) {
	if m.entered == nil {
		return 0, false
	}
	return m.entered.GetIfPresent(key.shared())
}

func (m *memory) close() {
	if m.cache != nil {
		m.cache.StopAllGoroutines()
		m.entered.StopAllGoroutines()
	}
}
