package mutation

import (
	"iter"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/jsontree"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// edit is a field of an object and what it is to be instead; nil takes it away.
type edit struct {
	at    jsontree.Location
	value any
	// name is that of the field, or of the one in an entry of the list that it is.
	name string
	// what is the same for changes that are worth trying once.
	what string
}

// apply gives a changed copy.
func (e edit) apply(object map[string]any) map[string]any {
	if e.value == nil {
		return jsontree.Without(object, e.at)
	}
	return jsontree.With(object, e.at, e.value)
}

// edits are those of an object, in a fixed order.
func (p *pool) edits(object map[string]any) iter.Seq[edit] {
	return func(yield func(edit) bool) {
		for _, at := range append(cases.ReadNodes(object), jsontree.Location{"apiVersion"}, jsontree.Location{"metadata", "generation"}, jsontree.Location{}) {
			for _, e := range p.others(object, at) {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// others are what the field at a place, and the members that it lacks, may be
// instead.
func (p *pool) others(object map[string]any, at jsontree.Location) []edit {
	var all []edit
	name := at.Last()
	note := func(values ...any) {
		for _, value := range values {
			all = append(all, edit{at, value, name, syntax.Canonical(value)})
		}
	}
	if values, few := p.few(object, at); few {
		note(values...)
		return all
	}
	switch value := at.In(object).(type) {
	case string:
		note(p.texts...)
	case int64:
		note(value+1, value-1)
		note(p.numbers...)
	case float64:
		note(value+1, value-1)
		note(p.numbers...)
	case bool:
		note(!value)
	case []any:
		all = p.lists(at, value)
	case map[string]any:
		all = p.members(at, value)
		for _, name := range p.fields(at.Field()) {
			if _, has := value[name]; has {
				continue
			}
			for _, seen := range p.values(name, nil) {
				all = append(all, edit{at.Member(name), seen, name, syntax.Canonical(seen)})
			}
		}
	}
	if name != "" && at[0] != "metadata" {
		note(append(p.values(name, at.In(object)), nil)...)
	}
	return all
}

// few are what alone may be in fields that Kubernetes has the say in, if the place is one.
func (p *pool) few(object map[string]any, at jsontree.Location) ([]any, bool) {
	switch value := at.In(object).(type) {
	case string:
		if at.Last() == "apiVersion" && len(at) == 1 {
			return p.versions[jsontree.Text(object, "kind")], true
		}
		return []any{"Unknown", "True", "False"}, isConditionStatus(object, at) // without a status it is none
	case int64:
		return []any{value + 1}, at.Last() == "generation" && at[0] == "metadata" // it begins with 1
	}
	return nil, false
}

// members are one more entry of an object whose names are not fields but anybody's, as the
// one that is there and with one thing in it changed.
func (p *pool) members(at jsontree.Location, object map[string]any) []edit {
	names := slices.Sorted(maps.Keys(object))
	if len(at) == 0 || at[0] == "metadata" || len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return p.read[name] }) {
		return nil
	}
	first, more := names[0], at.Member(names[0]+"-2")
	if _, entry := object[first].(map[string]any); !entry {
		return nil
	}
	all := []edit{{more, object[first], at.Last(), "one more"}}
	for _, like := range p.alike(at.Member(first), object[first]) {
		all = append(all, edit{more, like.value, like.name, "one more " + like.what})
	}
	return all
}

// isConditionStatus says that a field is the status of a condition, which is one
// of three words in every backend.
func isConditionStatus(object map[string]any, at jsontree.Location) bool {
	if len(at) == 0 || at.Last() != "status" {
		return false
	}
	return isCondition(at[:len(at)-1].In(object))
}

func isCondition(entry any) bool {
	condition, _ := entry.(map[string]any)
	_, typed := condition["type"].(string)
	_, decided := condition["status"].(string)
	return typed && decided
}

// typed says whether a list has a condition of the type of another one.
func typed(list []any, other any) bool {
	condition, _ := other.(map[string]any)
	return !isCondition(other) || slices.ContainsFunc(list, func(entry any) bool {
		one, _ := entry.(map[string]any)
		return one["type"] == condition["type"]
	})
}

// lists are a list without each of its entries, with each twice, also with one
// field of it changed, and with neighbours exchanged. A type of conditions is in a list once.
func (p *pool) lists(at jsontree.Location, list []any) []edit {
	var all []edit
	note := func(name, what string, value []any) { all = append(all, edit{at, value, name, what}) }
	for i, entry := range list {
		note(at.Last(), "without", slices.Delete(slices.Clone(list), i, i+1))
		if !isCondition(entry) {
			note(at.Last(), "twice", slices.Insert(slices.Clone(list), i, entry))
		}
		if i+1 < len(list) {
			swapped := slices.Clone(list)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			note(at.Last(), "swapped", swapped)
		}
		for _, like := range p.alike(at.Entry(i), entry) {
			if isCondition(entry) && typed(list, like.value) {
				continue
			}
			note(like.name, "before "+like.what, slices.Insert(slices.Clone(list), i, like.value))
			note(like.name, "behind "+like.what, slices.Insert(slices.Clone(list), i+1, like.value))
		}
	}
	return all
}

// fields are those that an object at a place may have: what the cases have there,
// and what is compared with other entries.
func (p *pool) fields(place string) []string {
	names := maps.Clone(p.beside[place])
	if names == nil {
		return nil
	}
	for name := range p.same {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// alike are an entry with one of its fields changed, or without it.
func (p *pool) alike(at jsontree.Location, entry any) []edit {
	object, ok := entry.(map[string]any)
	if !ok {
		return nil
	}
	var all []edit
	note := func(name string, value any, as, what string) {
		all = append(all, edit{nil, edit{at: jsontree.Location{name}, value: value}.apply(object), as, name + "." + what})
	}
	for _, name := range p.fields(at.Field()) {
		if inner := p.alike(at.Member(name), object[name]); inner != nil {
			for _, like := range inner {
				note(name, like.value, like.name, like.what)
			}
			continue
		}
		for _, value := range append(p.values(name, object[name]), nil) {
			note(name, value, name, syntax.Canonical(value))
		}
	}
	return all
}
