package jsontree

import (
	"fmt"
	"maps"
	"slices"
)

// Copy copies data of the shapes of encoding/json and unstructured.
func Copy(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, child := range v {
			out[name] = Copy(child)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = Copy(child)
		}
		return out
	case nil, string, bool, float64, int64, int:
		return value
	default:
		return fmt.Sprint(value)
	}
}

// With is a copy of an object with another value at a location. Where nothing can
// be, the copy is as the object.
func With(object map[string]any, at Location, value any) map[string]any {
	copied, parent, last := parentIn(object, at)
	switch step := last.(type) {
	case string:
		if inner, ok := parent.(map[string]any); ok {
			inner[step] = value
		}
	case int:
		if entries, ok := parent.([]any); ok {
			entries[step] = value
		}
	}
	return copied
}

// Without is a copy of an object without the member at a location.
func Without(object map[string]any, at Location) map[string]any {
	copied, parent, last := parentIn(object, at)
	if inner, ok := parent.(map[string]any); ok {
		if name, ok := last.(string); ok {
			delete(inner, name)
		}
	}
	return copied
}

// parentIn is what holds the location in a copy, and the last step to it. The copy
// shares with the object what is not on the way there.
func parentIn(object map[string]any, at Location) (copied map[string]any, parent, last any) {
	copied = maps.Clone(object)
	parent = copied
	for _, step := range at[:len(at)-1] {
		inner := clone(Location{step}.In(parent))
		if inner == nil {
			return copied, nil, nil
		}
		switch outer := parent.(type) {
		case map[string]any:
			name, _ := step.(string)
			outer[name] = inner
		case []any:
			i, _ := step.(int)
			outer[i] = inner
		}
		parent = inner
	}
	return copied, parent, at[len(at)-1]
}

// clone copies an object or a list, and nothing in it.
func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return maps.Clone(v)
	case []any:
		return slices.Clone(v)
	}
	return value
}
