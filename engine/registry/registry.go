package registry

import (
	"fmt"
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Registry knows every document of every source, and which of them are in force.
// It is immutable; Next makes the one that comes after it. What decides:
//
//   - A document with faults leaves its last good revision in force.
//   - A kind of a later source replaces the kind of the same name of an earlier
//     one, for as long as it is there.
//   - Otherwise whoever holds a name or an alias keeps it, and a newcomer that
//     claims it too is refused. Of several newcomers the first holds it, in the
//     order of sources and files.
type Registry struct {
	// order of the sources, earlier ones first.
	order   []string
	entries []Entry
	set     *kind.Set
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

	// good is the last revision without a fault of its own that was in force.
	good *kind.Kind
}

// New has no documents. A kind of a source later in the order replaces
// the kind of the same name of an earlier one.
func New(order ...string) *Registry {
	return &Registry{order: order, set: kind.NewSet(nil, nil)}
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
	next := &Registry{order: r.order}
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
	next.set = setOf(next.entries, next.order)
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
	if doc.Kind != nil {
		if existed && before.good != nil && before.good.Revision() == doc.Kind.Revision() && before.good.File() == doc.Kind.File() {
			c.doc.Kind = before.good // Whoever compares pointers sees that nothing has changed.
		}
		c.choices = append(c.choices, c.doc.Kind)
	}
	if c.good = before.good; c.good != nil && c.good != c.doc.Kind {
		c.choices = append(c.choices, c.good)
	}
	if existed && before.InForce != nil {
		c.held = before.InForce.Claims()
	}
	return c
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

// setOf gathers what is in force, and what was refused in its place.
func setOf(entries []Entry, order []string) *kind.Set {
	var kinds []*kind.Kind
	owners := map[string]Entry{}
	for _, e := range entries {
		if e.InForce != nil {
			kinds = append(kinds, e.InForce)
			owners[e.InForce.Name()] = e
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
	}
	return kind.NewSet(kinds, refused)
}

func claimedBy(claim syntax.Fault, name, file string) syntax.Fault {
	claim.Rule = syntax.RuleNames
	claim.Message = fmt.Sprintf("%q is held by %s: rename one, or remove this one", name, file)
	return claim
}
