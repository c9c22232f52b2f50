package kind

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxDepth bounds how many objects may lead to one another.
const maxDepth = 4

// dependencies has, by key of a value or a subject, the keys of what it
// needs; "" stands for the rest of the spec.
type dependencies struct {
	needs map[string][]string
	// of is whose needs are being noted.
	of string
}

func valueKey(name string) string { return "value " + name }
func subjectKey(as string) string { return "subject " + as }

// inside is the compiler for the parts of a value or a subject.
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
	if slices.Contains(BuiltInValues(), name) {
		c.refuseNamespaceOfNone(at, name)
		return
	}
	_, isParameter := c.spec.Parameters[name]
	if _, ok := c.spec.Values[name]; !ok && !isParameter {
		itself := func(known string) bool { return valueKey(known) == c.uses.of }
		known := slices.Concat(c.valueNames(), slices.Sorted(maps.Keys(c.spec.Parameters)), BuiltInValues())
		c.unknown(at, "value", name, slices.DeleteFunc(known, itself))
		return
	}
	c.need(valueKey(name))
}

func (c compiler) refuseNamespaceOfNone(at, name string) {
	if name == valueNamespace && c.spec.Referent != nil && c.spec.Referent.Scope == v1alpha1.ScopeCluster {
		c.doc.FaultAt(at, "the referent is in no namespace: write modelNamespace for the MaaSModel's, or a constant")
	}
}

// useSubject notes that a subject is needed, and gives what it is called inside.
func (c compiler) useSubject(at, of string) string {
	if of == "" || of == v1alpha1.ReferentName {
		if c.spec.NoReferent != "" && c.spec.Referent == nil {
			c.doc.FaultAcross(at, "there is no referent to look at: write of with the name of a subject")
		}
		return ""
	}
	if !slices.ContainsFunc(c.spec.Subjects, func(s v1alpha1.Subject) bool { return s.As == of }) {
		names := []string{v1alpha1.ReferentName}
		for _, s := range c.spec.Subjects {
			if subjectKey(s.As) == c.uses.of {
				break // It may use only what comes before it.
			}
			names = append(names, s.As)
		}
		c.unknown(at, "subject", of, names)
		return of
	}
	c.need(subjectKey(of))
	return of
}

func (c compiler) unknown(at, what, name string, known []string) {
	advice := "none is declared"
	if near := syntax.Nearest(name, known); near != "" {
		advice = fmt.Sprintf("did you mean %s?", near)
	} else if len(known) > 0 {
		advice = "there are " + strings.Join(known, ", ")
	}
	c.doc.AcrossOf(syntax.RuleUnknownName, at, "no %s is called %q, %s", what, name, advice)
}

func (c compiler) valueNames() []string { return slices.Sorted(maps.Keys(c.spec.Values)) }

// ReadStep is one step of looking around: a value, or a subject when value is
// empty.
type ReadStep struct {
	Value   string
	Subject int
}

// order puts every value and subject behind what it needs, and finds what can
// never be had.
func (c compiler) order() []ReadStep {
	o := ordering{compiler: c, state: map[string]int{}, depth: map[string]int{}}
	for _, name := range slices.Sorted(maps.Keys(c.spec.Parameters)) {
		o.visit(valueKey(name), "", nil) // They need nothing.
	}
	for i, s := range c.spec.Subjects {
		o.latest = i
		o.visit(subjectKey(s.As), fmt.Sprintf("/spec/subjects/%d", i), nil)
	}
	o.latest = len(c.spec.Subjects)
	for _, name := range c.valueNames() {
		o.visit(valueKey(name), "/spec/values/"+syntax.EscapePointer(name), nil)
	}
	return o.steps
}

// The states of a key in the walk; unset before it is met.
const (
	onTheWay = 1
	placed   = 2
)

// ordering is a depth-first walk over the needs.
type ordering struct {
	compiler
	steps []ReadStep
	state map[string]int
	depth map[string]int
	// latest is the subject that is being bound.
	latest int
}

func (o *ordering) visit(key, at string, way []string) {
	way = append(slices.Clone(way), key)
	switch o.state[key] {
	case onTheWay:
		o.doc.AcrossOf(syntax.RuleOrder, at, "needs itself: %s", strings.Join(way[slices.Index(way, key):], " needs "))
		return
	case placed:
		return
	}
	index := slices.IndexFunc(o.spec.Subjects, func(s v1alpha1.Subject) bool { return subjectKey(s.As) == key })
	if index > o.latest {
		if circle := o.wayBack(key, way); circle != nil {
			o.doc.AcrossOf(syntax.RuleOrder, at, "needs itself: %s", strings.Join(circle, " needs "))
			return
		}
		o.doc.AcrossOf(syntax.RuleOrder, at, "needs what comes later: %s; move subjects[%d] up", strings.Join(way, " needs "), index)
		return
	}
	o.state[key] = onTheWay
	for _, need := range o.uses.needs[key] {
		o.visit(need, at, way)
		o.depth[key] = max(o.depth[key], o.depth[need])
	}
	o.state[key] = placed
	if index < 0 {
		o.steps = append(o.steps, ReadStep{Value: strings.TrimPrefix(key, valueKey(""))})
		return
	}
	if o.spec.Subjects[index].Object != nil {
		o.depth[key]++
	}
	if o.depth[key] == maxDepth+1 && o.spec.Subjects[index].Object != nil {
		o.doc.AcrossOf(syntax.RuleOrder, at, "is the end of a chain of %d objects, and %d are allowed: find it from the referent more directly", maxDepth+1, maxDepth)
	}
	o.steps = append(o.steps, ReadStep{Subject: index})
}

// wayBack is a way from a key that comes later to one on the way to it: then no
// order helps. It is nil where there is none.
func (o *ordering) wayBack(key string, way []string) []string {
	seen := map[string]bool{}
	var follow func(at string, further []string) []string
	follow = func(at string, further []string) []string {
		for _, need := range o.uses.needs[at] {
			if i := slices.Index(way, need); i >= 0 {
				return slices.Concat(way[i:], further, []string{need})
			}
			if !seen[need] {
				seen[need] = true
				if found := follow(need, append(slices.Clone(further), need)); found != nil {
					return found
				}
			}
		}
		return nil
	}
	return follow(key, nil)
}
