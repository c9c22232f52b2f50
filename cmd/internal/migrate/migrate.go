package migrate

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// Migration is what becomes of an input.
type Migration struct {
	// Models are sorted by namespace and name.
	Models []Model
	// Notes are all there are, sorted by place: those about a model too.
	Notes []Note
	// References are how many MaaSModelRefs there were.
	References int
}

// Model is a MaaSModel, and what it is made of.
type Model struct {
	v1alpha1.MaaSModel
	From  Object
	Notes []Note
	// shown is the id that Models as a Service lists it by, as far as that is known.
	shown string
}

func (m *Model) key() string { return qualified(m.Namespace, m.Name) }

func (m *Model) add(notes ...Note) { m.Notes = append(m.Notes, notes...) }

// Faults are the notes that say why something cannot be migrated.
func (m Migration) Faults() int {
	faults := 0
	for _, n := range m.Notes {
		if n.Fault {
			faults++
		}
	}
	return faults
}

// Input is what is migrated.
type Input struct {
	Objects []Object
	// Notes are what reading the objects had to say.
	Notes []Note
	// Complete are the types of which all objects that there are, are among these.
	Complete []schema.GroupKind
	// Kinds are those that a model may name here.
	Kinds *kind.Set
}

// migrator is at work on one input.
type migrator struct {
	Input
	byType map[schema.GroupKind][]Object
	// indices are made as they are asked for.
	indices map[schema.GroupKind]map[string][]Object
	// models are those made of MaaSModelRefs, and own the MaaSModels of the input.
	models, own []*Model
	notes       []Note
}

// Migrate makes MaaSModels of the MaaSModelRefs among the objects.
func Migrate(input Input) Migration {
	m := &migrator{Input: input, byType: map[schema.GroupKind][]Object{}, notes: slices.Clone(input.Notes)}
	for _, o := range input.Objects {
		m.byType[o.Type.GroupKind()] = append(m.byType[o.Type.GroupKind()], o)
	}
	references := m.of(maasGroup, modelRefKind)
	m.models, m.own = m.convertAll(references), m.convertAll(m.of(maasGroup, modelKind))
	m.nameAsListed()
	m.takeIn()
	m.refuseCircles()
	m.lookForBackends()
	m.tellOfSharedIDs()
	m.tellOfAccess()
	m.tellOfTheRest()
	return m.result(len(references))
}

func (m *migrator) of(group, kind string) []Object {
	return m.byType[schema.GroupKind{Group: group, Kind: kind}]
}

func (m *migrator) note(notes ...Note) { m.notes = append(m.notes, notes...) }

// result is in an order that is the same for the same objects.
func (m *migrator) result(references int) Migration {
	result := Migration{References: references}
	for _, model := range m.models {
		for i := range model.Notes {
			model.Notes[i].Model = model.key()
		}
		model.Notes = sorted(model.Notes)
		result.Models = append(result.Models, *model)
		m.note(model.Notes...)
	}
	slices.SortFunc(result.Models, func(a, b Model) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	result.Notes = sorted(m.notes)
	return result
}

// drop leaves models out. What was noted of them is of use once they are mended.
func (m *migrator) drop(faulty map[*Model]Note) {
	m.models = slices.DeleteFunc(m.models, func(model *Model) bool {
		fault, drop := faulty[model]
		if drop {
			m.note(append(model.Notes, fault)...)
		}
		return drop
	})
}
