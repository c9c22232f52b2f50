package access

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/semaphore"
)

// share is how many of the turns the models of one namespace may have: whoever
// may edit it decides how long its backends take to answer, and how many there are.
func share(turns int) int { return turns - turns/4 }

// turns are those that probes take to be under way: altogether, and of the models
// of one namespace.
type turns struct {
	all         *semaphore.Weighted
	share, half int64

	mu          sync.Mutex
	byNamespace map[string]*namespaceTurns
}

type namespaceTurns struct {
	taken *semaphore.Weighted
	// users have a turn, or wait for one.
	users int
}

func newTurns(most int) *turns {
	return &turns{all: semaphore.NewWeighted(int64(most)), share: int64(share(most)), half: int64(most / 2), byNamespace: map[string]*namespaceTurns{}}
}

var errShareTaken = errors.New("the namespace has all the turns that it may have")

// take takes a turn for a model of a namespace, which may mean to wait for one
// until ctx ends. That others of the namespace have all its turns is waited for
// only if the caller says so, else it is errShareTaken.
func (t *turns) take(ctx context.Context, namespace string, wait bool) error {
	own := t.join(namespace)
	if !own.taken.TryAcquire(1) {
		if !wait {
			t.leave(namespace)
			return errShareTaken
		}
		if err := own.taken.Acquire(ctx, 1); err != nil {
			t.leave(namespace)
			return err
		}
	}
	if err := t.all.Acquire(ctx, 1); err != nil {
		own.taken.Release(1)
		t.leave(namespace)
		return err
	}
	return nil
}

// spare takes a turn if half of all are free.
func (t *turns) spare(namespace string) bool {
	own := t.join(namespace)
	if !own.taken.TryAcquire(1) {
		t.leave(namespace)
		return false
	}
	if !t.all.TryAcquire(1 + t.half) {
		own.taken.Release(1)
		t.leave(namespace)
		return false
	}
	t.all.Release(t.half)
	return true
}

// giveBack ends a turn.
func (t *turns) giveBack(namespace string) {
	t.all.Release(1)
	t.leave(namespace).taken.Release(1)
}

func (t *turns) join(namespace string) *namespaceTurns {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.byNamespace[namespace]
	if own == nil {
		own = &namespaceTurns{taken: semaphore.NewWeighted(t.share)}
		t.byNamespace[namespace] = own
	}
	own.users++
	return own
}

func (t *turns) leave(namespace string) *namespaceTurns {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.byNamespace[namespace]
	if own.users--; own.users == 0 {
		delete(t.byNamespace, namespace)
	}
	return own
}
