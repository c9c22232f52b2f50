package kind

import (
	"reflect"
	"slices"
	"strings"

	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

// environment is what one observation has in sight: what each subject is bound
// to, and the values found so far. The referent's name is "".
type environment struct {
	bindings map[string]binding
	values   map[string]any
	reads    []Query
	// forbidden says which related objects may not be read; empty when all may.
	forbidden string
	// cut are the subjects of which not all objects are looked at.
	cut   []string
	trace trace
	// worded: somebody wants to know in words what tests find.
	worded bool
	// work is what may still be done.
	work *jsonpath.Budget
	// findings has room for those of one predicate after the other.
	findings []finding

	// What an object is handed on with to another kind.
	model  *v1alpha1.MaaSModel
	reader Reader
	rules  endpoint.Rules
	// depth is how many kinds have handed on so far.
	depth int
	// delegated has what other kinds have seen, by subject and kind.
	delegated map[string]*Observation
}

// noteRead notes that a query was asked; what is watched is watched once.
func (env *environment) noteRead(q Query) {
	if !slices.ContainsFunc(env.reads, func(asked Query) bool { return reflect.DeepEqual(asked, q) }) {
		env.reads = append(env.reads, q)
	}
}

// binding is what a subject is: objects, or entries of lists in them.
type binding struct {
	entries []entry
	// missing says in words why there are none.
	missing string
	// stale says which condition of another generation has left an entry out;
	// empty when none has.
	stale string
}

// entry is one thing in which paths and conditions are looked up: an object,
// or something inside one.
type entry struct {
	value any
	step  spec.NormalSelector
	// root is the object that it is or is in; nil for a named value.
	root map[string]any
	gate generationCheck
}

// whole says whether the entry is an object, not something inside one.
func (e entry) whole() bool { return e.step == nil }

// inside are the entries that a path selects in an entry; $ is itself.
func (e entry) inside(path *jsonpath.Path, left *jsonpath.Budget) []entry {
	if len(path.Segments) == 0 {
		return []entry{e}
	}
	var inner []entry
	for _, n := range path.Nodes(e.value, left) {
		inner = append(inner, entry{value: n.Value, step: n.Step, root: e.root, gate: e.gate})
	}
	return inner
}

// target says which entries a predicate or a source is about.
type target struct {
	of       string
	value    string
	versions []string
}

// entries are in their order; within is set inside where and prefer, and is
// then what is looked at.
func (t target) entries(env *environment, within *entry) []entry {
	var entries []entry
	switch {
	case t.value != "":
		if value, ok := env.values[t.value]; ok {
			entries = []entry{{value: value}}
		}
	case within != nil:
		entries = []entry{*within}
	default:
		entries = env.bindings[t.of].entries
	}
	if t.versions == nil {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return !slices.Contains(t.versions, versionOf(e.root)) })
}

func versionOf(object map[string]any) string {
	apiVersion, _ := object["apiVersion"].(string)
	return apiVersion[strings.LastIndexByte(apiVersion, '/')+1:]
}

// missing says in words why there is no entry, when it is because the subject
// is not there.
func (t target) missing(env *environment, within *entry) string {
	if within != nil || t.value != "" || len(env.bindings[t.of].entries) > 0 {
		return ""
	}
	return env.bindings[t.of].missing
}

// stale says which condition of another generation has left an entry out.
func (t target) stale(env *environment, within *entry) string {
	if within != nil || t.value != "" {
		return ""
	}
	return env.bindings[t.of].stale
}

// text puts before what is looked at whose it is.
func (t target) text(what string) string {
	switch {
	case t.value != "":
		return "value " + t.value
	case t.of != "":
		return t.of + ": " + what
	}
	return what
}
