package access

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/sony/gobreaker/v2"
)

const (
	maxBreakers     = 1 << 15
	maxTroubles     = 1 << 15
	breakerIdleTime = 10 * time.Minute
	// manyCallers are as many as make the trouble of callers the endpoint's own.
	manyCallers = 5
)

// breakers hold one circuit breaker for each key, and forget it when it is not
// asked for any more: of endpoints, and of callers at endpoints.
type breakers[K comparable] struct {
	faults  int
	openFor time.Duration
	byKey   *otter.Cache[K, *breaker]
}

// breaker remembers faults. Callers' denials are no faults.
type breaker struct {
	steps *gobreaker.TwoStepCircuitBreaker[struct{}]
	// hung is set while the last probe ran into its timeout. Such a fault opens
	// the breaker alone, since each further try costs somebody as much again.
	hung atomic.Bool
	// denial is the mean time of its denials, in nanoseconds, see reluctance; 0 before the
	// first answer.
	denial atomic.Int64

	mu sync.Mutex
	// inTrouble are callers that the endpoint has answered with nothing but
	// trouble since it last answered anybody: whether it has let each in before.
	inTrouble map[callerKey]bool
	// silent is set when the last of them was not answered at all.
	silent bool
}

var errFault = errors.New("the endpoint is at fault")

func newBreakers[K comparable](most, faults int, openFor time.Duration) (*breakers[K], error) {
	cache, err := otter.New(&otter.Options[K, *breaker]{
		MaximumSize:      most,
		ExpiryCalculator: otter.ExpiryAccessing[K, *breaker](breakerIdleTime),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of breakers: %w", err)
	}
	return &breakers[K]{faults: faults, openFor: openFor, byKey: cache}, nil
}

// of is the breaker of a key, made at the first call.
func (bs *breakers[K]) of(key K) *breaker {
	b, _ := bs.byKey.ComputeIfAbsent(key, func() (*breaker, bool) { return bs.newBreaker(), false })
	return b
}

// find is the breaker of a key, nil where nothing has made it.
func (bs *breakers[K]) find(key K) *breaker {
	b, _ := bs.byKey.GetIfPresent(key)
	return b
}

func (bs *breakers[K]) newBreaker() *breaker {
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

// errNoEvidence reports a probe that says nothing about who the breaker is of.
var errNoEvidence = errors.New("no evidence")

// fault ends a step that was let through with a fault.
func (b *breaker) fault(done func(error), hung bool) {
	b.hung.Store(hung)
	done(errFault)
}

// answered ends a step that was let through with an answer.
func (b *breaker) answered(done func(error)) {
	b.hung.Store(false)
	b.mu.Lock()
	b.inTrouble, b.silent = nil, false
	b.mu.Unlock()
	done(nil)
}

// trouble notes that a caller had nothing but trouble, and says whether that is
// the endpoint's own: many have, whom it has let in before. Others may have made
// themselves up.
func (b *breaker) trouble(caller callerKey, admitted, silent bool) (own bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.silent = silent
	if b.inTrouble == nil {
		b.inTrouble = map[callerKey]bool{}
	}
	if _, known := b.inTrouble[caller]; known || len(b.inTrouble) < 4*manyCallers || admitted {
		b.inTrouble[caller] = b.inTrouble[caller] || admitted
	}
	known := 0
	for _, admitted := range b.inTrouble {
		if admitted {
			known++
		}
	}
	return known >= manyCallers
}

// suspect says whether others should not wait long: the last caller has waited in
// vain, or many, whoever they are, have nothing but trouble.
func (b *breaker) suspect() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.silent || len(b.inTrouble) >= manyCallers
}

func (b *breaker) open() bool  { return b != nil && b.steps.State() == gobreaker.StateOpen }
func (b *breaker) trial() bool { return b != nil && b.steps.State() == gobreaker.StateHalfOpen }

// states counts breakers by state.
func (bs *breakers[K]) states() map[gobreaker.State]int {
	counts := map[gobreaker.State]int{}
	for b := range bs.byKey.Values() {
		counts[b.steps.State()]++
	}
	return counts
}
