package access

import "context"

// renew has permissions asked for again before they run out, as far as turns and
// the caller's probes are to spare: whoever goes on calling is answered from what
// is known, and no list has to wait for all of them at one moment. One that is not
// renewed in time is forgotten as before.
func (c *Checker) renew(ctx context.Context, caller *Caller, targets []*Target, aged []int) {
	for _, i := range aged {
		target, now := targets[i], c.clock.Now()
		key := caller.verdictKey(target)
		if c.breakers.of(target.id).open() || c.troubles.find(key).open() ||
			!c.throttle.plenty(caller.key, now) || !c.turns.spare(target.namespace) {
			continue
		}
		if !c.begin() {
			c.turns.giveBack(target.namespace)
			return
		}
		if !c.flights.open(key) {
			c.turns.giveBack(target.namespace)
			c.running.Done()
			continue
		}
		if known, ok := c.memory.recall(key); ok && !known.aged(now.UnixNano()) {
			c.settle(target, key, answer{remembered: known}) // somebody was faster
			continue
		}
		c.fly(ctx, caller, target, key)
	}
}
