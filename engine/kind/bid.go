package kind

import (
	"cmp"
	"slices"
)

// bid is a document that claims names.
type bid struct {
	doc SpecDocument
	// choices are the revisions that may come into force, the newest first. The
	// first of them is what the bid is for; without any it is for nothing.
	choices []*Kind
	// good is the last revision that was good, nil for a newcomer.
	good *Kind
	// held are the names that the document holds already.
	held map[string]Fault
	// refused says what the newest revision was dropped for.
	refused Faults
	// overrider is the bid of a later source for the same kind, and overrides
	// are those of earlier sources.
	overrider *bid
	overrides []*bid
}

func (b *bid) kind() *Kind {
	if len(b.choices) == 0 {
		return nil
	}
	return b.choices[0]
}

// drop gives the revision up that the bid is for.
func (b *bid) drop(faults Faults) {
	if b.doc.Kind != nil && b.kind().revision == b.doc.Kind.revision {
		b.refused = append(slices.Clip(b.refused), faults...)
	}
	b.choices = b.choices[1:]
}

// claims says whether the bid takes part in who gets a name.
func (b *bid) claims(name string) bool {
	if b.kind() == nil || b.overrider != nil {
		return false
	}
	_, ok := b.kind().claims[name]
	return ok
}

// holds says whether the bid, or one that it takes the place of, has the name.
func (b *bid) holds(name string) bool {
	_, ok := b.held[name]
	return ok || slices.ContainsFunc(b.overrides, func(o *bid) bool { return o.holds(name) })
}

func (b *bid) entry() Entry {
	e := Entry{SpecDocument: b.doc, Refused: b.refused, good: cmp.Or(b.kind(), b.good)}
	if b.overrider != nil {
		e.OverriddenBy = b.overrider.doc.File
		return e
	}
	e.InForce = b.kind()
	return e
}

// settleBids drops revisions until no two bids claim one name. Every round but
// the last drops at least one, so it ends.
//
// A round drops what has lost to a bid that loses nothing itself: who loses to
// a loser may well get the name. Where all lose to each other the last one
// gives way, and the others are looked at again.
func settleBids(bids []*bid, rank func(source string) int) {
	for {
		override(bids, rank)
		losers, beaten := losses(bids)
		if len(losers) == 0 {
			return
		}
		dropped := 0
		for _, b := range losers {
			var faults Faults
			for _, l := range beaten[b] {
				if len(beaten[l.to]) == 0 {
					faults = append(faults, l.fault)
				}
			}
			if len(faults) > 0 {
				b.drop(faults)
				dropped++
			}
		}
		if last := losers[len(losers)-1]; dropped == 0 {
			var faults Faults
			for _, l := range beaten[last] {
				faults = append(faults, l.fault)
			}
			last.drop(faults)
		}
	}
}

// loss is a name that another bid gets.
type loss struct {
	to    *bid
	fault Fault
}

// losses are the bids that lose a name as things stand, in their order, and to whom.
func losses(bids []*bid) (losers []*bid, beaten map[*bid][]loss) {
	beaten = map[*bid][]loss{}
	for _, b := range bids {
		if b.kind() == nil || b.overrider != nil {
			continue
		}
		for _, name := range b.kind().claimed() {
			if winner := winner(bids, name); winner != b {
				beaten[b] = append(beaten[b], loss{winner, claimedBy(b.kind().claims[name], name, winner.kind().file)})
			}
		}
		if len(beaten[b]) > 0 {
			losers = append(losers, b)
		}
	}
	return losers, beaten
}

// override finds, for each bid, the last one of a later source for the same kind.
func override(bids []*bid, rank func(source string) int) {
	for _, b := range bids {
		b.overrider, b.overrides = nil, nil
	}
	for _, b := range bids {
		for _, other := range bids {
			if b.kind() != nil && other.kind() != nil && b.kind().name == other.kind().name && rank(other.doc.Source) > rank(b.doc.Source) {
				b.overrider = other
				other.overrides = append(other.overrides, b)
			}
		}
	}
}

// winner gets a name: who holds it, or else who comes first.
func winner(bids []*bid, name string) *bid {
	var first *bid
	for _, b := range bids {
		switch {
		case !b.claims(name):
		case b.holds(name):
			return b
		case first == nil:
			first = b
		}
	}
	return first
}
