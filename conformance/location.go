package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// location is where something is in an object: member names and indices.
type location []any

func (l location) member(name string) location { return append(slices.Clone(l), name) }
func (l location) entry(i int) location        { return append(slices.Clone(l), i) }

// String gives status.conditions[0].reason.
func (l location) String() string {
	var b strings.Builder
	for _, step := range l {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, step)
		}
	}
	return b.String()
}

// field is the location without indices: the entries of a list are one field.
func (l location) field() string {
	var b strings.Builder
	for _, step := range l {
		name, isName := step.(string)
		if !isName {
			name = "[]"
		}
		b.WriteString("." + name)
	}
	return b.String()
}

// last is the name at the end; empty for an index.
func (l location) last() string {
	if len(l) == 0 {
		return ""
	}
	name, _ := l[len(l)-1].(string)
	return name
}

// in gives what is at the location; nil when there is nothing.
func (l location) in(value any) any {
	for _, step := range l {
		switch step := step.(type) {
		case int:
			entries, ok := value.([]any)
			if !ok || step >= len(entries) {
				return nil
			}
			value = entries[step]
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				return nil
			}
			value = object[step]
		}
	}
	return value
}

// walk visits a value and everything in it; objects in no particular order.
func walk(at location, value any, visit func(location, any)) {
	visit(at, value)
	switch v := value.(type) {
	case map[string]any:
		for name, child := range v {
			walk(at.member(name), child, visit)
		}
	case []any:
		for i, child := range v {
			walk(at.entry(i), child, visit)
		}
	}
}

// deepCopy copies data of the shapes of encoding/json and unstructured.
func deepCopy(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, child := range v {
			out[name] = deepCopy(child)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = deepCopy(child)
		}
		return out
	case nil, string, bool, float64, int64, int:
		return value
	default:
		return fmt.Sprint(value)
	}
}
