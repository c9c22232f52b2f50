package access

import (
	"cmp"
	"context"
	"time"
)

// askAll asks the targets of the given indices and answers in their order. The
// questions wait for their turn here, in the caller's own goroutine: when the
// client leaves, what was not sent is never sent, and costs nothing.
func (c *Checker) askAll(ctx context.Context, caller *Caller, targets []*Target, indices []int) []answer {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Budget)
	defer cancel()
	answers := make([]answer, len(indices))
	arrivals := make(chan arrival, len(indices))
	for next, open := 0, 0; next < len(indices) || open > 0; {
		if next < len(indices) && open < c.limits.PerCheck && ctx.Err() == nil {
			c.ask(ctx, caller, targets[indices[next]], asker{arrivals, next})
			next++
			open++
			continue
		}
		select {
		case got := <-arrivals:
			answers[got.question] = got.answer
			open--
		case <-ctx.Done():
			return answers
		}
	}
	return answers
}

// ask has the asker told what came of asking one target, together with
// everybody who asks the same at the time. It returns when the probe is under
// way, or there will be none. A probe that is under way goes on without those
// who asked: its answer is remembered.
func (c *Checker) ask(ctx context.Context, caller *Caller, target *Target, who asker) {
	key := caller.verdictKey(target)
	breaker := c.breakers.of(target.id)
	if breaker.trial() {
		patient, cancel := context.WithTimeout(ctx, trialPatience)
		ctx = patient
		// From the end of this function on, when the asker has joined.
		defer func() {
			_ = context.AfterFunc(patient, func() {
				cancel()
				c.flights.leave(key, who)
			})
		}()
	}
	if c.flights.join(key, who) {
		return
	}
	if breaker.open() {
		who.tell(answer{})
		return
	}
	if wait, spent := c.throttle.spent(caller.key, c.clock.Now()); spent {
		who.tell(throttled(wait))
		return
	}
	if c.slots.Acquire(ctx, 1) != nil {
		who.tell(answer{})
		return
	}
	if !c.begin() {
		c.slots.Release(1)
		who.tell(answer{})
		return
	}
	if !c.flights.begin(key, who) {
		c.slots.Release(1)
		c.running.Done()
		return
	}
	c.fly(ctx, caller, target, key)
}

func throttled(wait time.Duration) answer {
	return answer{remembered: remembered{verdict: Throttled}, retryAfter: wait}
}

// fly starts the probe, unless there is nothing to ask or nobody may be asked.
func (c *Checker) fly(ctx context.Context, caller *Caller, target *Target, key verdictKey) {
	breaker := c.breakers.of(target.id)
	settle := func(what answer) {
		c.slots.Release(1)
		c.running.Done()
		c.flights.land(key, what)
	}
	// Somebody may have got the answer since it was looked up.
	if known, ok := c.memory.recall(key); ok {
		settle(answer{remembered: known})
		return
	}
	done, err := breaker.steps.Allow()
	if err != nil {
		settle(answer{})
		return
	}
	if wait, ok := c.throttle.take(caller.key, c.clock.Now()); !ok {
		done(errNoEvidence)
		settle(throttled(wait))
		return
	}
	go func() {
		defer c.running.Done()
		result := c.probe(ctx, caller, target)
		breaker.report(done, result)
		found := remembered{verdict: result.verdict(), checked: c.clock.Now().UnixNano()}
		c.memory.remember(key, found)
		c.flights.land(key, answer{remembered: found})
	}()
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
