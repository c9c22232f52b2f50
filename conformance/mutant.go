package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mutant is a kind-spec with one thing changed that some case has to notice.
type mutant struct {
	// name says what was changed, and is what a waiver names.
	name string
	// document is the whole kind-spec.
	document map[string]any
}

// mutation makes mutants of a kind-spec.
type mutation struct {
	original map[string]any
	mutants  []mutant
}

// mutantsOf are the mutants of a kind-spec, in the order of its fields.
func mutantsOf(document map[string]any) []mutant {
	m := &mutation{original: document}
	spec := field(document, "spec")
	at := location{"spec"}
	m.rules(at.member("health"), list(spec, "health"))
	m.gate(at, spec)
	for i, related := range list(spec, "related") {
		inner, _ := related.(map[string]any)
		m.gate(at.member("related").entry(i), inner)
	}
	values := field(deciding(spec), "values")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		m.places(at.member("values").member(name), list(values, name))
	}
	m.places(at.member("endpoint"), list(spec, "endpoint"))
	return m.mutants
}

// change adds a mutant; edit gets the same place in a copy of the kind-spec.
func (m *mutation) change(verb string, at location, edit func(copied any)) {
	document, _ := deepCopy(m.original).(map[string]any)
	edit(at.in(document))
	prune(field(document, "spec"))
	m.mutants = append(m.mutants, mutant{name: verb + " " + at.String(), document: document})
}

// object is change for the object at a place.
func (m *mutation) object(verb string, at location, edit func(map[string]any)) {
	m.change(verb, at, func(copied any) {
		if object, ok := copied.(map[string]any); ok {
			edit(object)
		}
	})
}

// set replaces the field of the object at a place; a nil value removes it.
func (m *mutation) set(verb string, at location, name string, value any) {
	document, _ := deepCopy(m.original).(map[string]any)
	object, ok := at.in(document).(map[string]any)
	if !ok {
		return
	}
	delete(object, name)
	if value != nil {
		object[name] = value
	}
	prune(field(document, "spec"))
	m.mutants = append(m.mutants, mutant{name: verb + " " + at.member(name).String(), document: document})
}

// without drops each entry of a list that has more than one.
func (m *mutation) without(at location, entries []any) {
	if len(entries) < 2 {
		return
	}
	owner, name := at.owner()
	for i := range entries {
		m.object("drop", owner, func(object map[string]any) { object[name] = slices.Delete(list(object, name), i, i+1) })
		m.mutants[len(m.mutants)-1].name = "drop " + at.entry(i).String()
	}
}

// swap exchanges an entry with the next.
func (m *mutation) swap(at location, i int) {
	m.change("swap", at, func(copied any) {
		if entries, ok := copied.([]any); ok {
			entries[i], entries[i+1] = entries[i+1], entries[i]
		}
	})
	m.mutants[len(m.mutants)-1].name = fmt.Sprintf("swap %s and [%d]", at.entry(i), i+1)
}

// rules: the order counts between rules that say different things and can hold
// together.
func (m *mutation) rules(at location, rules []any) {
	m.without(at, rules)
	for i := range rules {
		if i+1 < len(rules) && text(rules[i], "is") != text(rules[i+1], "is") && !exclusive(rules[i], rules[i+1]) {
			m.swap(at, i)
		}
		verdicts := map[string]string{"Ready": "Progressing", "Servable": "Ready", "Failed": "Progressing", "Progressing": "Ready"}
		m.set("flip", at.entry(i), "is", verdicts[text(rules[i], "is")])
		m.predicates(at.entry(i), "when", list(rules[i], "when"))
	}
}

func (m *mutation) gate(at location, object map[string]any) {
	if policy := text(object, "generation"); policy != "" && policy != "Ignore" {
		m.set("drop", at, "generation", nil)
	}
}

// places: candidates, and places of values.
func (m *mutation) places(at location, places []any) {
	m.without(at, places)
	for i, place := range places {
		if i+1 < len(places) {
			m.swap(at, i)
		}
		here := at.entry(i)
		object, _ := place.(map[string]any)
		for _, name := range []string{"lower", "prefer", "versions"} {
			if object[name] != nil && object[name] != false {
				m.set("drop", here, name, nil)
			}
		}
		if scheme := text(place, "scheme"); scheme != "" {
			m.set("flip", here, "scheme", map[string]string{"http": "https", "https": "http"}[scheme])
		}
		for _, name := range []string{"port", "constant"} {
			if number, ok := object[name].(float64); ok {
				m.set("raise", here, name, number+1)
			}
		}
		m.predicates(here, "when", list(place, "when"))
		m.predicates(here, "where", list(place, "where"))
	}
}

// predicates drops each of a list, and the list when it holds one alone that
// need not be there.
func (m *mutation) predicates(owner location, name string, predicates []any) {
	at := owner.member(name)
	m.without(at, predicates)
	if len(predicates) == 1 && (name == "where" || owner[1] != "health") {
		m.set("drop", owner, name, nil)
	}
	for i, p := range predicates {
		object, _ := p.(map[string]any)
		m.predicate(at.entry(i), object)
		m.predicates(at.entry(i), "where", list(p, "where"))
	}
}

// location is where something is in a kind-spec: member names and indices.
type location []any

func (l location) member(name string) location { return append(slices.Clone(l), name) }
func (l location) entry(i int) location        { return append(slices.Clone(l), i) }

// owner splits off the last member name.
func (l location) owner() (location, string) {
	name, _ := l[len(l)-1].(string)
	return l[:len(l)-1], name
}

// String gives spec.health[0].when[1].
func (l location) String() string {
	var b strings.Builder
	for _, step := range l {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, step)
		}
	}
	return b.String()
}

// in gives what is at the location; nil when there is nothing.
func (l location) in(value any) any {
	for _, step := range l {
		switch step := step.(type) {
		case int:
			entries, ok := value.([]any)
			if !ok || step >= len(entries) {
				return nil
			}
			value = entries[step]
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				return nil
			}
			value = object[step]
		}
	}
	return value
}
