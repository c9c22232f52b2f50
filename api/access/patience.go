package access

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/utils/clock"
)

// patience ends what has had its time. For a probe that is one for making the
// connection, and one for the answer, from when the request was sent; for a list its
// budget. What this process was late meanwhile is added, up to as much again.
type patience struct {
	lateness *lateness
	clock    clock.PassiveClock
	end      context.CancelCauseFunc

	mu    sync.Mutex
	timer clock.Timer
	// allowed is for what is waited now, the answer of a probe or what is before it,
	// since when; before is how late the process had been by then.
	allowed, answer time.Duration
	since           time.Time
	before          time.Duration
}

// errLate ends what may not have been seen, since this process was late itself.
var errLate = errors.New("this process was too late to tell")

// newPatience begins with what is waited for first; a probe's answer comes then.
func (c *Checker) newPatience(ctx context.Context, first, answer time.Duration) (context.Context, *patience) {
	ctx, end := context.WithCancelCause(ctx)
	p := &patience{lateness: c.lateness, clock: c.clock, end: end, answer: answer}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begin(first)
	// A clock may call from where it must not be asked for the time.
	p.timer = c.clock.AfterFunc(first, func() { go p.expire() })
	return ctx, p
}

// sent says that the request has been sent.
func (p *patience) sent() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begin(p.answer)
}

func (p *patience) begin(allowed time.Duration) {
	p.allowed, p.since, p.before = allowed, p.clock.Now(), p.lateness.soFar()
}

// expire ends the probe, unless there is time left: the timer is not set anew for
// each probe that is answered in time.
func (p *patience) expire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	late := p.lateness.soFar() - p.before
	switch left := p.allowed + min(late, p.allowed) - p.clock.Since(p.since); {
	case left > 0:
		p.timer.Reset(left)
	case late > p.allowed:
		p.end(errLate)
	default:
		p.end(context.DeadlineExceeded)
	}
}

// stop keeps the timer from ending what follows the answer.
func (p *patience) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
}
