package kind

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxDepth bounds how many related objects may lead to one another.
const maxDepth = 4

// dependencies has, by key of a value or a related object, the keys of what it
// needs; "" stands for the rest of the spec.
type dependencies struct {
	needs map[string][]string
	// of is whose needs are being noted.
	of string
}

func valueKey(name string) string { return "value " + name }
func relatedKey(as string) string { return "related " + as }

// inside is the compiler for the parts of a value or a related object.
func (c compiler) inside(key string) compiler {
	c.uses.of = key
	return c
}

func (c compiler) need(key string) {
	if !slices.Contains(c.uses.needs[c.uses.of], key) {
		c.uses.needs[c.uses.of] = append(c.uses.needs[c.uses.of], key)
	}
}

// useValue notes that a value is needed, and checks that it is declared.
func (c compiler) useValue(at, name string) {
	if slices.Contains(builtInValues, name) {
		c.refuseNamespaceOfNone(at, name)
		return
	}
	if _, ok := c.spec.Values[name]; !ok {
		c.unknown(at, "value", name, slices.Concat(c.valueNames(), builtInValues))
		return
	}
	c.need(valueKey(name))
}

func (c compiler) refuseNamespaceOfNone(at, name string) {
	if name == valueNamespace && c.spec.Referent != nil && c.spec.Referent.Scope == ScopeCluster {
		c.doc.faultAt(at, "the referent is in no namespace: write modelNamespace for the MaaSModel's, or a constant")
	}
}

// useRelated notes that related objects are needed; there may be many of them
// when they are selected by labels.
func (c compiler) useRelated(at, as string) (many bool) {
	i := slices.IndexFunc(c.spec.Related, func(r relatedSpec) bool { return r.As == as })
	if i < 0 {
		names := make([]string, len(c.spec.Related))
		for i, r := range c.spec.Related {
			names[i] = r.As
		}
		c.unknown(at, "related object", as, names)
		return false
	}
	c.need(relatedKey(as))
	return c.spec.Related[i].Selector != nil
}

func (c compiler) unknown(at, what, name string, known []string) {
	advice := "none is declared"
	if near := Nearest(name, known); near != "" {
		advice = fmt.Sprintf("did you mean %s?", near)
	} else if len(known) > 0 {
		advice = "there are " + strings.Join(known, ", ")
	}
	c.doc.faultAcross(at, "no %s is called %q, %s", what, name, advice)
}

func (c compiler) valueNames() []string { return sortedKeys(c.spec.Values) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// readStep is one step of looking around: a value, or a related object when
// value is empty.
type readStep struct {
	value   string
	related int
}

// order puts every value and related object behind what it needs, and finds
// what can never be had and what nothing needs.
func (c compiler) order() []readStep {
	o := ordering{compiler: c, state: map[string]int{}, depth: map[string]int{}}
	for i, r := range c.spec.Related {
		o.latest = i
		o.visit(relatedKey(r.As), fmt.Sprintf("/spec/related/%d", i), nil)
	}
	o.latest = len(c.spec.Related)
	for _, name := range c.valueNames() {
		o.visit(valueKey(name), "/spec/values/"+escapePointer(name), nil)
	}
	c.refuseUnused()
	return o.steps
}

func (c compiler) refuseUnused() {
	used := map[string]bool{}
	for _, needs := range c.uses.needs {
		for _, key := range needs {
			used[key] = true
		}
	}
	for i, r := range c.spec.Related {
		if !used[relatedKey(r.As)] {
			c.doc.faultAcross(fmt.Sprintf("/spec/related/%d/as", i), "nothing looks at %s, remove it", r.As)
		}
	}
	for _, name := range c.valueNames() {
		if !used[valueKey(name)] && !slices.Contains(builtInValues, name) {
			c.doc.faultAcross("/spec/values/"+escapePointer(name), "nothing uses %s, remove it", name)
		}
	}
}

// The states of a key in the walk; unset before it is met.
const (
	onTheWay = 1
	placed   = 2
)

// ordering is a depth-first walk over the needs.
type ordering struct {
	compiler
	steps []readStep
	state map[string]int
	depth map[string]int
	// latest is the related object that is being read.
	latest int
}

func (o *ordering) visit(key, at string, way []string) {
	way = append(slices.Clone(way), key)
	switch o.state[key] {
	case onTheWay:
		o.doc.faultAcross(at, "needs itself: %s", strings.Join(way[slices.Index(way, key):], " needs "))
		return
	case placed:
		return
	}
	index := slices.IndexFunc(o.spec.Related, func(r relatedSpec) bool { return relatedKey(r.As) == key })
	if index > o.latest {
		o.doc.faultAcross(at, "needs what is read later: %s; move related[%d] up", strings.Join(way, " needs "), index)
		return
	}
	o.state[key] = onTheWay
	for _, need := range o.uses.needs[key] {
		o.visit(need, at, way)
		o.depth[key] = max(o.depth[key], o.depth[need])
	}
	o.state[key] = placed
	if index < 0 {
		o.steps = append(o.steps, readStep{value: strings.TrimPrefix(key, valueKey(""))})
		return
	}
	if o.depth[key]++; o.depth[key] == maxDepth+1 {
		o.doc.faultAcross(at, "is the end of a chain of %d related objects, and %d are allowed: find it from the referent more directly", maxDepth+1, maxDepth)
	}
	o.steps = append(o.steps, readStep{related: index})
}
