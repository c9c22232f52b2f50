package migrate

import (
	"reflect"
	"slices"
	"strings"
)

// convertAll makes models of objects of one type. Of two with one name the API
// server keeps the last, and nobody knows which that is.
func (m *migrator) convertAll(objects []Object) []*Model {
	var models []*Model
	byKey := map[string]*Model{}
	repeated := map[*Model]Note{}
	for _, o := range objects {
		model := m.convert(o)
		if model == nil {
			continue
		}
		first, there := byKey[model.key()]
		switch {
		case !there:
			byKey[model.key()] = model
			models = append(models, model)
		case same(first, model):
			m.note(o.note(ruleDuplicate, "the same as at %s, and taken once", placeOf(first.From)))
		default:
			m.note(differs(o, first.From))
			repeated[first] = differs(first.From, o)
		}
	}
	return slices.DeleteFunc(models, func(model *Model) bool {
		fault, drop := repeated[model]
		if drop {
			m.note(append(model.Notes, fault)...)
		}
		return drop
	})
}

func differs(o, other Object) Note {
	return o.faultAt(ruleDuplicate, nil, "the %s at %s says something else: keep one of them", other, placeOf(other))
}

func placeOf(o Object) string { return Note{File: o.File, Line: o.Line}.Place() }

func same(a, b *Model) bool {
	return a.Spec == b.Spec && reflect.DeepEqual(a.Labels, b.Labels) && reflect.DeepEqual(a.Annotations, b.Annotations)
}

// takeIn adds the MaaSModels of the input. One that is what a MaaSModelRef becomes
// has been migrated before.
func (m *migrator) takeIn() {
	byKey := map[string]*Model{}
	for _, model := range m.models {
		byKey[model.key()] = model
	}
	faulty := map[*Model]Note{}
	for _, own := range m.own {
		model, there := byKey[own.key()]
		switch {
		case there && model.Spec == own.Spec:
			if !own.From.live() {
				m.note(own.From.note(ruleDuplicate, "the same as what the MaaSModelRef at %s becomes, and taken once", placeOf(model.From)))
			}
		case there:
			faulty[model] = differs(model.From, own.From)
			m.note(own.Notes...)
		case !own.From.live():
			m.models = append(m.models, own)
		}
	}
	m.drop(faulty)
}

// refuseCircles leaves out models that lead to one another, and to no backend.
func (m *migrator) refuseCircles() {
	byKey := map[string]*Model{}
	for _, model := range m.models {
		byKey[qualified(model.From.Namespace, model.From.Name)] = model
	}
	ends, faulty := map[*Model]bool{}, map[*Model]Note{}
	for _, model := range m.models {
		var way []*Model
		seen := map[*Model]bool{}
		next := model
		for next != nil && !seen[next] && !ends[next] && !isIn(faulty, next) {
			way, seen[next] = append(way, next), true
			next = byKey[leadsTo(next)]
		}
		for _, passed := range way {
			if next == nil || ends[next] {
				ends[passed] = true
				continue
			}
			faulty[passed] = passed.From.faultAt(ruleCircle, []string{"spec", "modelRef"},
				"it leads in a circle, and to no backend: %s; name the backend itself", inShort(append(way, next)))
		}
	}
	m.drop(faulty)
}

func isIn(notes map[*Model]Note, model *Model) bool {
	_, found := notes[model]
	return found
}

// leadsTo is the model that another one names as its backend; empty where it names
// something else.
func leadsTo(model *Model) string {
	ref := model.Spec.ModelRef
	if ref.Kind != modelRefKind && ref.Kind != modelKind {
		return ""
	}
	if ref.Namespace != "" {
		return qualified(ref.Namespace, ref.Name)
	}
	return qualified(model.From.Namespace, ref.Name)
}

// inShort shows a way, or its ends.
func inShort(way []*Model) string {
	const most = 6
	var names []string
	for i, model := range way {
		switch {
		case i < most-1 || i == len(way)-1:
			names = append(names, model.From.String())
		case i == most-1:
			names = append(names, "…")
		}
	}
	return strings.Join(names, " → ")
}
