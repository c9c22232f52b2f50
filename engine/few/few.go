// Package few has sets that have one element most of the time, as what is found under
// a name has: there are thousands of them, and a map for each would take more memory
// than what it holds.
package few

import (
	"iter"
	"maps"
)

// Set is a set. The zero value is empty; a copy is the same set, until either changes.
type Set[T comparable] struct {
	one  T
	has  bool
	more map[T]struct{}
}

// Len is how many there are.
func (s Set[T]) Len() int {
	if s.has {
		return 1
	}
	return len(s.more)
}

// With is the set with an element. The set before is not to be used any more.
func (s Set[T]) With(element T) Set[T] {
	switch {
	case s.more != nil:
		s.more[element] = struct{}{}
	case !s.has:
		s.one, s.has = element, true
	case s.one != element:
		s = Set[T]{more: map[T]struct{}{s.one: {}, element: {}}}
	}
	return s
}

// Without is the set without an element. The set before is not to be used any more.
func (s Set[T]) Without(element T) Set[T] {
	delete(s.more, element)
	if s.has && s.one == element {
		return Set[T]{}
	}
	return s
}

// All are the elements, in no order.
func (s Set[T]) All() iter.Seq[T] {
	if !s.has {
		return maps.Keys(s.more)
	}
	return func(yield func(T) bool) { yield(s.one) }
}
