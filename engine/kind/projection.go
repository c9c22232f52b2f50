package kind

import "github.com/theory/jsonpath/spec"

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

// conditionFields are what is read of a condition: its times are left out, so
// that a backend that rewrites them wakes nothing.
var conditionFields = []string{"type", "status", "reason", "message", "observedGeneration"}

func projectionOf(k *Kind) *projection {
	root := &projection{}
	paths := k.model.paths()
	if k.generation != nil {
		paths = append(paths, k.generation)
		root.field("metadata").field("generation").whole = true
	}
	var predicates []predicate
	for _, r := range k.health {
		predicates = append(predicates, r.when...)
	}
	for _, c := range k.endpoint {
		paths = append(paths, c.path)
		predicates = append(predicates, c.when...)
	}
	for _, p := range predicates {
		switch p := p.(type) {
		case conditionPredicate:
			root.field("status").field("conditions").condition(p.conditionType)
		case pathPredicate:
			paths = append(paths, p.path)
		}
	}
	for _, p := range paths {
		root.add(root, p.compiled.Query().Segments())
	}
	return root
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

// add keeps what the segments select below p.
func (p *projection) add(root *projection, segments []*spec.Segment) {
	if len(segments) == 0 || segments[0].IsDescendant() {
		p.whole = true
		return
	}
	for _, selector := range segments[0].Selectors() {
		switch s := selector.(type) {
		case spec.Name:
			p.field(string(s)).add(root, segments[1:])
		case *spec.FilterSelector:
			for _, query := range queriesIn(s.String()) {
				from := p.every()
				if query.fromRoot {
					from = root
				}
				from.add(root, query.segments)
			}
			p.every().add(root, segments[1:])
		default:
			p.every().add(root, segments[1:])
		}
	}
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
