package conformance

import (
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// deciding is the kind-spec without what only explains or enriches, which no
// case can notice a change in. Every rule and candidate has its name written, so
// that a mutant's are called the same.
func deciding(spec *v1alpha1.ModelKindSpec) *v1alpha1.ModelKindSpec {
	rules, candidates := kind.RuleNames(spec), kind.CandidateNames(spec)
	spec = spec.DeepCopy()
	spec.Model = nil
	for i := range spec.Health {
		spec.Health[i].Name, spec.Health[i].Because = rules[i], nil
	}
	for i := range spec.Endpoint {
		spec.Endpoint[i].Name = candidates[i]
		if u := spec.Endpoint[i].URL; u != nil {
			// A scheme is what it is in any case.
			for j := range u.Scheme {
				u.Scheme[j].Lower = false
			}
		}
	}
	prune(spec)
	return spec
}

// prune takes out the values, the parameters and the subjects that nothing uses, and then those
// that only these used.
func prune(spec *v1alpha1.ModelKindSpec) {
	for {
		before := len(spec.Values) + len(spec.Parameters) + len(spec.Subjects)
		used := usesIn(spec)
		maps.DeleteFunc(spec.Values, func(name string, _ v1alpha1.Sources) bool { return !used.values[name] })
		maps.DeleteFunc(spec.Parameters, func(name string, _ v1alpha1.Parameter) bool { return !used.values[name] })
		spec.Subjects = slices.DeleteFunc(spec.Subjects, func(s v1alpha1.Subject) bool { return !used.subjects[s.As] })
		if len(spec.Values)+len(spec.Parameters)+len(spec.Subjects) == before {
			return
		}
	}
}

// uses are the names that a kind-spec uses.
type uses struct{ subjects, values map[string]bool }

func usesIn(spec *v1alpha1.ModelKindSpec) uses {
	u := uses{subjects: map[string]bool{}, values: map[string]bool{}}
	for _, s := range spec.Subjects {
		u.subjects[s.Of] = true
		if s.Object != nil {
			for _, templates := range []map[string]v1alpha1.Template{s.Object.Labels, s.Object.Fields} {
				for _, t := range templates {
					u.template(t)
				}
			}
		}
	}
	for _, rule := range spec.Health {
		u.subjects[rule.Of] = true
	}
	walkSpec(spec, u.predicate, u.source)
	return u
}

func (u uses) predicate(p *v1alpha1.Predicate) {
	u.subjects[p.Of], u.values[p.Value] = true, true
	for _, operand := range []*v1alpha1.Operand{p.Equals, p.AtLeast} {
		if operand != nil {
			u.values[operand.Named] = true
		}
	}
	if p.Intersects != nil {
		u.subjects[p.Intersects.Of] = true
	}
	if p.Agrees != nil {
		u.subjects[p.Agrees.With] = true
		for _, value := range p.Agrees.Absent {
			u.values[value] = true
		}
	}
}

func (u uses) source(s *v1alpha1.Source) {
	u.subjects[s.Of], u.values[s.Value] = true, true
	if s.Intersects != nil {
		u.subjects[s.Intersects.Of] = true
	}
	u.template(s.Template)
}

func (u uses) template(t v1alpha1.Template) {
	for rest := string(t); ; {
		_, after, _ := strings.Cut(rest, "{")
		name, behind, closed := strings.Cut(after, "}")
		if !closed {
			return
		}
		u.values[name], rest = true, behind
	}
}

// walkSpec visits all predicates and sources of a kind-spec.
func walkSpec(spec *v1alpha1.ModelKindSpec, onPredicate func(*v1alpha1.Predicate), onSource func(*v1alpha1.Source)) {
	predicates := func(list []v1alpha1.Predicate) {
		for i := range list {
			onPredicate(&list[i])
		}
	}
	sources := func(lists ...v1alpha1.Sources) {
		for _, list := range lists {
			for i := range list {
				onSource(&list[i])
				predicates(list[i].When)
			}
		}
	}
	for _, s := range spec.Subjects {
		predicates(s.Where)
		predicates(s.Prefer)
		if s.Object != nil {
			sources(s.Object.Name, s.Object.Namespace)
		}
	}
	sources(slices.Collect(maps.Values(spec.Values))...)
	for _, rule := range spec.Health {
		predicates(rule.When)
		sources(rule.Because)
	}
	for i := range spec.Endpoint {
		c := &spec.Endpoint[i]
		onSource(&c.Source)
		predicates(c.When)
		if c.URL != nil {
			sources(c.URL.Scheme, c.URL.Host, c.URL.Port, c.URL.Path)
		}
	}
	if m := spec.Model; m != nil {
		sources(m.DisplayName, m.Description, m.ContextLength, m.MaxOutputTokens, m.Capabilities, m.Aliases)
	}
}

// typesOf are the types of objects that are read, that of the referent first.
func typesOf(spec *v1alpha1.ModelKindSpec) []v1alpha1.ObjectType {
	var types []v1alpha1.ObjectType
	if spec.Referent != nil {
		types = append(append(types, spec.Referent.ObjectType), spec.Referent.Alternatives...)
	}
	for _, s := range spec.Subjects {
		if s.Object != nil {
			types = append(types, s.Object.ObjectType)
		}
	}
	return types
}
