package conformance

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// pool is what the fields of objects may be changed to: what the kind-spec
// compares with, and what the other cases have there.
type pool struct {
	texts   []any
	numbers []any
	// versions are the apiVersions of objects, by their kind.
	versions map[string][]any
	// members are the values seen of the members of an object, by the field that
	// the object is.
	members map[string]map[string][]any
}

// maxSeen bounds how many values of the other cases are tried in a field.
const maxSeen = 4

func newPool(spec *v1alpha1.ModelKindSpec) *pool {
	p := &pool{versions: map[string][]any{}, members: map[string]map[string][]any{}}
	note := func(value any) {
		switch value := value.(type) {
		case string:
			p.texts = appendNew(p.texts, value)
		case float64:
			for _, n := range []float64{value, value - 1, value + 1} {
				p.numbers = appendNew(p.numbers, wholeNumbers(n))
			}
		}
	}
	walkSpec(spec, func(q *v1alpha1.Predicate) {
		for _, value := range wanted(*q) {
			note(value)
		}
		for _, reason := range q.ReasonIn {
			note(reason)
		}
		if q.AtLeast != nil {
			note(q.AtLeast.Value)
		}
		note(q.Condition)
	}, func(*v1alpha1.Source) {})
	for _, status := range []string{"True", "False", "Unknown", "Other"} {
		note(status)
	}
	p.numbers = appendNew(p.numbers, any(int64(0)))
	for _, t := range typesOf(spec) {
		for _, version := range t.Versions {
			p.versions[t.Kind] = append(p.versions[t.Kind], strings.TrimPrefix(t.Group+"/"+version, "/"))
		}
	}
	return p
}

func appendNew(list []any, value any) []any {
	if slices.ContainsFunc(list, func(known any) bool { return canonical(known) == canonical(value) }) {
		return list
	}
	return append(list, value)
}

// add notes what an object of a case has.
func (p *pool) add(object *unstructured.Unstructured) {
	walk(nil, object.Object, func(at location, value any) {
		inner, ok := value.(map[string]any)
		if !ok || len(at) > 0 && at[0] == "metadata" {
			return
		}
		field := object.GetKind() + " " + at.field()
		if p.members[field] == nil {
			p.members[field] = map[string][]any{}
		}
		for name, member := range inner {
			if seen := p.members[field][name]; len(seen) < maxSeen {
				p.members[field][name] = appendNew(seen, member)
			}
		}
	})
}

// edits are fields of an object and what they may be instead, in a fixed order;
// nil takes the field away.
func (p *pool) edits(object map[string]any) iter.Seq2[location, any] {
	return func(yield func(location, any) bool) {
		for _, at := range append(readNodes(object), location{"apiVersion"}, location{"metadata", "generation"}, location{}) {
			for where, value := range p.values(object, at) {
				if !yield(where, value) {
					return
				}
			}
		}
	}
}

// values are what the field at a place, and the members that it lacks, may be
// instead.
func (p *pool) values(object map[string]any, at location) iter.Seq2[location, any] {
	return func(yield func(location, any) bool) {
		value, kindName := at.in(object), text(object, "kind")
		var others []any
		switch value := value.(type) {
		case string:
			others = append(others, p.texts...)
		case int64:
			others = append([]any{value + 1, value - 1}, p.numbers...)
		case float64:
			others = append([]any{value + 1, value - 1}, p.numbers...)
		case bool:
			others = []any{!value}
		case []any:
			others = lists(value)
		case map[string]any:
			if !p.lacking(object, at, value, yield) {
				return
			}
		}
		if len(at) == 0 {
			return
		}
		if name, ok := at[len(at)-1].(string); ok {
			switch {
			case name == "apiVersion" && len(at) == 1:
				others = p.versions[kindName]
			case at[0] != "metadata" || len(at) > 2:
				others = append([]any{nil}, others...)
			}
			others = append(others, p.members[kindName+" "+at[:len(at)-1].field()][name]...)
		}
		for _, other := range others {
			if canonical(other) != canonical(value) && !yield(at, other) {
				return
			}
		}
	}
}

// lacking puts what other cases have where this object has nothing.
func (p *pool) lacking(object map[string]any, at location, value map[string]any, yield func(location, any) bool) bool {
	members := p.members[text(object, "kind")+" "+at.field()]
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if _, has := value[name]; has {
			continue
		}
		for _, member := range members[name] {
			if !yield(at.member(name), member) {
				return false
			}
		}
	}
	return true
}

// lists are a list without each of its entries, with each twice, and with
// neighbours exchanged.
func lists(list []any) []any {
	others := []any{}
	for i := range list {
		others = append(others, slices.Delete(slices.Clone(list), i, i+1), slices.Insert(slices.Clone(list), i, list[i]))
		if i+1 < len(list) {
			swapped := slices.Clone(list)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			others = append(others, swapped)
		}
	}
	return others
}
