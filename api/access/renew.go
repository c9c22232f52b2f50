package access

import "context"

// renew has permissions asked for again before they run out, as far as turns and
// the caller's probes are to spare: whoever goes on calling is answered from what
// is known, and no list has to wait for all of them at one moment. One that is not
// renewed in time is forgotten as before.
func (c *Checker) renew(ctx context.Context, caller *Caller, targets []*Target, aged []int) {
	for _, i := range aged {
		target := targets[i]
		if c.leftAlone(caller, target) || !c.throttle.plenty(caller.key, c.clock.Now()) || !c.turns.spare(ctx, caller.turnAt(target)) {
			continue
		}
		c.launch(ctx, caller, target)
	}
}
