package kind

import "slices"

// implies says whether q holds whenever s does. They are about the same thing,
// and q allows all that s does; where that cannot be told, it is false.
func (s predicateSpec) implies(q predicateSpec) bool {
	if canonical(s) == canonical(q) {
		return true
	}
	if !s.about(q) {
		return false
	}
	if s.absence() || q.absence() {
		return false
	}
	if q.Condition == "" && q.Exists != nil {
		return s.impliesPresence()
	}
	if q.Condition != "" {
		// Where the presence of a condition alone counts, statuses are nil.
		return allows(q.statuses(), s.statuses()) && allows(q.ReasonIn, s.ReasonIn) &&
			(q.MessageMatches == "" || q.MessageMatches == s.MessageMatches)
	}
	own, ok := s.constants()
	others, both := q.constants()
	if ok && both {
		return allowsScalars(others, own)
	}
	least, isNumber := number(q.AtLeast)
	if !isNumber {
		return false
	}
	if n, isNumber := number(s.AtLeast); isNumber {
		return n >= least
	}
	return ok && !slices.ContainsFunc(own, func(constant any) bool {
		n, isNumber := number(constant)
		return !isNumber || n < least
	})
}

// contradicts says whether s and q never hold together; where that cannot be
// told, it is false.
func (s predicateSpec) contradicts(q predicateSpec) bool {
	if !s.about(q) || s.Match != "" {
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
func (s predicateSpec) about(q predicateSpec) bool {
	return s.Condition == q.Condition && s.Path == q.Path && s.Value == q.Value && s.Match == q.Match &&
		canonical(s.subjectSpec) == canonical(q.subjectSpec)
}

func (s predicateSpec) absence() bool { return s.Exists != nil && !*s.Exists }

// present says whether s holds only of what is there: exists: false holds of ""
// as well, and so may a comparison.
func (s predicateSpec) present() bool {
	return !s.absence() && (s.Condition != "" || s.Exists != nil || s.impliesPresence())
}

// impliesPresence: every comparison holds of present values only, but "" is
// one that does not count as present.
func (s predicateSpec) impliesPresence() bool {
	constants, ok := s.constants()
	return s.AtLeast != nil || ok && !slices.Contains(constants, any(""))
}

func (s predicateSpec) statuses() []string {
	if s.Status != "" {
		return []string{s.Status}
	}
	return s.StatusIn
}

// constants are all values for which s holds; false when they are not known.
func (s predicateSpec) constants() ([]any, bool) {
	if s.In != nil {
		return s.In, true
	}
	_, named := s.Equals.(map[string]any)
	return []any{s.Equals}, s.Equals != nil && !named
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
		return !slices.ContainsFunc(wide, func(w any) bool { return sameScalar(w, n) })
	})
}
