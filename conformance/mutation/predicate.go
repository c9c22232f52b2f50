package mutation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// scope is where a predicate stands.
type scope struct {
	// of is what it is about where it does not say so itself.
	of string
	// beside it have to hold as well.
	beside []v1alpha1.Predicate
}

// predicates drops each that says what no other one of the list says as well,
// and changes every one.
func (m *mutation) predicates(at string, list *[]v1alpha1.Predicate, may bool, in scope) {
	for i := range *list {
		here := fmt.Sprintf("%s[%d]", at, i)
		m.about = (*list)[i]
		in.beside = slices.Delete(slices.Clone(*list), i, i+1)
		if !implied(in.beside, (*list)[i]) {
			drop(m, here, list, i, may)
		}
		m.predicate(here, &(*list)[i], in)
	}
}

// predicate changes what one predicate wants.
func (m *mutation) predicate(at string, p *v1alpha1.Predicate, in scope) {
	m.condition(at, p, in)
	m.comparison(at, p, in)
	m.agreement(at+".agrees", p.Agrees)
	if p.Exists != nil {
		change(m, "flip "+at+".exists", p.Exists, !*p.Exists)
	}
	// What an entry is is always there, so one is as good as all.
	if isThere := p.Path == "$" && p.Exists != nil && *p.Exists; p.Match != "" && !isThere {
		other := v1alpha1.MatchAny
		if p.Match == other {
			other = v1alpha1.MatchAll
		}
		change(m, "flip "+at+".match", &p.Match, other)
	}
	if p.Versions != nil {
		change(m, "drop "+at+".versions", &p.Versions, nil)
	}
	if p.OrAbsent {
		change(m, "drop "+at+".orAbsent", &p.OrAbsent, false)
	}
}

func (m *mutation) condition(at string, p *v1alpha1.Predicate, in scope) {
	if p.Condition == "" {
		return
	}
	if p.Status != "" {
		other := "True"
		if p.Status == other {
			other = "False"
		}
		change(m, "flip "+at+".status", &p.Status, other)
		m.widen(at+".status", p, in, func(wide *v1alpha1.Predicate) { wide.Status = "" })
	}
	for _, status := range []string{"True", "False", "Unknown"} {
		if p.StatusIn != nil && !slices.Contains(p.StatusIn, status) {
			change(m, "widen "+at+".statusIn by "+status, &p.StatusIn, append(slices.Clone(p.StatusIn), status))
		}
	}
	constants(m, at+".statusIn", &p.StatusIn)
	constants(m, at+".reasonIn", &p.ReasonIn)
	if p.ReasonIn != nil {
		change(m, "widen "+at+".reasonIn", &p.ReasonIn, nil)
	}
	if p.MessageMatches != "" {
		change(m, "widen "+at+".messageMatches", &p.MessageMatches, "")
	}
	if vet.GenerationOf(m.spec, cmp.Or(p.Of, in.of)) == v1alpha1.GenerationPerCondition {
		change(m, "flip "+at+".anyGeneration", &p.AnyGeneration, !p.AnyGeneration)
	}
}

func (m *mutation) comparison(at string, p *v1alpha1.Predicate, in scope) {
	if p.Equals != nil {
		m.widen(at+".equals", p, in, func(wide *v1alpha1.Predicate) { wide.Equals = nil })
		switch want := p.Equals.Value.(type) {
		case float64:
			change(m, "raise "+at+".equals", &p.Equals.Value, any(want+1))
		case bool:
			change(m, "flip "+at+".equals", &p.Equals.Value, any(!want))
		}
	}
	if p.In != nil {
		m.widen(at+".in", p, in, func(wide *v1alpha1.Predicate) { wide.In = nil })
		constants(m, at+".in", &p.In)
	}
	if p.Matches != "" {
		m.widen(at+".matches", p, in, func(wide *v1alpha1.Predicate) { wide.Matches = "" })
	}
	if p.AtLeast != nil {
		m.widen(at+".atLeast", p, in, func(wide *v1alpha1.Predicate) { wide.AtLeast = nil })
		if bound, ok := p.AtLeast.Value.(float64); ok {
			change(m, "raise "+at+".atLeast", &p.AtLeast.Value, any(bound+1))
			change(m, "lower "+at+".atLeast", &p.AtLeast.Value, any(bound-1))
		}
	}
	if p.Intersects != nil {
		m.widen(at+".intersects", p, in, func(wide *v1alpha1.Predicate) { wide.Intersects = nil })
	}
}

// widen lets any value do. Where an absent one does already, or the others want
// any value, that would be to drop the predicate.
func (m *mutation) widen(at string, p *v1alpha1.Predicate, in scope, relax func(*v1alpha1.Predicate)) {
	if p.OrAbsent {
		return
	}
	wide := *p
	relax(&wide)
	there := true
	wide.Exists = &there
	if !implied(in.beside, wide) {
		change(m, "widen "+at, p, wide)
	}
}

// constants drops each of a set.
func constants[S ~[]E, E any](m *mutation, at string, set *S) {
	for i := range *set {
		drop(m, fmt.Sprintf("%s[%d]", at, i), set, i, required)
	}
}

func (m *mutation) agreement(at string, a *v1alpha1.Agreement) {
	if a == nil {
		return
	}
	change(m, "flip "+at+".optional", &a.Optional, !a.Optional)
	for _, path := range slices.Sorted(maps.Keys(a.Fields)) {
		fewer := *a.DeepCopy()
		delete(fewer.Absent, path)
		if a.Absent[path] != "" {
			change(m, fmt.Sprintf("drop %s.absent[%s]", at, path), a, fewer)
		}
		delete(fewer.Fields, path)
		if len(a.Fields) > 1 {
			change(m, fmt.Sprintf("drop %s.fields[%s]", at, path), a, fewer)
		}
	}
}
