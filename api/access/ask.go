package access

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"
)

// askAll asks the targets of the given indices and answers in their order. Busy is
// when to come again where too many others are asking, late says that this process
// was too late to tell. The questions wait for their turn here, in the caller's own
// goroutine: when the client leaves, what was not sent is never sent, and costs
// nothing. Known says whether it is certain already that an endpoint has let the
// caller in.
func (c *Checker) askAll(ctx context.Context, caller *Caller, known bool, targets []*Target, indices []int) (answers []answer, busy time.Duration, late bool) {
	answers = make([]answer, len(indices))
	asked := make([]*Target, len(indices))
	for question, i := range indices {
		if !c.leftAlone(caller, targets[i]) {
			asked[question] = targets[i]
		}
	}
	agenda := newAgenda(asked)
	if agenda.waiting == 0 {
		return answers, 0, false
	}
	// Who may not ask anything does not wait to be told so, unless the answers that it
	// asked for before are on their way.
	if wait, spent := c.throttle.spent(caller.key, c.clock.Now()); spent && !c.admission.hasBegun(caller.party()) {
		agenda.refuse(answers, throttled(wait))
		return answers, 0, false
	}
	if wait, ok := c.peers.charge(caller, agenda.waiting, c.clock.Now()); !ok {
		agenda.refuse(answers, throttledByPeer(wait))
		return answers, 0, false
	}
	known = known || c.Admitted(caller, targets)
	if known || !caller.isList() {
		busy, late = c.put(ctx, caller, known, agenda, answers)
	} else {
		busy, late = c.putStrangers(ctx, caller, agenda, answers)
	}
	return answers, busy, late
}

// put asks the questions of an agenda when it is their turn.
func (c *Checker) put(ctx context.Context, caller *Caller, known bool, agenda *agenda, answers []answer) (busy time.Duration, late bool) {
	seats := min(c.limits.PerCheck, agenda.waiting)
	party, later := c.enter(ctx, caller.party(), known, seats)
	if party == nil {
		return later, false
	}
	defer c.admission.leave(party)
	ctx, patience := c.newPatience(ctx, c.limits.Budget, 0)
	defer patience.done()
	e := &errand{checker: c, agenda: agenda, party: party, seats: seats, answers: answers, arrivals: make(chan arrival, agenda.waiting)}
	e.run(ctx, caller)
	return 0, errors.Is(context.Cause(ctx), errLate)
}

// leftAlone says whether the caller's question would not be asked now.
func (c *Checker) leftAlone(caller *Caller, target *Target) bool {
	return c.breakers.find(target.id).open() || c.troubles.find(caller.decisionKey(target)).open()
}

// ask has the asker told what came of asking one target, together with
// everybody who asks the same at the time. It returns when the probe is under
// way, or there will be none. A probe that is under way goes on without those
// who asked: its answer is remembered. It is false, and nobody is told anything,
// when the target's namespace, or its host there, has all its turns for longer than
// its patience. Late means that no trial is begun.
func (c *Checker) ask(ctx context.Context, caller *Caller, target *Target, who asker, late bool, patience time.Duration) (asked bool) {
	key := caller.decisionKey(target)
	endpoint, trouble := c.breakers.of(target.id), c.troubles.find(key)
	if endpoint.trial() || trouble.trial() || endpoint.suspect() {
		if late {
			who.tell(answer{})
			return true
		}
		patient, patience := c.newPatience(ctx, trialPatience, 0)
		ctx = patient
		// From the end of this function on, when the asker has joined.
		defer func() {
			if !asked {
				patience.done()
				return
			}
			_ = context.AfterFunc(patient, func() {
				patience.done()
				// A late process says nothing of the others' trials.
				c.flights.leave(key, who, answer{late: !errors.Is(context.Cause(patient), errLate)})
			})
		}()
	}
	if c.flights.join(key, who) {
		c.underWay.join(ctx, key)
		return true
	}
	if endpoint.open() || trouble.open() {
		who.tell(answer{})
		return true
	}
	if wait, spent := c.throttle.spent(caller.key, c.clock.Now()); spent {
		who.tell(throttled(wait))
		return true
	}
	switch err := c.turns.take(ctx, caller.turnAt(target), patience); {
	case errors.Is(err, errShareTaken):
		return false
	case err != nil:
		who.tell(answer{})
		return true
	}
	c.launch(ctx, caller, target, who)
	return true
}

