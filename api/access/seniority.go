package access

import (
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"
)

const (
	// maxSeniors bounds how many callers are known to have been turned away.
	maxSeniors = 1 << 14
	// seniorFor is for how long a caller who was told to come again keeps its place, and
	// how far it gets in front: some times what it is told to wait.
	seniorFor = 10 * time.Second
)

// seniority is since when callers have been asking who were told to come again. They
// wait before those who came later: else who comes back finds every place taken by
// somebody new, again and again.
type seniority struct {
	since *otter.Cache[callerKey, time.Time]
}

func newSeniority() (*seniority, error) {
	since, err := otter.New(&otter.Options[callerKey, time.Time]{
		MaximumSize: maxSeniors, ExpiryCalculator: otter.ExpiryWriting[callerKey, time.Time](seniorFor),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of callers who were turned away: %w", err)
	}
	return &seniority{since}, nil
}

// of is since when a caller that asks now has been asking.
func (s *seniority) of(caller callerKey, now time.Time) time.Time {
	since, ok := s.since.GetIfPresent(caller)
	if !ok {
		return now
	}
	if earliest := now.Add(-seniorFor); since.Before(earliest) {
		return earliest
	}
	return since
}

func (s *seniority) turnedAway(p *party) { s.since.Set(p.key.caller, p.asking) }

func (s *seniority) served(p *party) { s.since.Invalidate(p.key.caller) }

func (s *seniority) close() { s.since.StopAllGoroutines() }
