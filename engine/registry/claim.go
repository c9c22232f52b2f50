package registry

import (
	"cmp"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// claim is a document that claims names.
type claim struct {
	doc SpecDocument
	// choices are the revisions that may come into force, the newest first. The
	// first of them is what the claim is for; without any it is for nothing.
	choices []*kind.Kind
	// good is the last revision that was good, nil for a newcomer, and stored the
	// object that it was read from.
	good   *kind.Kind
	stored *Stored
	// held are the names that the document holds already.
	held map[string]syntax.Fault
	// refused says what the newest revision was dropped for.
	refused syntax.Faults
	// overrider is the claim of a later source for the same kind, and overrides
	// are those of earlier sources.
	overrider *claim
	overrides []*claim
}

func (c *claim) kind() *kind.Kind {
	if len(c.choices) == 0 {
		return nil
	}
	return c.choices[0]
}

// drop gives the revision up that the claim is for.
func (c *claim) drop(faults syntax.Faults) {
	if c.doc.Kind != nil && c.kind().Revision() == c.doc.Kind.Revision() {
		c.refused = append(slices.Clip(c.refused), faults...)
	}
	c.choices = c.choices[1:]
}

// wants says whether the claim takes part in who gets a name.
func (c *claim) wants(name string) bool {
	if c.kind() == nil || c.overrider != nil {
		return false
	}
	_, ok := c.kind().Claims()[name]
	return ok
}

// holds says whether the claim, or one that it takes the place of, has the name.
func (c *claim) holds(name string) bool {
	_, ok := c.held[name]
	return ok || slices.ContainsFunc(c.overrides, func(o *claim) bool { return o.holds(name) })
}

func (c *claim) entry() Entry {
	e := Entry{SpecDocument: c.doc, Refused: c.refused, good: cmp.Or(c.kind(), c.good), stored: c.stored}
	if k := c.kind(); k != nil && k == c.doc.Kind {
		e.stored = c.doc.Stored
	}
	if c.overrider != nil {
		e.OverriddenBy = c.overrider.doc.File
		return e
	}
	e.InForce = c.kind()
	return e
}

// arbitrate drops revisions until no two claims claim one name. Every round but
// the last drops at least one, so it ends.
//
// A round drops what has lost to a claim that loses nothing itself: who loses to
// a loser may well get the name. Where all lose to each other the last one
// gives way, and the others are looked at again.
func arbitrate(claims []*claim, rank func(source string) int) {
	for {
		override(claims, rank)
		losers, beaten := losses(claims)
		if len(losers) == 0 {
			return
		}
		dropped := 0
		for _, c := range losers {
			var faults syntax.Faults
			for _, l := range beaten[c] {
				if len(beaten[l.to]) == 0 {
					faults = append(faults, l.fault)
				}
			}
			if len(faults) > 0 {
				c.drop(faults)
				dropped++
			}
		}
		if last := losers[len(losers)-1]; dropped == 0 {
			var faults syntax.Faults
			for _, l := range beaten[last] {
				faults = append(faults, l.fault)
			}
			last.drop(faults)
		}
	}
}

// loss is a name that another claim gets.
type loss struct {
	to    *claim
	fault syntax.Fault
}

// losses are the claims that lose a name as things stand, in their order, and to whom.
func losses(claims []*claim) (losers []*claim, beaten map[*claim][]loss) {
	beaten = map[*claim][]loss{}
	for _, c := range claims {
		if c.kind() == nil || c.overrider != nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(c.kind().Claims())) {
			if winner := winner(claims, name); winner != c {
				beaten[c] = append(beaten[c], loss{winner, claimedBy(c.kind().Claims()[name], name, winner.kind().File())})
			}
		}
		if len(beaten[c]) > 0 {
			losers = append(losers, c)
		}
	}
	return losers, beaten
}

// override finds, for each claim, the last one of a later source for the same kind.
func override(claims []*claim, rank func(source string) int) {
	for _, c := range claims {
		c.overrider, c.overrides = nil, nil
	}
	for _, c := range claims {
		for _, other := range claims {
			if c.kind() != nil && other.kind() != nil && c.kind().Name() == other.kind().Name() && rank(other.doc.Source) > rank(c.doc.Source) {
				c.overrider = other
				other.overrides = append(other.overrides, c)
			}
		}
	}
}

// winner gets a name: who holds it, or else who comes first.
func winner(claims []*claim, name string) *claim {
	var first *claim
	for _, c := range claims {
		switch {
		case !c.wants(name):
		case c.holds(name):
			return c
		case first == nil:
			first = c
		}
	}
	return first
}
