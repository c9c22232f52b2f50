package access

import (
	"context"
	"sync"
	"time"

	"k8s.io/utils/clock"
)

// admission decides which checks ask now, which wait, and which are turned away.
// Checks that ask at a time share the turns. Were there no bound, just past what the
// machine can do each would get too few, and all would run out of budget together.
//
// A check holds seats, as many as it has use for turns, and begins when one is free.
// All lists of a caller at a time are one party, since they ask the same. The words
// are those of API Priority and Fairness in kube-apiserver.
type admission struct {
	seats int
	clock clock.PassiveClock

	mu      sync.Mutex
	parties map[partyKey]*party
	// Callers whom no endpoint has let in lately may have made themselves up: they
	// leave some seats free, and where both sorts wait, one of them begins for three
	// of the others. Reluctant is for their questions to endpoints that take long to
	// turn such callers away.
	known, strangers, reluctant *lane
	// begun counts those that have waited.
	begun   int
	seniors *seniority
}

// partyKey says what is asked at a time, and for whom.
type partyKey struct {
	caller    callerKey
	question  question
	reluctant bool
}

func (c *Caller) party() partyKey {
	return partyKey{caller: c.key, question: c.question, reluctant: c.asksReluctant}
}

// party are the checks that ask the same for the same caller.
type party struct {
	key     partyKey
	lane    *lane
	members int
	// seats are those wanted, and held once it has begun, since when.
	seats        int
	hasBegun     bool
	since        time.Time
	isTurnedAway bool
	// asking is since when its caller has been, with times at which it was turned away.
	asking time.Time
	// told is closed when it begins or is turned away; nil when it need not wait.
	told chan struct{}
}

func newAdmission(limits Limits, clock clock.PassiveClock) (*admission, error) {
	seniors, err := newSeniority()
	if err != nil {
		return nil, err
	}
	return &admission{
		seats: limits.InFlight, clock: clock, parties: map[partyKey]*party{}, seniors: seniors,
		known:     &lane{most: limits.InFlight, patience: limits.patience()},
		strangers: &lane{most: limits.InFlight - limits.InFlight/8, patience: limits.patience()},
		// It is the rest of a list whose other models are known by then: see putStrangers.
		reluctant: &lane{most: forReluctant(limits.InFlight), patience: limits.Budget / 2, waitsOut: true},
	}, nil
}

// enter returns when a check may ask, with its party, which it has to leave in the
// end. It returns nil, and when to come again, where that would take too long.
func (a *admission) enter(ctx context.Context, key partyKey, known bool, seats int) (*party, time.Duration) {
	p, told := a.join(key, known, seats)
	if told == nil {
		return p, 0
	}
	patient, cancel := context.WithTimeout(ctx, p.lane.patience)
	defer cancel()
	select {
	case <-told:
	case <-patient.Done():
	}
	return a.outcome(p)
}

// hasBegun says whether a party asks at present.
func (a *admission) hasBegun(key partyKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.parties[key]
	return p != nil && p.hasBegun
}

// join adds a check to its party. Told is nil when it may ask at once.
func (a *admission) join(key partyKey, known bool, seats int) (p *party, told <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p = a.parties[key]
	if p == nil {
		p = &party{key: key, lane: a.strangers, seats: seats, asking: a.seniors.of(key.caller, a.clock.Now())}
		switch {
		case known:
			p.lane = a.known
		case key.reluctant:
			p.lane = a.reluctant
		}
		a.parties[key] = p
		a.begin(p)
	}
	p.members++
	if p.hasBegun {
		return p, nil
	}
	return p, p.told
}

// begin has a new party begin or wait.
func (a *admission) begin(p *party) {
	if p.lane.waiting == 0 && a.free(p.lane) {
		a.start(p)
		return
	}
	p.told = make(chan struct{})
	p.lane.push(p)
	a.trim(p.lane)
}

// start gives a party its seats.
func (a *admission) start(p *party) {
	a.seniors.served(p)
	p.lane.begin(p, a.clock.Now())
}

func (a *admission) free(l *lane) bool {
	strangers := a.strangers.taken + a.reluctant.taken
	return a.known.taken+strangers < a.seats && l.taken < l.most && (l == a.known || strangers < a.strangers.most)
}

// outcome is what a check is told that has waited.
func (a *admission) outcome(p *party) (*party, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.hasBegun {
		return p, 0
	}
	retry := p.lane.delay()
	p.members--
	if p.members == 0 && !p.isTurnedAway {
		a.turnAway(p)
	}
	return nil, retry
}

// hold says how many seats a party has use for.
func (a *admission) hold(p *party, seats int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p.lane.taken += seats - p.seats
	p.seats = seats
	a.beginWaiting()
}

// leave takes a check out of its party.
func (a *admission) leave(p *party) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.members--; p.members > 0 {
		return
	}
	delete(a.parties, p.key)
	p.lane.leave(p, a.clock.Now())
	a.beginWaiting()
}

// beginWaiting gives the free seats to those that wait.
func (a *admission) beginWaiting() {
	for l := a.next(); l != nil; l = a.next() {
		a.begun++
		p := l.pop(a.clock.Now())
		a.start(p)
		close(p.told)
	}
	for _, l := range a.lanes() {
		a.trim(l)
	}
}

func (a *admission) lanes() [3]*lane { return [...]*lane{a.known, a.strangers, a.reluctant} }

// next is the lane from which the next party begins, nil where none may.
func (a *admission) next() *lane {
	lanes := a.lanes()
	switch {
	case a.begun%8 == 7:
		lanes[0], lanes[2] = lanes[2], lanes[0]
	case a.begun%4 == 3:
		lanes[0], lanes[1] = lanes[1], lanes[0]
	}
	for _, l := range lanes {
		if l.waiting > 0 && a.free(l) {
			return l
		}
	}
	return nil
}

// trim turns those away that would wait in vain.
func (a *admission) trim(l *lane) {
	for l.waiting > l.room() {
		a.turnAway(l.last())
	}
}

func (a *admission) turnAway(p *party) {
	p.lane.remove(p)
	delete(a.parties, p.key)
	p.isTurnedAway = true
	a.seniors.turnedAway(p)
	close(p.told)
}

// waiting is how many callers wait with lists, or with names each.
func (a *admission) waiting() float64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	waiting := 0
	for _, l := range a.lanes() {
		waiting += l.waiting
	}
	return float64(waiting)
}
