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
	clock    clock.WithDelayedExecution
	end      context.CancelCauseFunc

	mu    sync.Mutex
	timer clock.Timer
	// first is for what is waited first, answer for that of a probe then.
	first, answer time.Duration
	// allowed is for what is waited now, since when; before is how late the process
	// had been by then.
	allowed time.Duration
	since   time.Time
	before  time.Duration
}

// errLate ends what may not have been seen, since this process was late itself.
var errLate = errors.New("this process was too late to tell")

// newPatience begins with what is waited for first; a probe's answer comes then.
func (c *Checker) newPatience(ctx context.Context, first, answer time.Duration) (context.Context, *patience) {
	ctx, end := context.WithCancelCause(ctx)
	p := &patience{lateness: c.lateness, clock: c.clock, end: end, first: first, answer: answer}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begin(first)
	p.expireIn(first)
	return ctx, p
}

// sent says that the request has been sent.
func (p *patience) sent() { p.turn(p.answer) }

// connecting says that it has to be sent again, on a connection that is to be made.
func (p *patience) connecting() { p.turn(p.first) }

func (p *patience) turn(allowed time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if allowed < p.allowed {
		p.timer.Stop()
		p.expireIn(allowed)
	}
	p.begin(allowed)
}

func (p *patience) begin(allowed time.Duration) {
	p.allowed, p.since, p.before = allowed, p.clock.Now(), p.lateness.soFar()
}

// expireIn sets another timer: not every clock can set one anew. A clock may also
// call from where it must not be asked for the time.
func (p *patience) expireIn(d time.Duration) {
	p.timer = p.clock.AfterFunc(d, func() { go p.expire() })
}

// expire ends the probe, unless there is time left: the timer is not set anew for
// each probe that is answered in time.
func (p *patience) expire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	late := p.lateness.soFar() - p.before
	switch left := p.allowed + min(late, p.allowed) - p.clock.Since(p.since); {
	case left > 0:
		p.expireIn(left)
	case late > p.allowed:
		p.end(errLate)
	default:
		p.end(context.DeadlineExceeded)
	}
}

// done ends what has come to its own end.
func (p *patience) done() {
	p.stop()
	p.end(nil)
}

// stop keeps the timer from ending what follows the answer.
func (p *patience) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
}
