package access

import (
	"cmp"
	"context"
	"encoding/binary"
	"time"
)

// answer is what came of asking one target.
type answer struct {
	remembered
	retryAfter time.Duration
}

// ask asks one target, together with everybody who asks the same at the time.
// It waits no longer than ctx; the question itself goes on without it.
func (c *Checker) ask(ctx context.Context, caller *Caller, target *Target) answer {
	if c.breakers.of(target.id).trial() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, trialPatience)
		defer cancel()
	}
	key := verdictKey{caller.key, target.id}
	result := c.flights.DoChan(key.flight(), func() (any, error) {
		if !c.begin() {
			return answer{}, nil
		}
		defer c.running.Done()
		return c.fly(ctx, caller, target, key), nil
	})
	select {
	case r := <-result:
		got, ok := r.Val.(answer)
		if !ok { // singleflight gives back what fly gave it
			panic(r.Err)
		}
		return got
	case <-ctx.Done():
		return answer{}
	}
}

// flight is the key under which equal questions meet.
func (k verdictKey) flight() string {
	id := k.target.Value()
	accepts := make([]byte, 0, len(id.accepts)*8)
	for _, word := range id.accepts {
		accepts = binary.LittleEndian.AppendUint64(accepts, word)
	}
	return string(k.caller[:]) + string(accepts) + id.manner + "\n" + id.url
}

// fly asks for good: with a deadline of its own, detached from the request
// that happened to come first.
func (c *Checker) fly(ctx context.Context, caller *Caller, target *Target, key verdictKey) answer {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.limits.Budget)
	defer cancel()
	defer c.onClose(cancel)()

	// Somebody may have got the answer since it was looked up.
	if known, ok := c.memory.recall(key); ok {
		return answer{remembered: known}
	}
	breaker := c.breakers.of(target.id)
	if breaker.open() {
		return answer{}
	}
	if wait, ok := c.throttle.take(caller.key, c.clock.Now()); !ok {
		return answer{remembered: remembered{verdict: Throttled}, retryAfter: wait}
	}
	if err := c.slots.Acquire(ctx, 1); err != nil {
		return answer{}
	}
	done, err := breaker.steps.Allow()
	if err != nil {
		c.slots.Release(1)
		return answer{}
	}
	result := c.probe(ctx, caller, target)
	breaker.report(done, result)
	found := remembered{verdict: result.verdict(), checked: c.clock.Now().UnixNano()}
	c.memory.remember(key, found)
	return answer{remembered: found}
}

// probe sends the question, holding a slot until the connection is free again.
func (c *Checker) probe(ctx context.Context, caller *Caller, target *Target) outcome {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cmp.Or(target.probe.Timeout, c.limits.ProbeTimeout))
	stop := c.onClose(cancel)
	c.running.Add(1)
	started := c.clock.Now()
	c.metrics.inFlight.Inc()
	result, refusal := probe(ctx, c.transport, target, caller, func() {
		stop()
		cancel()
		c.slots.Release(1)
		c.metrics.inFlight.Dec()
		c.running.Done()
	})
	c.metrics.probed(target.kind, result, c.clock.Since(started))
	if result == outcomeRefused {
		c.reportRefusal(target, refusal)
	}
	return result
}

// reportRefusal logs once an endpoint, not once a call.
func (c *Checker) reportRefusal(target *Target, reason string) {
	if _, isNew := c.reported.SetIfAbsent(target.model+" "+reason, struct{}{}); isNew {
		c.metrics.refused.Inc()
		c.log.Warn("model is not listed: credentials may not be sent to its endpoint", "model", target.model, "reason", reason,
			"hint", "correct status.endpoint, or see --trusted-hosts, --allow-http, --allow-cidr and --cluster-cidrs")
	}
}
