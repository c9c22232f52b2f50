package kind

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// projectionsOf has what the kind reads of objects of each type, in any subject.
func projectionsOf(k *Kind) map[schema.GroupKind]*projection {
	r := reading{}
	roots := map[string]*projection{}
	for _, name := range k.objectNames() {
		roots[name] = &projection{}
		r[name] = []cursor{{roots[name], true}}
		roots[name].generationCheck(k.generationCheckOf(name))
	}
	r.kind(k)
	for i, s := range k.subjects {
		k.subjects[i].naming = r.naming(s.as)
	}
	byType := map[schema.GroupKind]*projection{}
	for name, root := range roots {
		if name == "" && k.noReferent != "" {
			continue
		}
		types := []Referent{k.TypeOf(name)}
		if name == "" {
			types = k.Referents()
		}
		for _, t := range types {
			groupKind := t.GroupKind()
			if byType[groupKind] == nil {
				byType[groupKind] = &projection{}
			}
			byType[groupKind].merge(root)
			if name == "" && IsMaaSModel(groupKind) {
				byType[groupKind].field("spec").field("modelRef").whole = true // followed, to find circles
			}
		}
	}
	return byType
}

// IsMaaSModel says whether objects of a type are MaaSModels, which refer on.
func IsMaaSModel(t schema.GroupKind) bool {
	return t == schema.GroupKind{Group: v1alpha1.GroupVersion.Group, Kind: "MaaSModel"}
}

// kind notes everything that a kind reads.
func (r reading) kind(k *Kind) {
	for _, s := range k.subjects {
		r.subject(s)
	}
	for _, rule := range k.health {
		r.predicates(rule.when, nil)
		r.sources(rule.because)
	}
	for _, value := range k.values {
		r.sources(value.sources)
	}
	for _, c := range k.endpoint {
		r.sources(sources{c.source})
		if c.url != nil {
			r.sources(slices.Concat(c.url.scheme, c.url.host, c.url.port, c.url.path))
		}
	}
	for _, all := range k.model {
		r.sources(all)
	}
}

// naming are the fields by which people know an entry, of those that are read of
// all entries of a subject.
func (r reading) naming(subject string) []string {
	var fields []string
	for _, field := range []string{"name", "type"} {
		unread := func(at cursor) bool { return at.fields[field] == nil || !at.fields[field].whole }
		if len(r[subject]) > 0 && !slices.ContainsFunc(r[subject], unread) {
			fields = append(fields, field)
		}
	}
	return fields
}

// reading is where each subject is in the objects that are read.
type reading map[string][]cursor

// cursor is a part of objects in which paths are looked up.
type cursor struct {
	*projection
	whole bool
}

func (s cursor) conditionsField() *projection {
	if s.whole {
		return s.field("status").field("conditions")
	}
	return s.field("conditions")
}

// generationCheck reads the generation only where something is compared with it: else
// every change of a spec would wake the models.
func (p *projection) generationCheck(g generationCheck) {
	if g.path != nil {
		p.keep(p, g.path)
	}
	if g.path != nil || g.perCondition {
		p.field("metadata").field("generation").whole = true
	}
}

func (r reading) subject(s subject) {
	if s.object != nil {
		r.sources(s.object.name)
		r.sources(s.object.namespace)
		for label := range s.object.labels {
			r[s.as][0].field("metadata").field("labels").field(label).whole = true
		}
		for _, f := range s.object.fields {
			r[s.as][0].keep(r[s.as][0].projection, f.path)
		}
		return
	}
	for _, outer := range r[s.of] {
		for _, p := range outer.descend(outer.projection, s.path.Segments) {
			r[s.as] = append(r[s.as], cursor{p, outer.whole && len(s.path.Segments) == 0})
		}
	}
	for _, at := range r[s.as] {
		r.predicates(s.where, &at)
		r.predicates(s.prefer, &at)
	}
}

func (r reading) sources(all sources) {
	for _, s := range all {
		r.predicates(s.when, nil)
		if s.hosts != nil {
			r.field(*s.hosts)
		}
		for _, at := range r[s.target.of] {
			switch {
			case s.condition != "":
				at.conditionsField().condition(s.condition)
			case s.path == nil:
			case s.key:
				at.descend(at.projection, s.path.Segments)
			default:
				at.keep(at.projection, s.path)
			}
		}
	}
}

func (r reading) field(f fieldReference) {
	for _, at := range r[f.target.of] {
		at.keep(at.projection, f.path)
	}
}

// predicates are about the entry at within, or about subjects.
func (r reading) predicates(predicates []predicate, within *cursor) {
	for _, p := range predicates {
		at := r[p.target.of]
		switch {
		case within != nil:
			at = []cursor{*within}
		case p.target.value != "":
			at = nil
		}
		if t, ok := p.test.(hostsTest); ok {
			r.field(t.others)
		}
		for _, one := range at {
			r.test(p.test, one)
		}
	}
}

func (r reading) test(t test, at cursor) {
	switch t := t.(type) {
	case conditionTest:
		at.conditionsField().condition(t.conditionType)
	case pathTest:
		if len(t.path.Segments) > 0 || !t.presence {
			at.keep(at.projection, t.path)
		}
	case hostsTest:
		at.keep(at.projection, t.path)
	case agreementTest:
		for _, pair := range t.on {
			at.keep(at.projection, pair.mine)
			for _, other := range r[t.with] {
				other.keep(other.projection, pair.theirs)
			}
		}
	}
}
