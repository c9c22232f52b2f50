package soak

import (
	"fmt"
	"slices"
	"time"
)

const (
	// settle is how long a status may lag when everybody is there: after a change of
	// what it follows from, and after the end of a disturbance.
	settle = 10 * time.Second
	// alternation is how long an endpoint is kept that was another's turn a moment
	// ago; see cmd/maas-controller/README.md, "Two controllers write one status".
	alternation = 10 * time.Second
)

// Fault is something that was wrong for longer than it may be.
type Fault struct {
	// What is counted: see the table.
	What string
	// Who is the model, or the caller and the model.
	Who string
	// At is when it began to be wrong, and Lasted how long it was from when it was
	// too long; both by the clock of the run.
	At, Lasted time.Duration
	Expected   string
	Found      string
	// Before are the disturbances just before.
	Before []string
}

// String is as the report has it.
func (f Fault) String() string {
	text := fmt.Sprintf("%s: %s at %s, for %s too long\n  expected %s\n  found    %s", f.What, f.Who,
		f.At.Round(100*time.Millisecond), f.Lasted.Round(100*time.Millisecond), f.Expected, f.Found)
	for _, step := range f.Before {
		text += "\n  after    " + step
	}
	return text
}

// judge counts what is wrong for too long. It is given all sightings of one kind,
// again and again, with the time.
type judge struct {
	what string
	// within is how long something may be wrong.
	within time.Duration
	start  time.Time
	// before gives the disturbances just before a time.
	before func(time.Time) []string
	known  map[string]*record
	faults []*Fault
	// wrongReady is how long models were Ready that must not be.
	wrongReady time.Duration
	last       time.Time
}

// record is what is remembered of one.
type record struct {
	must string
	// mustSince is when that was first seen, wrongSince when the difference was; zero
	// where there is none.
	mustSince, wrongSince time.Time
	open                  *Fault
}

// look takes one look at all. calmSince is when the last disturbance that concerns
// all of them ended.
func (j *judge) look(now, calmSince time.Time, all []sighting) {
	if j.known == nil {
		j.known = map[string]*record{}
	}
	next := make(map[string]*record, len(all))
	for _, s := range all {
		r := j.known[s.name]
		if r == nil || r.must != s.must {
			r = &record{must: s.must, mustSince: now}
		}
		next[s.name] = r
		j.one(r, s, now, calmSince)
	}
	j.known, j.last = next, now
}

func (j *judge) one(r *record, s sighting, now, calmSince time.Time) {
	if s.wrong == "" {
		r.wrongSince, r.open = time.Time{}, nil
		return
	}
	if r.wrongSince.IsZero() {
		r.wrongSince = now
	}
	since := slices.MaxFunc([]time.Time{r.wrongSince, r.mustSince, calmSince}, time.Time.Compare)
	late := now.Sub(since) - j.within - s.grace
	if late <= 0 {
		return
	}
	if r.open == nil {
		r.open = &Fault{What: j.what, Who: s.name, At: since.Sub(j.start), Before: j.before(since)}
		j.faults = append(j.faults, r.open)
	}
	r.open.Expected, r.open.Found, r.open.Lasted = s.must, s.wrong, max(late, r.open.Lasted)
	if s.ready && !j.last.IsZero() {
		j.wrongReady += min(late, now.Sub(j.last))
	}
}
