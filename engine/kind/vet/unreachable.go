package vet

import (
	"fmt"
	"path"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

func unreachableRules(p *Pass) {
	for i, rule := range p.Spec.Health {
		earlier := slices.IndexFunc(p.Spec.Health[:i], func(earlier v1alpha1.HealthRule) bool {
			// One that hands on decides only while the object is there.
			return earlier.Kind == "" && allHold(earlier.When, rule.When)
		})
		if earlier >= 0 {
			p.Report(fmt.Sprintf("/spec/health/%d", i), "never decides: whenever it holds, %s holds and comes first", p.Unwritten.Rules[earlier])
		}
	}
}

// allHold says whether predicates hold whenever some others do.
func allHold(wanted, others []v1alpha1.Predicate) bool {
	return !slices.ContainsFunc(wanted, func(q v1alpha1.Predicate) bool {
		return !slices.ContainsFunc(others, func(p v1alpha1.Predicate) bool { return Subsumes(p, q) })
	})
}

// unreachableSources: one behind one that always yields something is never looked
// at, and neither is one that was looked at before.
func unreachableSources(p *Pass) {
	for _, s := range p.Sources {
		for _, earlier := range s.Before {
			if c := earlier.Constant; c != nil && earlier.When == nil && earlier.Capture == "" {
				p.Report(s.At, "never looked at: the constant in [%s] is always there, move it to the end", path.Base(earlier.At))
				break
			}
			if sameSource(earlier.Source, s.Source) {
				p.Report(s.At, "is the same source as [%s], remove one", path.Base(earlier.At))
				break
			}
		}
	}
}

// sameSource says whether two are the same but for when, where the first is looked
// at whenever the second is.
func sameSource(first, second v1alpha1.Source) bool {
	same := first
	same.When = second.When
	return syntax.Canonical(same) == syntax.Canonical(second) && within(texts(first.When), texts(second.When))
}

// texts are predicates in a form in which equal ones are equal.
func texts(predicates []v1alpha1.Predicate) []string {
	all := make([]string, len(predicates))
	for i, p := range predicates {
		all[i] = syntax.Canonical(p)
	}
	return all
}
