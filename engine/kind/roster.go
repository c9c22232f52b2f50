package kind

import (
	"fmt"
	"maps"
	"slices"
)

// Roster knows every document of every source, and which of them are in force.
// It is immutable; Next makes the one that comes after it. What decides:
//
//   - A document with faults leaves its last good revision in force.
//   - A kind of a later source replaces the kind of the same name of an earlier
//     one, for as long as it is there.
//   - Otherwise whoever holds a name or an alias keeps it, and a newcomer that
//     claims it too is refused. Of several newcomers the first holds it, in the
//     order of sources and files.
//   - A kind comes into force with its parameters. A revision that lacks one, or
//     has a value for it that does not fit, is refused as one with faults is.
type Roster struct {
	// order of the sources, earlier ones first.
	order   []string
	entries []Entry
	set     *Set
	// parameters are what the installation sets.
	parameters *Parameters
	// inVain is what they set of kinds and parameters that do not exist.
	inVain Faults
}

// Entry is a document and what has become of it.
type Entry struct {
	SpecDocument
	// InForce is the revision of this document that serves: its newest, an
	// earlier one, or nil.
	InForce *Kind
	// Refused says why the newest revision is not in force, where that is
	// because something is wrong.
	Refused Faults
	// OverriddenBy is the file of a later source that replaces this kind; empty
	// when none does.
	OverriddenBy string

	// good is the last revision without a fault of its own that was in force.
	good *Kind
}

// NewRoster has no documents. A kind of a source later in the order replaces
// the kind of the same name of an earlier one.
func NewRoster(order ...string) *Roster {
	return &Roster{order: order, set: newSet(nil), parameters: &Parameters{}}
}

// Set is the set of the kinds in force.
func (r *Roster) Set() *Set { return r.set }

// Entries are all documents in the order of their sources and files.
func (r *Roster) Entries() []Entry { return slices.Clone(r.entries) }

// Next replaces what some sources hold. Sources that are unreadable keep what
// they had; so do those that nothing is said about.
func (r *Roster) Next(news ...Contents) *Roster {
	contents := map[string][]SpecDocument{}
	for _, entry := range r.entries {
		contents[entry.Source] = append(contents[entry.Source], entry.SpecDocument)
	}
	for _, c := range news {
		if len(c.Unreadable) == 0 {
			contents[c.Source] = c.Documents
		}
	}
	next := &Roster{order: r.order, parameters: r.parameters}
	var bids []*bid
	for _, source := range r.order {
		for _, doc := range contents[source] {
			bids = append(bids, r.bidFor(doc, contents[source]))
		}
	}
	settleBids(bids, func(source string) int { return slices.Index(r.order, source) })
	for _, b := range bids {
		next.entries = append(next.entries, b.entry())
	}
	next.excuseReplaced()
	next.set = setOf(next.entries, next.order)
	next.inVain = r.parameters.Unknown(declaredIn(next.entries))
	for i, e := range next.entries {
		if e.InForce != nil {
			// With the kinds that it hands on to, as the models have it.
			next.entries[i].InForce = next.set.byName[e.InForce.name]
		}
	}
	return next
}

// bidFor puts a document up for what it claims.
func (r *Roster) bidFor(doc SpecDocument, siblings []SpecDocument) *bid {
	b := &bid{doc: doc, refused: doc.Faults, choices: make([]*Kind, 0, 2)}
	before, existed := r.before(doc, siblings)
	var newest *Kind
	if doc.Kind != nil {
		if newest, b.refused = r.given(doc.Kind, before.good); newest != nil {
			b.doc.Kind = newest
			b.choices = append(b.choices, newest)
		}
	}
	if b.good = before.good; b.good != nil {
		if good, _ := r.given(b.good, b.good); good != nil {
			b.good = good // Else it keeps the parameters that it had.
		}
		if b.good != newest {
			b.choices = append(b.choices, b.good)
		}
	}
	if existed && before.InForce != nil {
		b.held = before.InForce.claims
	}
	return b
}

