package cases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/jsontree"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// Fixture is the objects of a case.
type Fixture struct {
	Question evaluation.Question
	// objects are the referent, if there is one, and then the related ones,
	// each as far as it is read.
	Objects []*unstructured.Unstructured
	// whole are the same objects with all that they say.
	Whole []*unstructured.Unstructured
	// decided is what follows from them as they are.
	Decided evaluation.Decision

	machine *phase.Machine
}

// FixtureOf a case of a folder.
func FixtureOf(ctx context.Context, machine *phase.Machine, f *Folder, c Case) (Fixture, error) {
	q := c.question(f.Kind)
	set := Fixture{Question: q, machine: machine}
	if q.Referent != nil {
		set.Objects = append(set.Objects, q.Referent)
	}
	set.Objects = append(set.Objects, q.Related...)
	set.Whole = slices.Clone(set.Objects)
	for i, object := range set.Objects {
		set.Objects[i] = &unstructured.Unstructured{Object: asObject(kind.Project(object, f.Kind, kind.Destinations()).Object)}
	}
	settled, panicked, err := set.Evaluate(ctx)
	if panicked != "" {
		err = fmt.Errorf("case %s panics: %s", c.Name, panicked)
	}
	set.Decided = settled.Decision()
	return set, err
}

// With is the fixture with another object in the place of one.
func (f Fixture) With(i int, object map[string]any) Fixture {
	f.Objects = slices.Clone(f.Objects)
	f.Objects[i] = &unstructured.Unstructured{Object: object}
	return f
}

// Without is the fixture without one of the related objects.
func (f Fixture) Without(i int) Fixture {
	f.Objects = slices.Delete(slices.Clone(f.Objects), i, i+1)
	return f
}

// Alone says whether no other object is of the same type: without one of
// several, the others count for more, and nothing is absent.
func (f Fixture) Alone(i int) bool {
	for j, other := range f.Objects {
		if j != i && other.GroupVersionKind() == f.Objects[i].GroupVersionKind() {
			return false
		}
	}
	return true
}

// Evaluate answers the fixture's question. A panic is a finding, not an end.
func (f Fixture) Evaluate(ctx context.Context) (settled evaluation.Result, panicked string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			panicked = fmt.Sprint(cause)
		}
	}()
	q := f.Question
	q.Related = f.Objects
	if q.Referent != nil {
		q.Referent, q.Related = f.Objects[0], f.Objects[1:]
	}
	settled, err = evaluation.Of(ctx, f.machine, q)
	return settled, "", err
}

// identity is the metadata that an API server never leaves out or changes.
var identity = []string{"name", "namespace", "uid", "resourceVersion", "generation", "deletionTimestamp"}

// ReadNodes are the places in a projected object that a backend or its user
// may have filled in any way, in a fixed order.
func ReadNodes(object map[string]any) []jsontree.Location {
	type node struct {
		text string
		at   jsontree.Location
	}
	var nodes []node
	jsontree.Walk(nil, object, func(at jsontree.Location, _ any) {
		switch {
		case len(at) == 0, at[0] == "apiVersion", at[0] == "kind", len(at) == 1 && at[0] == "metadata":
		case at[0] == "metadata" && slices.Contains(identity, fmt.Sprint(at[1])):
		default:
			nodes = append(nodes, node{at.String(), at})
		}
	})
	slices.SortFunc(nodes, func(a, b node) int { return strings.Compare(a.text, b.text) })
	sorted := make([]jsontree.Location, len(nodes))
	for i, n := range nodes {
		sorted[i] = n.at
	}
	return sorted
}
