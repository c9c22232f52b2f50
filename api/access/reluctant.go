package access

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// reluctance is how long an endpoint lately took to turn callers away, in the mean;
// a caller that was let in counts as no time.
//
// Whoever makes tokens up decides how many such questions there are. Endpoints that
// take long to deny them would hold up everything else that strangers ask.
type reluctance uint8

const (
	// unproven is an endpoint that has decided nothing yet.
	unproven reluctance = iota
	// willing answers soon, or lets callers in.
	willing
	// reluctant takes long to turn them away.
	reluctant
)

// reluctance of an endpoint.
func (c *Checker) reluctance(target *Target) reluctance {
	b := c.breakers.find(target.id)
	if b == nil {
		return unproven
	}
	switch mean := b.denial.Load(); {
	case mean == 0:
		return unproven
	case mean > int64(c.limits.ProbeTimeout/16):
		return reluctant
	default:
		return willing
	}
}

// decided notes an answer, and how long it took.
func (b *breaker) decided(result outcome, took time.Duration) {
	const weight = 4 // of what was before and of this one
	if result == outcomeAllowed {
		took = 0
	}
	mean := b.denial.Load()
	if mean == 0 {
		mean = int64(took)
	}
	b.denial.Store(max(1, ((weight-1)*mean+int64(took))/weight))
}

// forReluctant is how many of all turns, and seats, are for what strangers ask
// reluctant endpoints: less than one host has, so that others at the same gateway are
// asked meanwhile.
func forReluctant(all int) int { return share(share(all)) * 2 / 3 }

// turnAt is whose turn a probe of the target takes.
func (c *Caller) turnAt(target *Target) owner {
	o := target.owner()
	o.reluctant = c.asksReluctant
	return o
}

// putStrangers asks what somebody asks whom no endpoint has let in lately. What
// reluctant endpoints are asked waits by itself, and so does, beside them, what those
// are asked of which nothing is known. Where that is in vain, the list has gaps there:
// whoever is let in elsewhere gets those models, and others are told to come again.
func (c *Checker) putStrangers(ctx context.Context, caller *Caller, all *agenda, answers []answer) (busy time.Duration, late bool) {
	if !slices.ContainsFunc(all.targets, func(t *Target) bool { return t != nil && c.reluctance(t) == reluctant }) {
		return c.put(ctx, caller, false, all, answers)
	}
	quick, slow := all.split(func(t *Target) bool { return c.reluctance(t) != willing })
	slow.order(func(t, other *Target) int { return cmp.Compare(c.reluctance(t), c.reluctance(other)) })
	asksReluctant := *caller
	asksReluctant.asksReluctant = true
	if quick.waiting == 0 {
		return c.put(ctx, &asksReluctant, false, slow, answers)
	}
	slowCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	var slowBusy time.Duration
	var slowLate bool
	group.Go(func() {
		slowBusy, slowLate = c.put(slowCtx, &asksReluctant, false, slow, answers)
	})
	if busy, late = c.put(ctx, caller, false, quick, answers); busy > 0 {
		cancel()
	}
	group.Wait()
	if !slices.ContainsFunc(answers, func(a answer) bool { return a.verdict == Allowed }) {
		busy = max(busy, slowBusy)
	}
	return busy, late || slowLate
}