// given is a kind with its parameters, the one before where that is the same:
// whoever compares pointers sees that nothing has changed.
func (r *Roster) given(k, before *Kind) (*Kind, Faults) {
	given, faults := r.parameters.Give(k)
	if given != nil && before != nil && before.revision == given.revision && before.file == given.file {
		return before, nil
	}
	return given, faults
}

// before is the entry that a document is the next revision of: that of its
// file, or of its name where the file of that is gone.
func (r *Roster) before(doc SpecDocument, siblings []SpecDocument) (Entry, bool) {
	at := slices.IndexFunc(r.entries, func(e Entry) bool { return e.Source == doc.Source && e.File == doc.File })
	if at < 0 && doc.Name != "" {
		at = slices.IndexFunc(r.entries, func(e Entry) bool {
			return e.Source == doc.Source && e.Name == doc.Name &&
				!slices.ContainsFunc(siblings, func(s SpecDocument) bool { return s.File == e.File })
		})
	}
	if at < 0 {
		return Entry{}, false
	}
	return r.entries[at], true
}

// excuseReplaced takes the blame off kinds that only lack parameters, and that a
// later source replaces: what is set is meant for the other one.
func (r *Roster) excuseReplaced() {
	for i, e := range r.entries {
		if e.InForce != nil || e.Kind == nil || !slices.ContainsFunc(e.Refused, func(f Fault) bool { return f.Rule == RuleParameters }) {
			continue
		}
		for _, later := range r.entries[i+1:] {
			if later.InForce != nil && later.InForce.name == e.Name && later.Source != e.Source {
				r.entries[i].Refused, r.entries[i].OverriddenBy = nil, later.File
			}
		}
	}
}

// WithParameters is the roster where the installation sets other parameters.
func (r *Roster) WithParameters(p *Parameters) *Roster {
	next := *r
	next.parameters = p
	return next.Next()
}

// InVain says which kinds and parameters the installation sets that do not exist.
func (r *Roster) InVain() Faults { return r.inVain }

// declaredIn are the kinds of entries, in force or not, but for those that a later
// source replaces; broken are the names of those of which nothing is known.
func declaredIn(entries []Entry) (kinds []*Kind, broken []string) {
	for _, e := range entries {
		switch {
		case e.Kind != nil && e.OverriddenBy == "":
			kinds = append(kinds, e.Kind)
		case e.InForce != nil:
			kinds = append(kinds, e.InForce)
		case e.Kind == nil:
			broken = append(broken, e.Name)
		}
	}
	return kinds, broken
}

// setOf gathers what is in force, and what was refused in its place.
func setOf(entries []Entry, order []string) *Set {
	var kinds []*Kind
	owners := map[string]Entry{}
	for _, e := range entries {
		if e.InForce != nil {
			kinds = append(kinds, e.InForce)
			owners[e.InForce.name] = e
		}
	}
	set := newSet(kinds)
	set.refused = map[string]Faults{}
	rank := func(source string) int { return slices.Index(order, source) }
	for _, e := range entries {
		name := e.Name
		if e.InForce != nil {
			name = e.InForce.name
		}
		owner, owned := owners[name]
		// A document of the same source that holds the name is not an earlier
		// revision of this one, and one of a later source would stand before it.
		if len(e.Refused) > 0 && name != "" && (!owned || owner.File == e.File || rank(e.Source) > rank(owner.Source)) {
			set.refused[name] = slices.Concat(set.refused[name], e.Refused)
		}
		if len(e.Refused) > 0 && e.InForce == nil && e.Kind != nil {
			for _, alias := range e.Kind.aliases {
				if _, taken := set.byName[alias]; !taken {
					set.refused[alias] = e.Refused
				}
			}
		}
	}
	return set
}

func (k *Kind) claimed() []string { return slices.Sorted(maps.Keys(k.claims)) }

func claimedBy(claim Fault, name, file string) Fault {
	claim.Rule = ruleNames
	claim.Message = fmt.Sprintf("%q is held by %s: rename one, or remove this one", name, file)
	return claim
}
