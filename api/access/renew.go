package access

import (
	"context"
	"time"
)

// renewalPause is after what time more is asked where nothing was to spare.
const renewalPause = 10 * time.Millisecond

// renew has permissions asked for again before they run out, as far as turns and
// the caller's probes are to spare: whoever goes on calling is answered from what
// is known, and no list has to wait for all of them at one moment. It goes on after
// the list that they are used for, one list of a caller at a time. One that is not
// renewed in time is forgotten as before.
func (c *Checker) renew(ctx context.Context, caller *Caller, targets []*Target, aged []int) {
	if len(aged) == 0 || !c.begin() {
		return
	}
	if _, isRenewing := c.renewing.LoadOrStore(caller.key, nil); isRenewing {
		c.running.Done()
		return
	}
	go func() {
		defer c.running.Done()
		defer c.renewing.Delete(caller.key)
		ctx, patience := c.newPatience(c.untilClose(ctx), c.limits.VerdictTTL/2, 0)
		defer patience.done()
		for left := c.renewSome(ctx, caller, targets, aged); len(left) > 0; left = c.renewSome(ctx, caller, targets, left) {
			timer := c.clock.NewTimer(renewalPause)
			select {
			case <-timer.C():
			case <-ctx.Done():
				timer.Stop()
				return
			}
		}
	}()
}

// renewSome has as many asked for again as there are turns for now, and gives those
// that are left. One whose owner has all its turns holds up no other.
func (c *Checker) renewSome(ctx context.Context, caller *Caller, targets []*Target, aged []int) (left []int) {
	for k, i := range aged {
		target := targets[i]
		known, ok := c.memory.recall(caller.decisionKey(target))
		if !ok || !known.aged(c.clock.Now().UnixNano()) || c.leftAlone(caller, target) {
			continue
		}
		if !c.throttle.plenty(caller.key, c.clock.Now()) {
			return append(left, aged[k:]...)
		}
		switch c.turns.spare(ctx, caller.turnAt(target)) {
		case taken:
			c.launch(ctx, caller, target)
		case noneOfOwner:
			left = append(left, i)
		case noneAtAll:
			return append(left, aged[k:]...)
		}
	}
	return left
}
