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

// share is how many of the turns the models of one namespace may have, and how many
// of these those of one host: whoever may edit the namespace, or runs the host,
// decides how long its backends take to answer, and how many there are. Since it is
// more than half, no more than one can have its share while turns are left.
func share(turns int) int { return turns - turns/4 }

// turns are those that probes take to be under way: altogether, of the models of one
// namespace, among those of one host, and of reluctant endpoints.
type turns struct {
	all   *semaphore.Weighted
	most  int
	clock clock.PassiveClock

	mu     sync.Mutex
	shares map[owner]*ownTurns
}

// owner is whose turn a probe takes: a namespace's, and there a host's. Without host
// it is the namespace as a whole, and without either all that strangers ask reluctant
// endpoints.
type owner struct {
	namespace, host string
	reluctant       bool
}

// claims are the owners whose turns a probe takes, and how many each may have.
func (t *turns) claims(o owner) (claims [3]claim, n int) {
	most := share(t.most)
	claims = [3]claim{
		{owner{namespace: o.namespace, host: o.host}, share(most)}, {owner{namespace: o.namespace}, most},
		{owner{reluctant: true}, forReluctant(t.most)},
	}
	if o.reluctant {
		return claims, 3
	}
	return claims, 2
}

type claim struct {
	owner
	most int
}

// ownTurns are those of an owner.
type ownTurns struct {
	taken *semaphore.Weighted
	most  int
	// users have a turn, or wait for one.
	users int
	// moved is when one was last given back, or the first was taken.
	moved time.Time
}

func newTurns(most int, clock clock.PassiveClock) *turns {
	return &turns{clock: clock, all: semaphore.NewWeighted(int64(most)), most: most, shares: map[owner]*ownTurns{}}
}

var errShareTaken = errors.New("the namespace, or the host in it, has all the turns that it may have")

// take takes a turn, which may mean to wait for one until ctx ends. That others of
// the same owner have all its turns is waited for as long as the caller says, then it
// is errShareTaken.
func (t *turns) take(ctx context.Context, o owner, patience time.Duration) error {
	if err := t.takeOwn(ctx, o, patience); err != nil {
		return err
	}
	if err := t.all.Acquire(ctx, 1); err != nil {
		t.release(o, false)
		return err
	}
	return nil
}

// takeOwn takes one of an owner's turns, and none of all.
func (t *turns) takeOwn(ctx context.Context, o owner, patience time.Duration) error {
	owned, n := t.join(o)
	for i, own := range owned[:n] {
		if err := own.take(ctx, patience); err != nil {
			for _, taken := range owned[:i] {
				taken.taken.Release(1)
			}
			t.leave(o, false)
			return err
		}
	}
	return nil
}

func (o *ownTurns) take(ctx context.Context, patience time.Duration) error {
	if o.taken.TryAcquire(1) {
		return nil
	}
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if o.taken.Acquire(patient, 1) != nil {
		return cmp.Or(ctx.Err(), errShareTaken)
	}
	return nil
}

// stuck says whether all turns of an owner are taken, and none has been given back
// for a while.
func (t *turns) stuck(o owner) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	claims, n := t.claims(o)
	for _, claim := range claims[:n] {
		own := t.shares[claim.owner]
		if own != nil && own.users >= own.most && t.clock.Since(own.moved) > quietTime {
			return true
		}
	}
	return false
}

// spareness is whether there was a turn to spare.
type spareness uint8

const (
	taken spareness = iota
	// noneOfOwner means that another owner may have one.
	noneOfOwner
	noneAtAll
)

// spare takes a turn if half of all are free. Of that half no namespace gets more than
// its share.
func (t *turns) spare(ctx context.Context, o owner) spareness {
	half := t.most / 2
	if t.users(o.namespace) >= share(half) || t.takeOwn(ctx, o, 0) != nil {
		return noneOfOwner
	}
	if !t.all.TryAcquire(int64(1 + half)) {
		t.release(o, false)
		return noneAtAll
	}
	t.all.Release(int64(half))
	return taken
}

// users says how many have a turn of a namespace's, or wait for one.
func (t *turns) users(namespace string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if own := t.shares[owner{namespace: namespace}]; own != nil {
		return own.users
	}
	return 0
}

// giveBack ends a turn.
func (t *turns) giveBack(o owner) {
	t.all.Release(1)
	t.release(o, true)
}

// release gives back what was taken of an owner's turns; moved says that it was one.
func (t *turns) release(o owner, moved bool) {
	owned, n := t.leave(o, moved)
	for _, own := range owned[:n] {
		own.taken.Release(1)
	}
}

func (t *turns) join(o owner) (owned [3]*ownTurns, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	claims, n := t.claims(o)
	for i, claim := range claims[:n] {
		owned[i] = t.of(claim)
	}
	return owned, n
}

func (t *turns) of(c claim) *ownTurns {
	own := t.shares[c.owner]
	if own == nil {
		own = &ownTurns{taken: semaphore.NewWeighted(int64(c.most)), most: c.most, moved: t.clock.Now()}
		t.shares[c.owner] = own
	}
	own.users++
	return own
}

func (t *turns) leave(o owner, moved bool) (owned [3]*ownTurns, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	claims, n := t.claims(o)
	for i, claim := range claims[:n] {
		owned[i] = t.left(claim.owner, moved)
	}
	return owned, n
}

func (t *turns) left(o owner, moved bool) *ownTurns {
	own := t.shares[o]
	if moved {
		own.moved = t.clock.Now()
	}
	if own.users--; own.users == 0 {
		delete(t.shares, o)
	}
	return own
}
