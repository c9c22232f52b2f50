package kind

import (
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Set is an immutable set of kinds, found by name or alias.
type Set struct {
	kinds  []*Kind
	byName map[string]*Kind
	// refused has, by name, what is wrong with newer revisions.
	refused map[string]syntax.Faults
	// withheld are kinds that only their parameters keep out of force.
	withheld []*Kind
}

// NewSet makes a set of kinds whose names and aliases are known to be distinct;
// refused says, by name, what is wrong with newer revisions.
func NewSet(kinds []*Kind, refused map[string]syntax.Faults) *Set {
	s := setOfLinked(linked(kinds))
	s.refused = refused
	return s
}

func setOfLinked(kinds []*Kind) *Set {
	s := &Set{kinds: slices.Clone(kinds)}
	slices.SortFunc(s.kinds, func(a, b *Kind) int { return strings.Compare(a.name, b.name) })
	s.byName = byName(s.kinds)
	return s
}

// byName has the kinds by their names and aliases.
func byName(kinds []*Kind) map[string]*Kind {
	all := map[string]*Kind{}
	for _, k := range kinds {
		all[k.name] = k
		for _, alias := range k.aliases {
			all[alias] = k
		}
	}
	return all
}

// Lookup finds a kind by its name or one of its aliases. Names are case-sensitive.
func (s *Set) Lookup(name string) (*Kind, bool) {
	k, ok := s.byName[name]
	return k, ok
}

// Link is a kind that is in no set, with the kinds of this one that it hands on to.
func (s *Set) Link(k *Kind) *Kind {
	others := slices.DeleteFunc(s.Kinds(), func(other *Kind) bool { return other.name == k.name })
	return linked(append([]*Kind{k}, others...))[0]
}

// Kinds are all kinds, sorted by name.
func (s *Set) Kinds() []*Kind { return slices.Clone(s.kinds) }

// Refusal says what is wrong with a newer revision of a kind, for which the one
// before it, if there was one, stays in force. It is false when nothing is.
func (s *Set) Refusal(name string) (syntax.Faults, bool) {
	faults, ok := s.refused[name]
	return faults, ok
}

// Equal says whether both sets hold the same revisions, and refuse the same.
func (s *Set) Equal(other *Set) bool {
	same := func(a, b *Kind) bool { return a.name == b.name && a.revision == b.revision && a.file == b.file }
	return slices.EqualFunc(s.kinds, other.kinds, same) && maps.EqualFunc(s.refused, other.refused, slices.Equal)
}

// Names are all canonical names, sorted.
func (s *Set) Names() []string {
	names := make([]string, len(s.kinds))
	for i, k := range s.kinds {
		names[i] = k.name
	}
	return names
}

// SameFor says whether a modelRef.kind means the same in both sets.
func SameFor(name string, a, b *Set) bool {
	before, was := a.Lookup(name)
	after, is := b.Lookup(name)
	if was != is || !is {
		return was == is && slices.Equal(a.refused[name], b.refused[name])
	}
	return before.Name() == after.Name() && before.Revision() == after.Revision() &&
		slices.Equal(a.refused[before.Name()], b.refused[after.Name()])
}

// Together is the set of some kinds, which may hand on to each other and to those
// in the background, as far as no other has their names.
func Together(kinds, background []*Kind) (*Set, syntax.Faults) {
	claimed := byName(kinds)
	taken := func(b *Kind) bool {
		for name := range b.claims {
			if claimed[name] != nil {
				return true
			}
		}
		return false
	}
	known := slices.Concat(kinds, slices.DeleteFunc(slices.Clone(background), taken))
	own := func(k *Kind) bool {
		return slices.ContainsFunc(kinds, func(one *Kind) bool { return one.file == k.file && one.name == k.name })
	}
	var missing syntax.Faults
	for _, fault := range unlinked(known) {
		if slices.ContainsFunc(kinds, func(k *Kind) bool { return k.file == fault.File }) {
			missing = append(missing, fault)
		}
	}
	unfit := func(k *Kind) bool {
		return !own(k) || slices.ContainsFunc(missing, func(f syntax.Fault) bool { return f.File == k.file })
	}
	return setOfLinked(slices.DeleteFunc(linked(known), unfit)), missing
}
