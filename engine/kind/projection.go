package kind

import (
	"github.com/theory/jsonpath/spec"
	"k8s.io/apimachinery/pkg/runtime/schema"
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

// conditionFields are what is read of a condition: its times are left out, so
// that a backend that rewrites them wakes nothing.
var conditionFields = []string{"type", "status", "reason", "message", "observedGeneration"}

// projectionsOf has what the kind reads of objects of each type, in any role.
func projectionsOf(k *Kind) map[schema.GroupKind]*projection {
	r := reading{}
	for _, role := range k.roles() {
		r[role] = &projection{}
	}
	r.gate("", k.generation)
	for _, related := range k.related {
		r.gate(related.as, related.generation)
		for label := range related.labels {
			r[related.as].field("metadata").field("labels").field(label).whole = true
		}
	}
	for _, rule := range k.health {
		r.predicates(rule.when, nil)
	}
	for _, value := range k.values {
		r.places(value.places...)
	}
	for _, c := range k.endpoint {
		r.places(c.place)
	}
	for _, p := range k.model {
		r.places(p)
	}
	byType := map[schema.GroupKind]*projection{}
	for role, p := range r {
		groupKind := k.typeOf(role).GroupKind()
		if byType[groupKind] == nil {
			byType[groupKind] = &projection{}
		}
		byType[groupKind].merge(p)
	}
	return byType
}

// reading is what is read of the objects of each role.
type reading map[string]*projection

// gate reads the generation only where something is compared with it: else
// every change of a spec would wake the models.
func (r reading) gate(role string, g gate) {
	if g.path != nil {
		r[role].keep(r[role], g.path)
	}
	if g.path != nil || g.perCondition {
		r[role].field("metadata").field("generation").whole = true
	}
}

func (r reading) places(places ...place) {
	for _, p := range places {
		r.predicates(p.when, nil)
		for _, at := range r.entries(p.subject, nil) {
			switch {
			case p.path == nil:
			case p.key:
				at.descend(at.projection, p.path.segments)
			default:
				at.keep(at.projection, p.path)
			}
		}
	}
}

// predicates are about the entries of within, or about whole objects.
func (r reading) predicates(predicates []predicate, within *spot) {
	for _, p := range predicates {
		if p.subject.value != "" {
			continue
		}
		for _, at := range r.entries(p.subject, within) {
			switch t := p.test.(type) {
			case conditionTest:
				at.conditionsField().condition(t.conditionType)
			case pathTest:
				if len(t.path.segments) > 0 || !t.presence {
					at.keep(at.projection, t.path)
				}
			}
		}
	}
}

// spot is a part of objects in which paths are looked up.
type spot struct {
	*projection
	whole bool
}

func (s spot) conditionsField() *projection {
	if s.whole {
		return s.field("status").field("conditions")
	}
	return s.field("conditions")
}

func (r reading) entries(s subject, within *spot) []spot {
	at := []spot{{r[s.of], true}}
	if within != nil {
		at = []spot{*within}
	}
	if s.each != nil {
		var inner []spot
		for _, p := range at[0].descend(at[0].projection, s.each.segments) {
			inner = append(inner, spot{p, len(s.each.segments) == 0 && at[0].whole})
		}
		at = inner
	}
	for _, each := range at {
		r.predicates(s.where, &each)
	}
	return at
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
func (p *projection) keep(root *projection, path *jsonPath) {
	for _, end := range p.descend(root, path.segments) {
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
			for _, query := range queriesIn(filter.String()) {
				from := p.every()
				if query.fromRoot {
					from = root
				}
				for _, end := range from.descend(root, query.segments) {
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
