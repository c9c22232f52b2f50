package conformance

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// pool is what the fields of objects may be changed to: what the kind-spec
// compares with, and what the cases have in fields of that name.
type pool struct {
	texts, numbers []any
	// versions are the apiVersions of objects, by their kind.
	versions map[string][]any
	// read are the names of the fields that the kind-spec reads.
	read map[string]bool
	// seen are values by the name of the field, and same has names whose values
	// are compared with each other.
	seen map[string][]any
	same map[string][]string
	// beside are the names that cases have in an object, by the field that it is.
	beside map[string]map[string]bool
}

// edit is a field of an object and what it is to be instead; nil takes it away.
type edit struct {
	at    location
	value any
	// name is that of the field, or of the one in an entry of the list that it is.
	name string
	// what is the same for changes that are worth trying once.
	what string
}

// apply gives a changed copy.
func (e edit) apply(object map[string]any) map[string]any {
	if e.value == nil {
		return edited(object, e.at, remove)
	}
	return edited(object, e.at, put(e.value))
}

// maxSeen bounds how many values of the cases are tried in a field.
const maxSeen = 6

func newPool(spec *v1alpha1.ModelKindSpec) *pool {
	p := &pool{versions: map[string][]any{}, read: map[string]bool{}, seen: map[string][]any{}, same: map[string][]string{},
		beside: map[string]map[string]bool{}}
	for _, t := range typesOf(spec) {
		for _, version := range t.Versions {
			p.versions[t.Kind] = append(p.versions[t.Kind], strings.TrimPrefix(t.Group+"/"+version, "/"))
		}
	}
	for _, s := range spec.Subjects {
		p.path(s.Each + s.All)
	}
	tree := vet.Walk(spec)
	for _, q := range tree.Predicates {
		p.predicate(q.Predicate)
	}
	for _, s := range tree.Sources {
		p.path(s.Path)
		if s.Intersects != nil {
			p.path(s.Intersects.Path)
		}
	}
	p.texts = append(p.texts, "True", "False", "Unknown", "Other")
	p.numbers = append(p.numbers, int64(0))
	return p
}

func (p *pool) predicate(q v1alpha1.Predicate) {
	p.path(q.Path)
	constants := wanted(q)
	for _, reason := range q.ReasonIn {
		constants = append(constants, reason)
	}
	if q.AtLeast != nil {
		constants = append(constants, q.AtLeast.Value)
	}
	for _, value := range constants {
		switch value := value.(type) {
		case string:
			p.texts = appendNew(p.texts, value)
		case float64:
			for _, n := range []float64{value, value - 1, value + 1} {
				p.numbers = appendNew(p.numbers, wholeNumbers(n))
			}
		}
	}
	if q.Agrees != nil {
		for mine, theirs := range q.Agrees.Fields {
			a, b := p.path(mine), p.path(string(theirs))
			p.same[a], p.same[b] = append(p.same[a], b), append(p.same[b], a)
		}
	}
}

// path notes the names in a path, and gives the last one.
func (p *pool) path(path string) string {
	last := ""
	for _, name := range namesIn(path) {
		p.read[name], last = true, name
	}
	return last
}

// namesIn are the words of letters and digits in a text.
func namesIn(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func appendNew(list []any, value any) []any {
	if slices.ContainsFunc(list, func(known any) bool { return syntax.Canonical(known) == syntax.Canonical(value) }) {
		return list
	}
	return append(list, value)
}

// add notes what an object of a case has.
func (p *pool) add(object *unstructured.Unstructured) {
	walk(nil, object.Object, func(at location, value any) {
		if len(at) == 0 {
			return
		}
		name, owner := at.last(), at[:len(at)-1].field()
		if !p.read[name] {
			return
		}
		if p.beside[owner] == nil {
			p.beside[owner] = map[string]bool{}
		}
		p.beside[owner][name] = true
		if len(p.seen[name]) < maxSeen {
			p.seen[name] = appendNew(p.seen[name], value)
		}
	})
}

// values are those that were seen in fields of a name, or of one that it is
// compared with.
// They are of the type of the one that they stand in for: fields of one name
// may be of different types, as the status of an object and of a condition are.
func (p *pool) values(name string, instead any) []any {
	all := slices.Clone(p.seen[name])
	for _, other := range p.same[name] {
		all = append(all, p.seen[other]...)
	}
	if instead == nil {
		return all
	}
	return slices.DeleteFunc(all, func(value any) bool { return syntax.TypeName(value) != syntax.TypeName(instead) })
}

// edits are those of an object, in a fixed order.
func (p *pool) edits(object map[string]any) iter.Seq[edit] {
	return func(yield func(edit) bool) {
		for _, at := range append(readNodes(object), location{"apiVersion"}, location{"metadata", "generation"}, location{}) {
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
func (p *pool) others(object map[string]any, at location) []edit {
	var all []edit
	name := at.last()
	note := func(values ...any) {
		for _, value := range values {
			all = append(all, edit{at, value, name, syntax.Canonical(value)})
		}
	}
	switch value := at.in(object).(type) {
	case string:
		if name == "apiVersion" && len(at) == 1 {
			note(p.versions[text(object, "kind")]...)
			return all
		}
		if isConditionStatus(object, at) {
			note("True", "False", "Unknown")
			break
		}
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
		for _, name := range p.fields(at.field()) {
			if _, has := value[name]; has {
				continue
			}
			for _, seen := range p.values(name, nil) {
				all = append(all, edit{at.member(name), seen, name, syntax.Canonical(seen)})
			}
		}
	}
	if name != "" && at[0] != "metadata" {
		note(append(p.values(name, at.in(object)), nil)...)
	}
	return all
}

// isConditionStatus says that a field is the status of a condition, which is one
// of three words in every backend.
func isConditionStatus(object map[string]any, at location) bool {
	if len(at) == 0 || at.last() != "status" {
		return false
	}
	condition, _ := at[:len(at)-1].in(object).(map[string]any)
	_, typed := condition["type"].(string)
	return typed
}

// lists are a list without each of its entries, with each twice, also with one
// field of it changed, and with neighbours exchanged.
func (p *pool) lists(at location, list []any) []edit {
	var all []edit
	note := func(name, what string, value []any) { all = append(all, edit{at, value, name, what}) }
	for i, entry := range list {
		note(at.last(), "without", slices.Delete(slices.Clone(list), i, i+1))
		note(at.last(), "twice", slices.Insert(slices.Clone(list), i, entry))
		if i+1 < len(list) {
			swapped := slices.Clone(list)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			note(at.last(), "swapped", swapped)
		}
		for _, like := range p.alike(at.entry(i), entry) {
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
func (p *pool) alike(at location, entry any) []edit {
	object, ok := entry.(map[string]any)
	if !ok {
		return nil
	}
	var all []edit
	note := func(name string, value any, as, what string) {
		all = append(all, edit{nil, edit{at: location{name}, value: value}.apply(object), as, name + "." + what})
	}
	for _, name := range p.fields(at.field()) {
		if inner := p.alike(at.member(name), object[name]); inner != nil {
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
