package vet

import (
	"fmt"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Tree is a kind-spec with all that looks at something in it, in the order in
// which it is read.
type Tree struct {
	Spec       *v1alpha1.ModelKindSpec
	Predicates []Predicate
	Sources    []Source
}

// Predicate is one of a list of predicates.
type Predicate struct {
	v1alpha1.Predicate
	// At is where it is written, as a JSON Pointer.
	At string
	// Entries is the subject among whose entries it chooses, nil outside where and
	// prefer.
	Entries *v1alpha1.Subject
}

// Source is one of a list of sources, or an endpoint candidate that is one.
type Source struct {
	v1alpha1.Source
	// At is where it is written, as a JSON Pointer.
	At string
	// Before are those that are looked at first.
	Before []Source
}

// Walk visits all predicates and sources of a kind-spec.
func Walk(spec *v1alpha1.ModelKindSpec) *Tree {
	t := &Tree{Spec: spec}
	for i, s := range spec.Subjects {
		at := fmt.Sprintf("/spec/subjects/%d", i)
		if s.Object != nil {
			t.sources(at+"/object/name", s.Object.Name)
			t.sources(at+"/object/namespace", s.Object.Namespace)
		}
		t.predicates(at+"/where", s.Where, &spec.Subjects[i])
		t.predicates(at+"/prefer", s.Prefer, &spec.Subjects[i])
	}
	t.named("/spec/values/", spec.Values)
	for i, r := range spec.Health {
		at := fmt.Sprintf("/spec/health/%d", i)
		t.predicates(at+"/when", r.When, nil)
		t.sources(at+"/because", r.Because)
	}
	t.candidates(spec.Endpoint)
	t.named("/spec/model/", spec.Model)
	return t
}

func (t *Tree) candidates(all []v1alpha1.EndpointCandidate) {
	var before []Source
	for i, c := range all {
		at := fmt.Sprintf("/spec/endpoint/%d", i)
		switch u := c.URL; {
		case u != nil:
			t.predicates(at+"/when", c.When, nil)
			t.named(at+"/url/", map[string]v1alpha1.Sources{"scheme": u.Scheme, "host": u.Host, "port": u.Port, "path": u.Path})
		case c.Kind != "":
			t.predicates(at+"/when", c.When, nil)
		default:
			before = t.source(at, c.Source, before)
		}
	}
}

func (t *Tree) named(at string, lists map[string]v1alpha1.Sources) {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		t.sources(at+syntax.EscapePointer(name), lists[name])
	}
}

func (t *Tree) sources(at string, list v1alpha1.Sources) {
	var before []Source
	for i, s := range list {
		before = t.source(fmt.Sprintf("%s/%d", at, i), s, before)
	}
}

// source gives those before the next one.
func (t *Tree) source(at string, s v1alpha1.Source, before []Source) []Source {
	found := Source{Source: s, At: at, Before: before}
	t.Sources = append(t.Sources, found)
	t.predicates(at+"/when", s.When, nil)
	return append(before, found)
}

func (t *Tree) predicates(at string, list []v1alpha1.Predicate, entries *v1alpha1.Subject) {
	for i, p := range list {
		t.Predicates = append(t.Predicates, Predicate{Predicate: p, At: fmt.Sprintf("%s/%d", at, i), Entries: entries})
	}
}

// Uses are the names of the subjects and of the values that something uses.
type Uses struct{ Subjects, Values map[string]bool }

// Uses are those of the whole kind-spec.
func (t *Tree) Uses() Uses {
	u := Uses{map[string]bool{}, map[string]bool{}}
	for _, s := range t.Spec.Subjects {
		u.Subjects[s.Of] = true
		if s.Object != nil {
			for _, templates := range []map[string]v1alpha1.Template{s.Object.Labels, s.Object.Fields} {
				for _, text := range templates {
					u.template(text)
				}
			}
		}
	}
	for _, r := range t.Spec.Health {
		u.Subjects[r.Of] = true
	}
	for _, c := range t.Spec.Endpoint {
		u.Subjects[c.Of], u.Subjects[c.Only] = true, true
	}
	for _, s := range t.Sources {
		u.Subjects[s.Of], u.Values[s.Value] = true, true
		u.reference(s.Intersects)
		u.template(s.Template)
	}
	for _, p := range t.Predicates {
		u.predicate(p.Predicate)
	}
	return u
}

func (u Uses) predicate(p v1alpha1.Predicate) {
	u.Subjects[p.Of], u.Values[p.Value] = true, true
	for _, operand := range []*v1alpha1.Operand{p.Equals, p.AtLeast} {
		if operand != nil {
			u.Values[operand.Named] = true
		}
	}
	u.reference(p.Intersects)
	if p.Agrees != nil {
		u.Subjects[p.Agrees.With] = true
		for _, value := range p.Agrees.Absent {
			u.Values[value] = true
		}
	}
}

func (u Uses) reference(r *v1alpha1.FieldReference) {
	if r != nil {
		u.Subjects[r.Of] = true
	}
}

func (u Uses) template(text v1alpha1.Template) {
	for _, name := range syntax.Placeholder.FindAllStringSubmatch(string(text), -1) {
		u.Values[name[1]] = true
	}
}
