package kind

import (
	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

// projection is the part of an object that paths read, as a tree.
type projection struct {
	// whole keeps everything below.
	whole  bool
	fields map[string]*projection
	// each applies to every entry of a list and every value of an object. All
	// entries of a list stay in place, since paths count and order them.
	each *projection
	// conditions keeps, of a list of conditions, the types in it.
	conditions map[string]bool
}

// ConditionFields are what is read of a condition: its times are left out, so
// that a backend that rewrites them wakes nothing.
func ConditionFields() []string {
	return []string{"type", "status", "reason", "message", "observedGeneration"}
}

func (p *projection) field(name string) *projection {
	if p.fields == nil {
		p.fields = map[string]*projection{}
	}
	if p.fields[name] == nil {
		p.fields[name] = &projection{}
	}
	return p.fields[name]
}

func (p *projection) every() *projection {
	if p.each == nil {
		p.each = &projection{}
	}
	return p.each
}

func (p *projection) condition(conditionType string) {
	if p.conditions == nil {
		p.conditions = map[string]bool{}
	}
	p.conditions[conditionType] = true
}

// keep keeps what the path selects below p; root is where $ is.
func (p *projection) keep(root *projection, path *jsonpath.Path) {
	for _, end := range p.descend(root, path.Segments) {
		end.whole = true
	}
}

// descend gives the places that the segments lead to from p. What a filter
// looks at is kept; a descendant segment keeps everything.
func (p *projection) descend(root *projection, segments []*spec.Segment) []*projection {
	if len(segments) == 0 {
		return []*projection{p}
	}
	if segments[0].IsDescendant() {
		p.whole = true
		return []*projection{{}}
	}
	var ends []*projection
	for _, selector := range segments[0].Selectors() {
		child := p.every
		if name, ok := selector.(spec.Name); ok {
			child = func() *projection { return p.field(string(name)) }
		}
		if filter, ok := selector.(*spec.FilterSelector); ok {
			for _, query := range jsonpath.Queries(filter.String()) {
				from := p.every()
				if query.FromRoot {
					from = root
				}
				for _, end := range from.descend(root, query.Segments) {
					end.whole = true
				}
			}
		}
		ends = append(ends, child().descend(root, segments[1:])...)
	}
	return ends
}

// merge adds everything that q keeps.
func (p *projection) merge(q *projection) {
	p.whole = p.whole || q.whole
	for name, child := range q.fields {
		p.field(name).merge(child)
	}
	if q.each != nil {
		p.every().merge(q.each)
	}
	for conditionType := range q.conditions {
		p.condition(conditionType)
	}
}

func union(a, b *projection) *projection {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	both := &projection{}
	both.merge(a)
	both.merge(b)
	return both
}
