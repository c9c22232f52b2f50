package kind

import (
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// identifying metadata, which every projection keeps.
var identifying = []string{"name", "namespace", "uid", "resourceVersion", "deletionTimestamp"}

// Project copies from an object what any of the kinds reads of objects of its
// group and kind: see Projection.
func Project(object *unstructured.Unstructured, kinds ...*Kind) *unstructured.Unstructured {
	return ProjectionOf(object.GroupVersionKind().GroupKind(), kinds...).Of(object)
}

// Projection is the part of a type's objects that some kinds read, as referents
// or as related objects, together with what identifies the objects.
type Projection struct{ wanted *projection }

// ProjectionOf is what any of the kinds reads of a type.
func ProjectionOf(groupKind schema.GroupKind, kinds ...*Kind) Projection {
	wanted := &projection{}
	for _, name := range []string{"apiVersion", "kind"} {
		wanted.field(name).whole = true
	}
	for _, name := range identifying {
		wanted.field("metadata").field(name).whole = true
	}
	for _, k := range kinds {
		wanted.merge(k.reads(groupKind))
	}
	return Projection{wanted}
}

// Of copies from an object what the projection keeps, and leaves everything
// else out. Values are shared with the object, not copied.
func (p Projection) Of(object *unstructured.Unstructured) *unstructured.Unstructured {
	if p.wanted.whole {
		return &unstructured.Unstructured{Object: object.Object}
	}
	return &unstructured.Unstructured{Object: p.wanted.ofObject(object.Object)}
}

// Equal says whether both keep the same of every object.
func (p Projection) Equal(other Projection) bool { return reflect.DeepEqual(p.wanted, other.wanted) }

// of keeps a value's type even where nothing of it is wanted, so that a value
// of the wrong type is still seen as such.
func (p *projection) of(value any) any {
	if p.whole {
		return value
	}
	switch v := value.(type) {
	case map[string]any:
		return p.ofObject(v)
	case []any:
		return p.ofList(v)
	default:
		return value
	}
}

func (p *projection) ofObject(object map[string]any) map[string]any {
	out := map[string]any{}
	if p.each == nil {
		for name, child := range p.fields {
			if value, ok := object[name]; ok {
				out[name] = child.of(value)
			}
		}
		return out
	}
	for name, value := range object {
		out[name] = union(p.fields[name], p.each).of(value)
	}
	return out
}

func (p *projection) ofList(list []any) []any {
	out := []any{}
	for _, entry := range list {
		wanted := p.each
		switch condition, isObject := entry.(map[string]any); {
		case isObject && p.readsCondition(condition):
			wanted = union(p.each, conditionEntry())
		case !isObject && wanted == nil && p.conditions != nil:
			wanted = &projection{} // It is seen as no condition.
		}
		if wanted != nil {
			out = append(out, wanted.of(entry))
		}
	}
	return out
}

func (p *projection) readsCondition(entry map[string]any) bool {
	conditionType, _ := entry["type"].(string)
	return p.conditions[conditionType]
}

func conditionEntry() *projection {
	entry := &projection{}
	for _, name := range ConditionFields() {
		entry.field(name).whole = true
	}
	return entry
}
