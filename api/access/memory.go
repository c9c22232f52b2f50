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
)

type targetKey = unique.Handle[targetID]

// verdictKey says whose verdict it is. No header can be got back from it.
type verdictKey struct {
	caller callerKey
	target targetKey
}

// remembered is a verdict and when it was given. Only decisions are
// remembered: Allowed and Denied.
type remembered struct {
	verdict Verdict
	// checked is in nanoseconds since 1970.
	checked int64
}

// memory holds verdicts for as long as they may be believed. A denial takes
// the place of an earlier permission at once.
type memory struct {
	cache *otter.Cache[verdictKey, remembered]
}

// newMemory makes a memory; a ttl of 0 gives one that remembers nothing.
func newMemory(ttl time.Duration) (*memory, error) {
	if ttl <= 0 {
		return &memory{}, nil
	}
	cache, err := otter.New(&otter.Options[verdictKey, remembered]{
		MaximumSize: maxVerdicts,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(entry otter.Entry[verdictKey, remembered]) time.Duration {
			if entry.Value.verdict == Allowed {
				return ttl
			}
			return min(ttl, maxDeniedTTL)
		}),
	})
	if err != nil {
		return nil, fmt.Errorf("making the verdict cache: %w", err)
	}
	return &memory{cache: cache}, nil
}

func (m *memory) recall(key verdictKey) (remembered, bool) {
	if m.cache == nil {
		return remembered{}, false
	}
	return m.cache.GetIfPresent(key)
}

func (m *memory) remember(key verdictKey, what remembered) {
	if m.cache != nil && (what.verdict == Allowed || what.verdict == Denied) {
		m.cache.Set(key, what)
	}
}

func (m *memory) close() {
	if m.cache != nil {
		m.cache.StopAllGoroutines()
	}
}
