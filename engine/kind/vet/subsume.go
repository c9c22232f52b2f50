package vet

import (
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// fact is a predicate that is compared with others.
type fact struct{ v1alpha1.Predicate }

// Subsumes says whether q holds whenever p does. They are about the same thing,
// and q allows all that p does; where that cannot be told, it is false.
func Subsumes(p, q v1alpha1.Predicate) bool {
	return syntax.Canonical(p) == syntax.Canonical(q) || fact{p}.implies(fact{q})
}

// Contradicts says whether p and q never hold together; where that cannot be
// told, it is false.
func Contradicts(p, q v1alpha1.Predicate) bool { return fact{p}.contradicts(fact{q}) }

func (s fact) implies(q fact) bool {
	if !s.about(q) || s.absence() || q.absence() || s.special() || q.special() {
		return false
	}
	if q.Condition == "" && q.Exists != nil {
		return s.impliesPresence()
	}
	if q.Condition != "" {
		// Where the presence of a condition alone counts, statuses are nil.
		return s.AnyGeneration == q.AnyGeneration && allows(q.statuses(), s.statuses()) && allows(q.ReasonIn, s.ReasonIn) &&
			(q.MessageMatches == "" || q.MessageMatches == s.MessageMatches)
	}
	own, ok := s.constants()
	others, both := q.constants()
	if ok && both {
		return allowsScalars(others, own)
	}
	least, isNumber := q.bound()
	if !isNumber {
		return false
	}
	if n, isNumber := s.bound(); isNumber {
		return n >= least
	}
	return ok && !slices.ContainsFunc(own, func(constant any) bool {
		n, isNumber := syntax.Number(constant)
		return !isNumber || n < least
	})
}

// special predicates compare with more than constants.
func (s fact) special() bool { return s.Agrees != nil || s.Intersects != nil || s.OrAbsent }

// bound is the number of atLeast; false where that is a named value, or not written.
func (s fact) bound() (float64, bool) {
	if s.AtLeast == nil || s.AtLeast.Named != "" {
		return 0, false
	}
	return syntax.Number(s.AtLeast.Value)
}

func (s fact) contradicts(q fact) bool {
	if !s.about(q) || s.Match != "" || s.special() || q.special() {
		return false
	}
	if s.absence() || q.absence() {
		return s.present() || q.present()
	}
	if s.Condition != "" {
		return disjoint(s.statuses(), q.statuses()) || disjoint(s.ReasonIn, q.ReasonIn)
	}
	own, ok := s.constants()
	others, both := q.constants()
	return ok && both && !slices.ContainsFunc(own, func(constant any) bool { return allowsScalars(others, []any{constant}) })
}

// about says whether two predicates look at the same thing.
func (s fact) about(q fact) bool {
	return s.Condition == q.Condition && s.Path == q.Path && s.Value == q.Value && s.Match == q.Match &&
		s.Of == q.Of && slices.Equal(s.Versions, q.Versions)
}

func (s fact) absence() bool { return s.Exists != nil && !*s.Exists }

// present says whether s holds only of what is there: exists: false holds of ""
// as well, and so may a comparison.
func (s fact) present() bool {
	return !s.absence() && (s.Condition != "" || s.Exists != nil || s.impliesPresence())
}

// impliesPresence: every comparison holds of present values only, but "" is
// one that does not count as present.
func (s fact) impliesPresence() bool {
	constants, ok := s.constants()
	return s.AtLeast != nil || ok && !slices.Contains(constants, any(""))
}

func (s fact) statuses() []string {
	if s.Status != "" {
		return []string{s.Status}
	}
	return s.StatusIn
}

// constants are all values for which s holds; false when they are not known.
func (s fact) constants() ([]any, bool) {
	if s.In != nil {
		return v1alpha1.Constants(s.In), true
	}
	if s.Equals == nil || s.Equals.Named != "" {
		return nil, false
	}
	return []any{s.Equals.Value}, true
}

// allows: nil allows everything.
func allows(wide, narrow []string) bool {
	return wide == nil || narrow != nil && within(narrow, wide)
}

func disjoint(a, b []string) bool {
	return a != nil && b != nil && !slices.ContainsFunc(a, func(text string) bool { return slices.Contains(b, text) })
}

func allowsScalars(wide, narrow []any) bool {
	return !slices.ContainsFunc(narrow, func(n any) bool {
		return !slices.ContainsFunc(wide, func(w any) bool { return syntax.SameScalar(w, n) })
	})
}

// within says that whole has all of part.
func within(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(text string) bool { return !slices.Contains(whole, text) })
}
