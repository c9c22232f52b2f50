package access

import (
	"context"
	"time"
)

// quietTime is after how long without an answer a check's own models are what holds
// it up, and not how many others are asking.
const quietTime = 100 * time.Millisecond

// errand is a check that has been admitted, while it asks.
type errand struct {
	checker *Checker
	agenda  *agenda
	party   *party
	// seats are those held, open how many questions are under way.
	seats, open int
	// quiet counts the ends of quiet times since the last answer; silence is the
	// present one.
	quiet    int
	silence  context.Context //nolint:containedctx // it is the timer alone
	stop     context.CancelFunc
	answers  []answer
	arrivals chan arrival
}

// run asks all questions and waits for the answers, or until ctx ends.
func (e *errand) run(ctx context.Context, caller *Caller) {
	most := e.checker.limits.PerCheck
	e.listen(ctx)
	defer func() { e.stop() }()
	for e.agenda.waiting > 0 || e.open > 0 {
		if e.open < most && ctx.Err() == nil && e.begin(ctx, caller) {
			continue
		}
		// What waits needs its seats, unless it waits for the turns of slow models.
		if e.quiet > 1 {
			e.hold(e.open)
		} else {
			e.hold(min(most, e.open+e.agenda.waiting))
		}
		select {
		case got := <-e.arrivals:
			e.answers[got.question] = got.answer
			e.agenda.end(got)
			e.open--
			e.quiet = 0
		case <-ctx.Done():
			return
		case <-e.silence.Done():
			e.quiet++
			e.stop()
			e.listen(ctx)
		}
	}
}

// begin asks a question, and is false where an answer has to come first.
func (e *errand) begin(ctx context.Context, caller *Caller) bool {
	ask := func(question int, target *Target, late, wait bool) bool {
		var patience time.Duration
		switch {
		case wait && e.quiet > 1:
			patience = e.checker.limits.Budget
		case wait && !e.checker.turns.stuck(caller.turnAt(target)):
			patience = quietTime
		}
		return e.checker.ask(ctx, caller, target, asker{e.arrivals, question}, late, patience)
	}
	if e.agenda.begin(e.checker.limits.PerCheck, e.open, ask) {
		e.open++
		return true
	}
	if e.open > 0 || e.agenda.waiting == 0 {
		return false
	}
	// Nothing is under way, and no turn came.
	e.quiet = 2
	e.hold(0)
	return true
}

// listen begins another quiet time.
func (e *errand) listen(ctx context.Context) {
	e.silence, e.stop = context.WithTimeout(ctx, quietTime)
}

// hold says how many seats the check has use for.
func (e *errand) hold(seats int) {
	if seats != e.seats {
		e.seats = seats
		e.checker.admission.hold(e.party, seats)
	}
}
