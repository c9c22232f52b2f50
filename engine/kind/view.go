package kind

import (
	"slices"
	"strings"

	"github.com/theory/jsonpath/spec"
)

// view is what one observation has in sight: the objects by role, and the
// values found so far. The referent's role is "".
type view struct {
	sights map[string]sight
	values map[string]any
	reads  []Query
	// forbidden says which related objects may not be read; empty when all may.
	forbidden string
	// cut are the roles of which not all objects are looked at.
	cut   []string
	trace trace
	// work is what may still be done.
	work *budget
}

// sight is the objects of one role.
type sight struct {
	objects []map[string]any
	// missing says in words why there are none.
	missing string
	gate    gate
}

// entry is one thing in which paths and conditions are looked up: an object,
// or something inside one.
type entry struct {
	value any
	step  spec.NormalSelector
	// root is the object that it is or is in; nil for a named value.
	root map[string]any
	gate gate
}

// whole says whether the entry is an object, not something inside one.
func (e entry) whole() bool { return e.step == nil }

// subject says which entries a predicate or a place is about.
type subject struct {
	of       string
	value    string
	versions []string
	each     *jsonPath
	where    []predicate
}

// entries are in the order of the lists they are in; within is set inside a
// where, and is then what is looked at.
func (s subject) entries(v *view, within *entry) []entry {
	var entries []entry
	switch {
	case s.value != "":
		if value, ok := v.values[s.value]; ok {
			entries = []entry{{value: value}}
		}
	case within != nil:
		entries = []entry{*within}
	default:
		sight := v.sights[s.of]
		for _, object := range sight.objects {
			entries = append(entries, entry{value: object, root: object, gate: sight.gate})
		}
	}
	entries = slices.DeleteFunc(entries, func(e entry) bool { return !s.isOfVersion(e) })
	if s.each != nil {
		entries = s.inside(entries, v.work)
	}
	return slices.DeleteFunc(entries, func(e entry) bool { return !holdFor(s.where, v, e) })
}

func (s subject) isOfVersion(e entry) bool {
	if s.versions == nil {
		return true
	}
	apiVersion, _ := e.root["apiVersion"].(string)
	return slices.Contains(s.versions, apiVersion[strings.LastIndexByte(apiVersion, '/')+1:])
}

func (s subject) inside(entries []entry, left *budget) []entry {
	var inner []entry
	for _, e := range entries {
		for _, n := range s.each.nodes(e.value, left) {
			inner = append(inner, entry{value: n.value, step: n.step, root: e.root, gate: e.gate})
		}
	}
	return inner
}

// missing says in words why there is no entry, when it is because a related
// object is not there.
func (s subject) missing(v *view) string {
	if s.of == "" || len(v.sights[s.of].objects) > 0 {
		return ""
	}
	return v.sights[s.of].missing
}

// text puts before what is looked at where it is looked at.
func (s subject) text(what string) string {
	if s.value != "" {
		return "value " + s.value
	}
	var where []string
	for _, p := range s.where {
		where = append(where, p.text+" "+p.want)
	}
	place := ""
	if s.each != nil {
		place = s.each.text
	}
	if len(where) > 0 {
		place = strings.TrimSpace(place + " where " + strings.Join(where, " and "))
	}
	for _, word := range []string{place, s.of} {
		if word != "" {
			what = word + ": " + what
		}
	}
	return what
}
