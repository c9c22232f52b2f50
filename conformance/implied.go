package conformance

import (
	"encoding/json"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// implied says whether a predicate holds whenever some others do.
func implied(others []v1alpha1.Predicate, q v1alpha1.Predicate) bool {
	return slices.ContainsFunc(others, func(p v1alpha1.Predicate) bool { return implies(p, q) })
}

// exclusive says whether two lists of predicates can never hold of the same
// objects: they want different things of one and the same fact.
func exclusive(a, b []v1alpha1.Predicate) bool {
	return slices.ContainsFunc(a, func(p v1alpha1.Predicate) bool {
		return slices.ContainsFunc(b, func(q v1alpha1.Predicate) bool { return contradicts(p, q) })
	})
}

// contradicts says whether p and q never hold together; where that cannot be
// told, it is false.
func contradicts(p, q v1alpha1.Predicate) bool {
	if fact(p) != fact(q) || p.Match != "" || p.OrAbsent || q.OrAbsent {
		return false
	}
	if absence(p) || absence(q) {
		return present(p) || present(q)
	}
	return disjoint(wanted(p), wanted(q)) || disjoint(p.ReasonIn, q.ReasonIn)
}

// implies says whether q holds whenever p does; where that cannot be told, it
// is false.
func implies(p, q v1alpha1.Predicate) bool {
	if fact(p) != fact(q) || absence(p) || absence(q) || p.OrAbsent && !q.OrAbsent || p.AnyGeneration && !q.AnyGeneration {
		return false
	}
	if q.Condition == "" && q.Exists != nil {
		return present(p)
	}
	if q.Matches != p.Matches && q.Matches != "" || q.AtLeast != nil && canonical(q.AtLeast) != canonical(p.AtLeast) ||
		q.Equals != nil && q.Equals.Named != "" && canonical(q.Equals) != canonical(p.Equals) {
		return false
	}
	return within(wanted(p), wanted(q)) && within(p.ReasonIn, q.ReasonIn) && (q.MessageMatches == "" || q.MessageMatches == p.MessageMatches)
}

// fact is equal for predicates that ask about the same thing.
func fact(p v1alpha1.Predicate) string {
	p.Status, p.StatusIn, p.ReasonIn, p.MessageMatches, p.AnyGeneration = "", nil, nil, "", false
	p.Equals, p.In, p.Exists, p.Matches, p.AtLeast, p.OrAbsent = nil, nil, nil, "", nil, false
	return canonical(p)
}

// wanted are the only values for which a predicate holds; nil when they are not known.
func wanted(p v1alpha1.Predicate) []any {
	switch {
	case p.Status != "":
		return []any{p.Status}
	case p.StatusIn != nil:
		return each(p.StatusIn, func(status string) any { return status })
	case p.In != nil:
		return each(p.In, func(s v1alpha1.Scalar) any { return s.Value })
	case p.Equals != nil && p.Equals.Named == "":
		return []any{p.Equals.Value}
	}
	return nil
}

func absence(p v1alpha1.Predicate) bool { return p.Exists != nil && !*p.Exists }

// present says whether a predicate holds only of what is there and not "".
func present(p v1alpha1.Predicate) bool {
	values := wanted(p)
	return !absence(p) && !p.OrAbsent && (p.Condition != "" || p.Exists != nil || p.AtLeast != nil || values != nil && !slices.Contains(values, any("")))
}

// disjoint: nil stands for everything.
func disjoint[E comparable](a, b []E) bool {
	return a != nil && b != nil && !slices.ContainsFunc(a, func(e E) bool { return slices.Contains(b, e) })
}

// within: nil stands for everything.
func within[E comparable](part, whole []E) bool {
	return whole == nil || part != nil && !slices.ContainsFunc(part, func(e E) bool { return !slices.Contains(whole, e) })
}

func each[E, F any](list []E, of func(E) F) []F {
	all := make([]F, len(list))
	for i, e := range list {
		all[i] = of(e)
	}
	return all
}

// canonical is equal for equal things.
func canonical(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}
