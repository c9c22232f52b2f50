package kind

import (
	"slices"
	"strings"
)

// Set is an immutable set of kinds, found by name or alias.
type Set struct {
	kinds  []*Kind
	byName map[string]*Kind
}

// NewSet makes a set of kinds whose names and aliases are known to be distinct.
func newSet(kinds []*Kind) *Set {
	s := &Set{kinds: slices.Clone(kinds), byName: map[string]*Kind{}}
	slices.SortFunc(s.kinds, func(a, b *Kind) int { return strings.Compare(a.name, b.name) })
	for _, k := range s.kinds {
		s.byName[k.name] = k
		for _, alias := range k.aliases {
			s.byName[alias] = k
		}
	}
	return s
}

// Lookup finds a kind by its name or one of its aliases. Names are case-sensitive.
func (s *Set) Lookup(name string) (*Kind, bool) {
	k, ok := s.byName[name]
	return k, ok
}

// Kinds are all kinds, sorted by name.
func (s *Set) Kinds() []*Kind { return slices.Clone(s.kinds) }

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
		return was == is
	}
	return before.Name() == after.Name() && before.Revision() == after.Revision()
}
