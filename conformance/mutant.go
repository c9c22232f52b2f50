package conformance

import (
	"fmt"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// mutant is a kind-spec with one thing changed that some case has to notice.
type mutant struct {
	// name says what was changed, and is what a waiver names. Rules, candidates,
	// subjects and values are in it by name, so that a new one renames no mutant.
	name string
	spec *v1alpha1.ModelKindSpec
	// about is the part of the kind-spec that was changed, as JSON.
	about string
}

// mutation makes mutants. It changes its own copy of the kind-spec, copies that,
// and takes the change back.
type mutation struct {
	spec *v1alpha1.ModelKindSpec
	// values are those of the kind-spec, where they can be changed.
	values  map[string]*v1alpha1.Sources
	mutants []mutant
	// about is the part that is being changed.
	about any
	// made are the kind-specs so far, as JSON, the unchanged one included.
	made map[string]bool
}

// mutantsOf are the mutants of a kind-spec, in the order of its fields.
func mutantsOf(spec *v1alpha1.ModelKindSpec) []mutant {
	m := &mutation{spec: deciding(spec), values: map[string]*v1alpha1.Sources{}, made: map[string]bool{}}
	for name, sources := range m.spec.Values {
		m.values[name] = &sources
	}
	m.isNew(m.spec)
	if m.spec.Generation != "" {
		change(m, "drop generation", &m.spec.Generation, "")
	}
	for i := range m.spec.Subjects {
		m.subject(&m.spec.Subjects[i])
	}
	m.parameters()
	for _, name := range slices.Sorted(maps.Keys(m.values)) {
		m.sources("values."+name, m.values[name], required)
	}
	m.health()
	m.endpoint()
	return m.mutants
}

// change adds the mutant in which a field has another value.
func change[T any](m *mutation, name string, field *T, value T) {
	before := *field
	*field = value
	for name, sources := range m.values {
		m.spec.Values[name] = *sources
	}
	changed := m.spec.DeepCopy()
	*field = before
	if m.isNew(changed) {
		m.mutants = append(m.mutants, mutant{name, changed, syntax.Canonical(m.about)})
	}
}

// isNew says whether no mutant is the same, nor the kind-spec itself.
func (m *mutation) isNew(spec *v1alpha1.ModelKindSpec) bool {
	text := syntax.Canonical(spec)
	isNew := !m.made[text]
	m.made[text] = true
	return isNew
}

// Whether a list may be left out altogether.
const (
	required = false
	optional = true
)

// drop takes out an entry of a list, unless it is the only one and required.
func drop[S ~[]E, E any](m *mutation, at string, list *S, i int, may bool) {
	switch {
	case len(*list) > 1:
		change(m, "drop "+at, list, slices.Delete(slices.Clone(*list), i, i+1))
	case may:
		change(m, "drop "+at, list, nil)
	}
}

// swap exchanges an entry of a list with the next.
func swap[S ~[]E, E any](m *mutation, at, next string, list *S, i int) {
	swapped := slices.Clone(*list)
	swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
	change(m, "swap "+at+" and "+next, list, swapped)
}

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

// saysOnly says whether a list is nothing but what is said of the referent by
// default.
func saysOnly(sources v1alpha1.Sources, builtIn string) bool {
	if len(sources) != 1 || sources[0].When != nil {
		return false
	}
	s := sources[0]
	return s.Value == builtIn || string(s.Template) == "{"+builtIn+"}" || s.Of == "" && s.Path == "$.metadata."+builtIn
}

// always says whether a list is nothing but this constant.
func always(sources v1alpha1.Sources, constant string) bool {
	return len(sources) == 1 && sources[0].When == nil && sources[0].Constant != nil && sources[0].Constant.Value == constant
}

func otherScheme(scheme string) string {
	if scheme == "http" {
		return "https"
	}
	return "http"
}

func (m *mutation) sources(at string, list *v1alpha1.Sources, may bool) {
	for i := range *list {
		here := fmt.Sprintf("%s[%d]", at, i)
		m.about = (*list)[i]
		drop(m, here, list, i, may)
		if i+1 < len(*list) && !apart((*list)[i], (*list)[i+1]) {
			swap(m, here, fmt.Sprintf("[%d]", i+1), list, i)
		}
		m.source(here, &(*list)[i])
	}
}

func (m *mutation) source(at string, s *v1alpha1.Source) {
	if s.Lower {
		change(m, "drop "+at+".lower", &s.Lower, false)
	}
	if s.Key {
		change(m, "drop "+at+".key", &s.Key, false)
	}
	if s.Capture != "" {
		change(m, "drop "+at+".capture", &s.Capture, "")
	}
	if s.Intersects != nil {
		change(m, "drop "+at+".intersects", &s.Intersects, nil)
	}
	if s.Versions != nil {
		change(m, "drop "+at+".versions", &s.Versions, nil)
	}
	if s.Constant != nil {
		switch value := s.Constant.Value.(type) {
		case float64:
			change(m, "raise "+at+".constant", &s.Constant.Value, any(value+1))
		case string:
			if value == "http" || value == "https" {
				change(m, "flip "+at+".constant", &s.Constant.Value, any(otherScheme(value)))
			}
		}
	}
	m.predicates(at+".when", &s.When, optional, scope{})
}

// apart says that two sources never yield a value for the same objects, so that
// their order does not count.
func apart(a, b v1alpha1.Source) bool {
	return exclusive(a.When, b.When) || a.Of == b.Of && disjoint(a.Versions, b.Versions)
}
