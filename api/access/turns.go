package access

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"k8s.io/utils/clock"
)

// share is how many of the turns the models of one namespace may have: whoever
// may edit it decides how long its backends take to answer, and how many there are.
func share(turns int) int { return turns - turns/4 }

// turns are those that probes take to be under way: altogether, and of the models
// of one namespace.
type turns struct {
	all         *semaphore.Weighted
	share, half int64
	clock       clock.PassiveClock

	mu          sync.Mutex
	byNamespace map[string]*namespaceTurns
}

type namespaceTurns struct {
	taken *semaphore.Weighted
	// users have a turn, or wait for one.
	users int
	// moved is when one was last given back, or the first was taken.
	moved time.Time
}

func newTurns(most int, clock clock.PassiveClock) *turns {
	return &turns{clock: clock, all: semaphore.NewWeighted(int64(most)), share: int64(share(most)), half: int64(most / 2), byNamespace: map[string]*namespaceTurns{}}
}

var errShareTaken = errors.New("the namespace has all the turns that it may have")

// take takes a turn for a model of a namespace, which may mean to wait for one
// until ctx ends. That others of the namespace have all its turns is waited for
// as long as the caller says, then it is errShareTaken.
func (t *turns) take(ctx context.Context, namespace string, patience time.Duration) error {
	own := t.join(namespace)
	if !own.taken.TryAcquire(1) {
		patient, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if own.taken.Acquire(patient, 1) != nil {
			t.leave(namespace, false)
			return cmp.Or(ctx.Err(), errShareTaken)
		}
	}
	if err := t.all.Acquire(ctx, 1); err != nil {
		own.taken.Release(1)
		t.leave(namespace, false)
		return err
	}
	return nil
}

// stuck says whether none of a namespace's turns has been given back for a while.
func (t *turns) stuck(namespace string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.byNamespace[namespace]
	return own != nil && t.clock.Since(own.moved) > quietTime
}

// spare takes a turn if half of all are free.
func (t *turns) spare(namespace string) bool {
	own := t.join(namespace)
	if !own.taken.TryAcquire(1) {
		t.leave(namespace, false)
		return false
	}
	if !t.all.TryAcquire(1 + t.half) {
		own.taken.Release(1)
		t.leave(namespace, false)
		return false
	}
	t.all.Release(t.half)
	return true
}

// giveBack ends a turn.
func (t *turns) giveBack(namespace string) {
	t.all.Release(1)
	t.leave(namespace, true).taken.Release(1)
}

func (t *turns) join(namespace string) *namespaceTurns {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.byNamespace[namespace]
	if own == nil {
		own = &namespaceTurns{taken: semaphore.NewWeighted(t.share), moved: t.clock.Now()}
		t.byNamespace[namespace] = own
	}
	own.users++
	return own
}

func (t *turns) leave(namespace string, hadTurn bool) *namespaceTurns {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.byNamespace[namespace]
	if hadTurn {
		own.moved = t.clock.Now()
	}
	if own.users--; own.users == 0 {
		delete(t.byNamespace, namespace)
	}
	return own
}
