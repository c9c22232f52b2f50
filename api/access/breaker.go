package access

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/sony/gobreaker/v2"
)

const (
	maxBreakers     = 1 << 15
	breakerIdleTime = 10 * time.Minute
)

// breakers hold one circuit breaker an endpoint, made at the first probe and
// forgotten when it is not asked for any more.
type breakers struct {
	faults   int
	openFor  time.Duration
	byTarget *otter.Cache[targetKey, *breaker]
}

// breaker remembers an endpoint's faults. Callers' denials are no faults.
type breaker struct {
	steps *gobreaker.TwoStepCircuitBreaker[struct{}]
	// hung is set while the last probe ran into its timeout. Such a fault opens
	// the breaker alone, since each further try costs somebody as much again.
	hung atomic.Bool
}

var errFault = errors.New("the endpoint is at fault")

func newBreakers(faults int, openFor time.Duration) (*breakers, error) {
	cache, err := otter.New(&otter.Options[targetKey, *breaker]{
		MaximumSize:      maxBreakers,
		ExpiryCalculator: otter.ExpiryAccessing[targetKey, *breaker](breakerIdleTime),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of breakers: %w", err)
	}
	return &breakers{faults: faults, openFor: openFor, byTarget: cache}, nil
}

func (bs *breakers) of(key targetKey) *breaker {
	b, _ := bs.byTarget.ComputeIfAbsent(key, func() (*breaker, bool) { return bs.newBreaker(), false })
	return b
}

func (bs *breakers) newBreaker() *breaker {
	b := &breaker{}
	b.steps = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests: 1,
		Timeout:     bs.openFor,
		ReadyToTrip: func(counts gobreaker.Counts) bool {
			return int64(counts.ConsecutiveFailures) >= int64(bs.faults) || b.hung.Load()
		},
		IsExcluded: func(err error) bool { return errors.Is(err, errNoEvidence) },
	})
	return b
}

// errNoEvidence reports a probe that says nothing about its endpoint.
var errNoEvidence = errors.New("no evidence")

// report says how a probe that was let through has ended.
func (b *breaker) report(done func(error), result outcome) {
	switch {
	case result == outcomeAborted || result == outcomeRefused:
		done(errNoEvidence)
	case result.fault():
		b.hung.Store(result == outcomeTimeout)
		done(errFault)
	default:
		b.hung.Store(false)
		done(nil)
	}
}

func (b *breaker) open() bool  { return b.steps.State() == gobreaker.StateOpen }
func (b *breaker) trial() bool { return b.steps.State() == gobreaker.StateHalfOpen }

// states counts breakers by state.
func (bs *breakers) states() map[gobreaker.State]int {
	counts := map[gobreaker.State]int{}
	for b := range bs.byTarget.Values() {
		counts[b.steps.State()]++
	}
	return counts
}
