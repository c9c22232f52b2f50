package registry

import (
	"fmt"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Registry knows every document of every source, and which of them are in force.
// It is immutable; Next makes the one that comes after it. What decides:
//
//   - A document that is held leaves its last good revision in force, and is itself
//     for nothing.
//   - A document with faults leaves its last good revision in force, also one
//     from before this process, where the document brings it.
//   - A kind of a later source replaces the kind of the same name of an earlier
//     one, for as long as it is there.
//   - Otherwise whoever holds a name or an alias keeps it, and a newcomer that
//     claims it too is refused. Of several newcomers the first holds it, in the
//     order of sources and files.
//   - A kind comes into force with its parameters. A revision that lacks one, or
//     has a value for it that does not fit, is refused as one with faults is.
type Registry struct {
	// order of the sources, earlier ones first.
	order   []string
	entries []Entry
	set     *kind.Set
	// parameters are what the installation sets.
	parameters *kind.Parameters
	// inVain is what they set of kinds and parameters that do not exist.
	inVain syntax.Faults
}

// Entry is a document and what has become of it.
type Entry struct {
	SpecDocument
	// InForce is the revision of this document that serves: its newest, an
	// earlier one, or nil.
	InForce *kind.Kind
	// Refused says why the newest revision is not in force, where that is
	// because something is wrong.
	Refused syntax.Faults
	// OverriddenBy is the file of a later source that replaces this kind; empty
	// when none does.
	OverriddenBy string

	// good is the last revision without a fault of its own that was in force, and
	// stored the object that it was read from.
	good   *kind.Kind
	stored *Stored
}

// Serving is the object that the revision in force was read from; nil where there
// is none.
func (e Entry) Serving() *Stored {
	if e.InForce == nil {
		return nil
	}
	return e.stored
}

// New has no documents. A kind of a source later in the order replaces
// the kind of the same name of an earlier one.
func New(order ...string) *Registry {
	return &Registry{order: order, set: kind.NewSet(nil, nil), parameters: &kind.Parameters{}}
}

// Set is the set of the kinds in force.
func (r *Registry) Set() *kind.Set { return r.set }

// Entries are all documents in the order of their sources and files.
func (r *Registry) Entries() []Entry { return slices.Clone(r.entries) }

// Next replaces what some sources hold. Sources that are unreadable keep what
// they had; so do those that nothing is said about.
func (r *Registry) Next(news ...Contents) *Registry {
	contents := map[string][]SpecDocument{}
	for _, entry := range r.entries {
		contents[entry.Source] = append(contents[entry.Source], entry.SpecDocument)
	}
	for _, c := range news {
		if len(c.Unreadable) == 0 {
			contents[c.Source] = c.Documents
		}
	}
	next := &Registry{order: r.order, parameters: r.parameters}
	var claims []*claim
	for _, source := range r.order {
		for _, doc := range contents[source] {
			claims = append(claims, r.claimOf(doc, contents[source]))
		}
	}
	arbitrate(claims, func(source string) int { return slices.Index(r.order, source) })
	for _, c := range claims {
		next.entries = append(next.entries, c.entry())
	}
	next.excuseReplaced()
	next.set = setOf(next.entries, next.order)
	next.inVain = r.parameters.Unknown(declaredIn(next.entries))
	for i, e := range next.entries {
		if e.InForce != nil {
			// With the kinds that it hands on to, as the models have it.
			next.entries[i].InForce, _ = next.set.Lookup(e.InForce.Name())
		}
	}
	return next
}

// claimOf puts a document up for what it claims.
func (r *Registry) claimOf(doc SpecDocument, siblings []SpecDocument) *claim {
	c := &claim{doc: doc, refused: doc.Faults, choices: make([]*kind.Kind, 0, 2)}
	before, existed := r.before(doc, siblings)
	var newest *kind.Kind
	if doc.Kind != nil {
		if newest, c.refused = r.given(doc.Kind, before.good); newest != nil {
			c.doc.Kind = newest
			// There is nothing to hold back in what is in force.
			if c.doc.Held = doc.Held && newest != before.good; !c.doc.Held {
				c.choices = append(c.choices, newest)
			}
		}
	}
	if c.doc.Held {
		c.refused = nil // What is held decides nothing, its faults neither.
	}
	if c.good, c.stored = before.good, before.stored; c.good == nil && doc.LastGood != nil {
		r.remember(c, doc.LastGood, existed)
	} else if c.good != nil {
		if good, _ := r.given(c.good, c.good); good != nil {
			c.good = good // Else it keeps the parameters that it had.
		}
	}
	if c.good != nil && (c.good != newest || c.doc.Held) {
		c.choices = append(c.choices, c.good)
	}
	if existed && before.InForce != nil {
		c.held = before.InForce.Claims()
	}
	return c
}

// remember has a claim go on from a revision of before this process. It holds the
// names that it had then, unless others were put up for them since.
func (r *Registry) remember(c *claim, last *SpecDocument, existed bool) {
	given, faults := r.given(last.Kind, nil)
	newest := c.kind()
	switch {
	case given == nil && newest == nil:
		c.refused = append(slices.Clip(c.refused), faults...)
		return
	case given == nil:
		return
	case newest != nil && newest.Revision() == given.Revision():
		given = newest
	}
	c.good, c.stored = given, last.Stored
	if !existed {
		c.held = given.Claims()
	}
}

// given is a kind with its parameters, the one before where that is the same:
// whoever compares pointers sees that nothing has changed.
func (r *Registry) given(k, before *kind.Kind) (*kind.Kind, syntax.Faults) {
	given, faults := r.parameters.Give(k)
	if given != nil && before != nil && before.Revision() == given.Revision() && before.File() == given.File() {
		return before, nil
	}
	return given, faults
}

// before is the entry that a document is the next revision of: that of its
// file, or of its name where the file of that is gone.
func (r *Registry) before(doc SpecDocument, siblings []SpecDocument) (Entry, bool) {
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
func (r *Registry) excuseReplaced() {
	for i, e := range r.entries {
		if e.InForce != nil || e.Kind == nil || !slices.ContainsFunc(e.Refused, func(f syntax.Fault) bool { return f.Rule == syntax.RuleParameters }) {
			continue
		}
		for _, later := range r.entries[i+1:] {
			if later.InForce != nil && later.InForce.Name() == e.Name && later.Source != e.Source {
				r.entries[i].Refused, r.entries[i].OverriddenBy = nil, later.File
			}
		}
	}
}

// WithParameters is the registry where the installation sets other parameters.
func (r *Registry) WithParameters(p *kind.Parameters) *Registry {
	next := *r
	next.parameters = p
	return next.Next()
}

// InVain says which kinds and parameters the installation sets that do not exist.
func (r *Registry) InVain() syntax.Faults { return r.inVain }

// declaredIn are the kinds of entries, in force or not, but for those that a later
// source replaces; broken are the names of those of which nothing is known.
func declaredIn(entries []Entry) (kinds []*kind.Kind, broken []string) {
	for _, e := range entries {
		switch {
		case e.Held && e.Kind != nil && e.InForce == nil:
			kinds = append([]*kind.Kind{e.Kind}, kinds...) // One in force of that name goes before.
		case e.Kind != nil && e.OverriddenBy == "" && !e.Held:
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
func setOf(entries []Entry, order []string) *kind.Set {
	var kinds []*kind.Kind
	owners := map[string]Entry{}
	taken := map[string]syntax.Fault{}
	for _, e := range entries {
		if e.InForce != nil {
			kinds = append(kinds, e.InForce)
			owners[e.InForce.Name()] = e
			maps.Copy(taken, e.InForce.Claims())
		}
	}
	refused := map[string]syntax.Faults{}
	rank := func(source string) int { return slices.Index(order, source) }
	for _, e := range entries {
		name := e.Name
		if e.InForce != nil {
			name = e.InForce.Name()
		}
		owner, owned := owners[name]
		// A document of the same source that holds the name is not an earlier
		// revision of this one, and one of a later source would stand before it.
		if len(e.Refused) > 0 && name != "" && (!owned || owner.File == e.File || rank(e.Source) > rank(owner.Source)) {
			refused[name] = slices.Concat(refused[name], e.Refused)
		}
		if len(e.Refused) > 0 && e.InForce == nil && e.Kind != nil {
			for _, alias := range e.Kind.Aliases() {
				if _, ok := taken[alias]; !ok {
					refused[alias] = e.Refused
				}
			}
		}
	}
	return kind.NewSet(kinds, refused)
}

func claimedBy(claim syntax.Fault, name, file string) syntax.Fault {
	claim.Rule = syntax.RuleNames
	claim.Message = fmt.Sprintf("%q is held by %s: rename one, or remove this one", name, file)
	return claim
}
