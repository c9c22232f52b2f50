package access

import (
	"context"
	"crypto/sha256"
)

// Selection stands for a choice of targets, a digest of what it is made by.
type Selection [sha256.Size]byte

// List is what a caller wants verdicts on.
type List struct {
	// Targets are one slice for all callers, until a model changes.
	Targets []*Target
	// Wanted gives the places of those that are wanted; nil wants all. It is called
	// where not all of them are known to be as they were told before. The others are
	// Unreachable then.
	Wanted func() []int
	// Selection stands for what Wanted gives of these targets to one caller; zero has
	// what is told of some of them told anew each time.
	Selection Selection
	// Timed has the Verdicts say when each was given, and how long that took.
	Timed bool
}

// inquiry is a check of some targets.
type inquiry struct {
	caller  *Caller
	targets []*Target
	// list has at hand where the verdicts are; nil where nothing has. Places are those
	// of the targets in it; nil means all of them in their order.
	list     *recollection
	places   []int
	verdicts *Verdicts
}

func (in inquiry) place(number int) int {
	if in.places == nil {
		return number
	}
	return in.places[number]
}

// set puts down the verdict on the target with a number.
func (in inquiry) set(number int, verdict Decision, asked Asked) {
	place := in.place(number)
	in.verdicts.Decisions[place] = verdict
	if in.verdicts.Asked != nil {
		in.verdicts.Asked[place] = asked
	}
}

// some are those of the places.
func (in inquiry) some(places []int) inquiry {
	targets := make([]*Target, len(places))
	for i, place := range places {
		targets[i] = in.targets[place]
	}
	in.targets, in.places = targets, places
	return in
}

// CheckList is Check for a list. It keeps at hand where the caller's verdicts on it are
// remembered, and what the caller was told of it all.
func (c *Checker) CheckList(ctx context.Context, caller *Caller, l List) (*Verdicts, Summary) {
	in := inquiry{caller: caller, targets: l.Targets, verdicts: &Verdicts{}}
	now := c.clock.Now().UnixNano()
	if c.memory.lists != nil {
		in.list = c.memory.lists.at(caller.key, l.Targets)
		before, looks := in.list.tell(l.Selection, now, int64(c.memory.ttl)/lookAgain)
		if looks {
			defer in.list.looking.Store(false)
		} else if before != nil && !l.Timed {
			c.metrics.verdicts(before.recalled, 0)
			return before.verdicts, before.summary
		}
	}
	in.verdicts.Decisions = make([]Decision, len(l.Targets))
	if l.Timed {
		in.verdicts.Asked = make([]Asked, len(l.Targets))
	}
	if l.Wanted != nil {
		in = in.some(l.Wanted())
	}
	if in.list == nil {
		return in.verdicts, c.check(ctx, in, now).Summary
	}
	changes := in.list.changes.Load()
	found := c.check(ctx, in, now)
	of, whole := l.Selection, len(in.targets) == len(l.Targets)
	if whole {
		of = Selection{}
	}
	if len(found.missed) == 0 && (whole || of != Selection{}) && !l.Timed {
		in.list.keep(&told{in.verdicts, found.Summary, of, found.recalled, changes, now, found.until})
	}
	return in.verdicts, found.Summary
}