// launch has a turn that was taken used for a probe, for the asker if there is
// one, unless the process ends or another was faster.
func (c *Checker) launch(ctx context.Context, caller *Caller, target *Target, who ...asker) {
	key := caller.decisionKey(target)
	if !c.begin() {
		c.turns.giveBack(caller.turnAt(target))
		for _, asker := range who {
			asker.tell(answer{})
		}
		return
	}
	if !c.flights.begin(key, who...) {
		c.turns.giveBack(caller.turnAt(target))
		c.running.Done()
		return
	}
	// Somebody may have got the answer since it was looked up.
	if known, ok := c.memory.recall(key); ok && !known.aged(c.clock.Now().UnixNano()) {
		c.settle(caller, target, key, answer{remembered: known})
		return
	}
	c.fly(ctx, caller, target, key)
}

func throttled(wait time.Duration) answer {
	return answer{remembered: remembered{verdict: Throttled}, retryAfter: wait}
}

// settle ends what was begun without a probe.
func (c *Checker) settle(caller *Caller, target *Target, key decisionKey, what answer) {
	c.turns.giveBack(caller.turnAt(target))
	c.running.Done()
	c.flights.land(key, what)
}

// fly starts the probe, unless nobody may be asked.
func (c *Checker) fly(ctx context.Context, caller *Caller, target *Target, key decisionKey) {
	attempt, ok := c.attempt(caller, target)
	if !ok {
		c.settle(caller, target, key, answer{})
		return
	}
	if wait, ok := c.throttle.take(caller.key, c.clock.Now()); !ok {
		attempt.abandon()
		c.settle(caller, target, key, throttled(wait))
		return
	}
	c.workers.run(func() {
		defer c.running.Done()
		result, took := c.probe(ctx, caller, target)
		attempt.report(result, took)
		found := remembered{verdict: result.decision(), checked: c.clock.Now().UnixNano(), took: max(0, took)}
		c.memory.remember(key, found)
		c.flights.land(key, answer{remembered: found, tooLate: result == outcomeLate})
	}, c.running.Go)
}

// probe sends the question and gives the turn back that was taken for it. What
// follows the verdict on the connection has no turn. Took is the time until then.
func (c *Checker) probe(ctx context.Context, caller *Caller, target *Target) (result outcome, took time.Duration) {
	key := caller.decisionKey(target)
	ctx, span := c.underWay.begin(ctx, key, target)
	answer := cmp.Or(target.probe.Timeout, c.limits.ProbeTimeout)
	ctx, asked := withProbing(c.untilClose(ctx), target, caller)
	ctx, asked.patience = c.newPatience(ctx, c.limits.ProbeTimeout, answer)
	started, late := c.clock.Now(), c.lateness.soFar()
	c.metrics.inFlight.Inc()
	result, refusal, rest := probe(ctx, c.transport, target, caller)
	took = c.clock.Since(started)
	c.metrics.inFlight.Dec()
	c.underWay.end(span, key, result)
	c.turns.giveBack(caller.turnAt(target))
	asked.patience.stop()
	c.readRest(ctx, rest, c.rest(target, key, result), func() { asked.patience.end(nil) })
	c.metrics.probed(target.kind, result, took)
	switch result {
	case outcomeRefused:
		c.reportRefusal(target, refusal)
	case outcomeUnexpected:
		c.reportUnexpected(target, refusal)
	}
	return result, took - (c.lateness.soFar() - late)
}

// restPatience is how long a body may take whose verdict is known: one that was
// sent with its header is there.
const restPatience = 100 * time.Millisecond

// readRest has a body read, nil where there is none, so that its connection can be
// used again. One that is late, or that there is no room for, is closed. end ends
// the probe, whose context ctx is.
func (c *Checker) readRest(ctx context.Context, body io.ReadCloser, read func(io.ReadCloser), end func()) {
	if body == nil {
		end()
		return
	}
	if !c.rests.TryAcquire(1) {
		_ = body.Close()
		end()
		return
	}
	c.running.Go(func() {
		patient, cancel := context.WithTimeout(ctx, restPatience)
		stop := context.AfterFunc(patient, end)
		read(body)
		stop()
		cancel()
		end()
		c.rests.Release(1)
	})
}

// isNews says whether something was not said before: what is wrong with an endpoint
// is logged once, not once a call.
func (c *Checker) isNews(what string) bool {
	_, isNew := c.reported.SetIfAbsent(what, struct{}{})
	return isNew
}

func (c *Checker) reportRefusal(target *Target, reason string) {
	if c.isNews(target.model + " " + reason) {
		c.metrics.refused.Inc()
		c.log.Warn("model is not listed: credentials may not be sent to its endpoint", "model", target.model, "reason", reason,
			"hint", "correct status.endpoint, or see --trusted-hosts, --allow-http, --allow-cidr and --cluster-cidrs")
	}
}
