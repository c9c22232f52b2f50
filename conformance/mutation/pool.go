package mutation

import (
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/jsontree"
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

// maxSeen bounds how many values of the cases are tried in a field.
const maxSeen = 6

func newPool(spec *v1alpha1.ModelKindSpec) *pool {
	p := &pool{versions: map[string][]any{}, read: map[string]bool{}, seen: map[string][]any{}, same: map[string][]string{},
		beside: map[string]map[string]bool{}}
	for _, t := range cases.ObjectTypes(spec) {
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
				p.numbers = appendNew(p.numbers, jsontree.WholeNumbers(n))
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
	jsontree.Walk(nil, object.Object, func(at jsontree.Location, value any) {
		if len(at) == 0 {
			return
		}
		name, owner := at.Last(), at[:len(at)-1].Field()
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
