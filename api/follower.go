package api

import (
	"context"
	"iter"
	"slices"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
)

// follower finds out what changes in one caller's list. What it costs backends is
// bounded by that: every roundEvery it asks what a list would ask, and between that a
// model of which the caller would be shown something new, or nothing is known yet.
type follower struct {
	*handler
	caller *access.Caller
	asked  question.Question
	beat   beat
	place  *watchPlace

	sight sight
	// shown is what the caller was told last, and how true that was.
	shown []*catalog.Entry
	condition
	round int64
}

// report is what the follower has found.
type report struct {
	news
	// models there are now.
	models int
	// end is set where there is nothing to watch any more.
	end endReason
}

// first asks for the list that a watch begins with.
func (f *follower) first(ctx context.Context, snapshot *catalog.Snapshot) (report, access.Summary, *apiError) {
	f.round = f.beat.round(f.watches.clock.Now())
	verdicts, summary := f.askAll(ctx, snapshot)
	if failed := f.undecided(summary); failed != nil {
		return report{}, summary, failed
	}
	allowed, _ := verdicts.Allowed()
	if _, err := f.asked.Answer(f.pages.indexes.of(snapshot), allowed); err != nil { // as a list would say
		return report{}, summary, refused(err)
	}
	f.shown = f.sight.shown(f.asked.Filter.Passes, nil)
	f.gaps = f.sight.hasGaps()
	f.asOf, _ = f.staleness()
	return report{models: len(f.shown), news: news{all: f.shown, changes: changes{changed: f.shown}, condition: f.condition}}, summary, nil
}

// follow reports what changes until ctx ends, or there is nothing to watch any more.
func (f *follower) follow(ctx context.Context, reports chan<- report) {
	for {
		timer := f.watches.clock.NewTimer(f.beat.next(f.watches.clock.Now()))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C():
		}
		if !f.look(ctx, func(r report) bool {
			select {
			case <-ctx.Done():
				return false
			case reports <- r:
				return r.end == ""
			}
		}) {
			return
		}
	}
}

// look reports what is new; it is false when reporting is.
func (f *follower) look(ctx context.Context, tell func(report) bool) bool {
	now, snapshot := f.watches.clock.Now(), f.catalog.Snapshot()
	asOf, isOver := f.staleness()
	if isOver {
		return tell(report{end: endOutOfDate, models: len(f.shown)})
	}
	switch next := (condition{f.gaps, asOf}); {
	case f.beat.round(now) != f.round:
		f.round = f.beat.round(now)
		f.askAll(ctx, snapshot)
		return f.tell(ctx, condition{f.sight.hasGaps(), asOf}, tell)
	case snapshot != f.sight.snapshot:
		f.sight = f.sight.over(snapshot)
		// Those that the caller sees first: they are not to wait for others.
		f.ask(ctx, f.sight.outdated(f.asked.Filter.Passes, f.shown))
		if !f.tell(ctx, next, tell) {
			return false
		}
		f.ask(ctx, f.unknown())
		return f.tell(ctx, next, tell)
	default:
		return f.tell(ctx, next, tell)
	}
}

// tell reports how the caller's list differs from what it was told, if it does.
func (f *follower) tell(ctx context.Context, next condition, tell func(report) bool) bool {
	if ctx.Err() != nil {
		return false // what was not asked because of that is no gap
	}
	shown := f.sight.shown(f.asked.Filter.Passes, f.shown)
	found := changesOf(f.shown, shown)
	if found.empty() && next == f.condition {
		return true
	}
	f.shown, f.condition = shown, next
	return tell(report{news: news{changes: found, condition: next}, models: len(shown)})
}

// askAll asks what a list asks.
func (f *follower) askAll(ctx context.Context, snapshot *catalog.Snapshot) (*access.Verdicts, access.Summary) {
	list, asked := access.List{Targets: snapshot.Targets()}, []int(nil)
	if wanted := f.wanted(snapshot, f.caller, f.asked); wanted != nil {
		list.Wanted = func() []int {
			asked = wanted()
			return asked
		}
	}
	verdicts, summary := f.checker.CheckList(ctx, f.caller, list)
	f.sight = newSight(snapshot)
	for place := range placesOf(asked, snapshot) {
		f.sight.learn(place, verdicts.Decisions[place])
	}
	f.watches.know(f.place, f.sight.isLetIn())
	return verdicts, summary
}

// placesOf are the places that were asked; nil means all of them.
func placesOf(asked []int, snapshot *catalog.Snapshot) iter.Seq[int] {
	if asked != nil {
		return slices.Values(asked)
	}
	return func(yield func(int) bool) {
		for place := range snapshot.Entries() {
			if !yield(place) {
				return
			}
		}
	}
}

// ask asks for the models in some places.
func (f *follower) ask(ctx context.Context, places []int) {
	if len(places) == 0 {
		return
	}
	targets, verdicts := make([]*access.Target, len(places)), make([]access.Decision, len(places))
	for k, place := range places {
		targets[k] = f.sight.snapshot.Targets()[place]
	}
	f.checker.Check(ctx, f.caller, targets, verdicts)
	for k, place := range places {
		f.sight.learn(place, verdicts[k])
	}
}

// unknown are the places of those that a list would ask and this watch has not.
func (f *follower) unknown() []int {
	var places, asked []int
	if wanted := f.wanted(f.sight.snapshot, f.caller, f.asked); wanted != nil {
		asked = wanted()
	}
	for place := range placesOf(asked, f.sight.snapshot) {
		if !f.sight.asked[place] {
			places = append(places, place)
		}
	}
	return places
}
