package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind"
)

// fixture is the objects of a case.
type fixture struct {
	question Question
	// objects are the referent, if there is one, and then the related ones,
	// each as far as it is read.
	objects []*unstructured.Unstructured
	// whole are the same objects with all that they say.
	whole []*unstructured.Unstructured
	// decided is what follows from them as they are.
	decided Decision
}

func (s *Suite) fixtureOf(ctx context.Context, f *Folder, c Case) (fixture, error) {
	q := c.question(f)
	set := fixture{question: q}
	if q.Referent != nil {
		set.objects = append(set.objects, q.Referent)
	}
	set.objects = append(set.objects, q.Related...)
	set.whole = slices.Clone(set.objects)
	for i, object := range set.objects {
		set.objects[i] = &unstructured.Unstructured{Object: asObject(kind.Project(object, f.Kind, kind.Destinations()).Object)}
	}
	settled, panicked, err := s.evaluate(ctx, set)
	if panicked != "" {
		err = fmt.Errorf("case %s panics: %s", c.Name, panicked)
	}
	set.decided = settled.Decision()
	return set, err
}

// with is the scene with another object in the place of one.
func (s fixture) with(i int, object map[string]any) fixture {
	s.objects = slices.Clone(s.objects)
	s.objects[i] = &unstructured.Unstructured{Object: object}
	return s
}

// without is the scene without one of the related objects.
func (s fixture) without(i int) fixture {
	s.objects = slices.Delete(slices.Clone(s.objects), i, i+1)
	return s
}

// alone says whether no other object is of the same type: without one of
// several, the others count for more, and nothing is absent.
func (s fixture) alone(i int) bool {
	for j, other := range s.objects {
		if j != i && other.GroupVersionKind() == s.objects[i].GroupVersionKind() {
			return false
		}
	}
	return true
}

// evaluate answers the fixture's question. A panic is a finding, not an end.
func (s *Suite) evaluate(ctx context.Context, set fixture) (settled Evaluation, panicked string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			panicked = fmt.Sprint(cause)
		}
	}()
	q := set.question
	q.Related = set.objects
	if q.Referent != nil {
		q.Referent, q.Related = set.objects[0], set.objects[1:]
	}
	settled, err = Evaluate(ctx, s.machine, q)
	return settled, "", err
}

// identity is the metadata that an API server never leaves out or changes.
var identity = []string{"name", "namespace", "uid", "resourceVersion", "generation", "deletionTimestamp"}

// readNodes are the places in a projected object that a backend or its user
// may have filled in any way, in a fixed order.
func readNodes(object map[string]any) []location {
	var nodes []location
	walk(nil, object, func(at location, _ any) {
		switch {
		case len(at) == 0, at[0] == "apiVersion", at[0] == "kind", len(at) == 1 && at[0] == "metadata":
		case at[0] == "metadata" && slices.Contains(identity, fmt.Sprint(at[1])):
		default:
			nodes = append(nodes, at)
		}
	})
	slices.SortFunc(nodes, func(a, b location) int { return strings.Compare(a.String(), b.String()) })
	return nodes
}

// edited is a copy of an object with the value at a place replaced.
func edited(object map[string]any, at location, edit func(parent any, last any)) map[string]any {
	copied, _ := deepCopy(object).(map[string]any)
	edit(at[:len(at)-1].in(copied), at[len(at)-1])
	return copied
}

func put(value any) func(parent, last any) {
	return func(parent, last any) {
		switch step := last.(type) {
		case string:
			if object, ok := parent.(map[string]any); ok {
				object[step] = value
			}
		case int:
			if entries, ok := parent.([]any); ok {
				entries[step] = value
			}
		}
	}
}

func remove(parent, last any) {
	if object, ok := parent.(map[string]any); ok {
		if name, ok := last.(string); ok {
			delete(object, name)
		}
	}
}
