package mutation

import (
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// implied says whether a predicate holds whenever some others do.
func implied(others []v1alpha1.Predicate, q v1alpha1.Predicate) bool {
	return slices.ContainsFunc(others, func(p v1alpha1.Predicate) bool { return vet.Subsumes(p, q) })
}

// exclusive says whether two lists of predicates can never hold of the same
// objects: they want different things of one and the same fact.
func exclusive(a, b []v1alpha1.Predicate) bool {
	return slices.ContainsFunc(a, func(p v1alpha1.Predicate) bool {
		return slices.ContainsFunc(b, func(q v1alpha1.Predicate) bool {
			if p.Match == v1alpha1.MatchAll || q.Match == v1alpha1.MatchAll {
				// What holds for all, of which there is one, holds for none the other way.
				p.Match, q.Match = "", ""
			}
			return vet.Contradicts(p, q)
		})
	})
}

// wanted are the only values for which a predicate holds; nil when they are not known.
func wanted(p v1alpha1.Predicate) []any {
	switch {
	case p.Status != "":
		return []any{p.Status}
	case p.StatusIn != nil:
		var all []any
		for _, status := range p.StatusIn {
			all = append(all, status)
		}
		return all
	case p.In != nil:
		var all []any
		for _, s := range p.In {
			all = append(all, s.Value)
		}
		return all
	case p.Equals != nil && p.Equals.Named == "":
		return []any{p.Equals.Value}
	}
	return nil
}

// disjoint: nil stands for everything.
func disjoint[E comparable](a, b []E) bool {
	return a != nil && b != nil && !slices.ContainsFunc(a, func(e E) bool { return slices.Contains(b, e) })
}
