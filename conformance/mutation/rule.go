package mutation

import (
	"fmt"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func (m *mutation) subject(s *v1alpha1.Subject) {
	here := "subjects." + s.As
	m.about = s
	if o := s.Object; o != nil {
		m.sources(here+".name", &o.Name, !saysOnly(o.Name, "name"))
		m.sources(here+".namespace", &o.Namespace, !saysOnly(o.Namespace, "namespace"))
		if o.Generation != "" {
			change(m, "drop "+here+".generation", &o.Generation, "")
		}
		return
	}
	within := scope{of: s.Of}
	m.empty(here, s)
	m.predicates(here+".where", &s.Where, optional, within)
	for i := range s.Prefer {
		at := fmt.Sprintf("%s.prefer[%d]", here, i)
		m.about = s.Prefer[i]
		drop(m, at, &s.Prefer, i, optional)
		if i+1 < len(s.Prefer) {
			swap(m, at, fmt.Sprintf("[%d]", i+1), &s.Prefer, i)
		}
		m.predicate(at, &s.Prefer[i], within)
	}
}

// empty lets the subject find no entry at all.
func (m *mutation) empty(at string, s *v1alpha1.Subject) {
	const nothing = "$.conformanceNothing[*]"
	if s.Each != "" {
		change(m, "empty "+at, &s.Each, nothing)
	} else {
		change(m, "empty "+at, &s.All, nothing)
	}
}

// health: the order counts between rules that say different things and can hold
// together. What a delegated rule says is not known here.
func (m *mutation) health() {
	rules := &m.spec.Health
	for i := range *rules {
		rule := &(*rules)[i]
		here := "health." + rule.Name
		m.about = rule
		drop(m, here, rules, i, required)
		if i+1 < len(*rules) {
			next := (*rules)[i+1]
			if (rule.Kind != "" || rule.Is != next.Is) && !exclusive(rule.When, next.When) {
				swap(m, here, next.Name, rules, i)
			}
		}
		if rule.Is != "" {
			change(m, "flip "+here+".is", &rule.Is, otherVerdict(rule.Is))
		}
		m.predicates(here+".when", &rule.When, required, scope{})
	}
}

func otherVerdict(is v1alpha1.HealthState) v1alpha1.HealthState {
	switch is {
	case v1alpha1.VerdictServable, v1alpha1.VerdictProgressing:
		return v1alpha1.VerdictReady
	case v1alpha1.VerdictReady, v1alpha1.VerdictFailed:
	}
	return v1alpha1.VerdictProgressing
}

func (m *mutation) endpoint() {
	candidates := &m.spec.Endpoint
	for i := range *candidates {
		c := &(*candidates)[i]
		here := "endpoint." + c.Name
		m.about = c
		drop(m, here, candidates, i, required)
		if i+1 < len(*candidates) {
			if next := (*candidates)[i+1]; !apart(c.Source, next.Source) {
				swap(m, here, next.Name, candidates, i)
			}
		}
		if c.Scheme != "" {
			change(m, "flip "+here+".scheme", &c.Scheme, otherScheme(c.Scheme))
		}
		if c.Only != "" {
			change(m, "drop "+here+".only", &c.Only, "")
		}
		if c.Port != 0 {
			change(m, "raise "+here+".port", &c.Port, c.Port+1)
		}
		m.source(here, &c.Source)
		if u := c.URL; u != nil {
			m.sources(here+".url.scheme", &u.Scheme, !always(u.Scheme, "http"))
			m.sources(here+".url.host", &u.Host, required)
			m.sources(here+".url.port", &u.Port, optional)
			m.sources(here+".url.path", &u.Path, optional)
		}
	}
}
