package kind

import "k8s.io/apimachinery/pkg/runtime/schema"

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
