// Package jsontree finds its way in JSON as Go holds it, in maps, lists and
// scalars: where something is, what it is instead, and patches.
package jsontree

import (
	"slices"
	"strconv"
	"strings"
)

// Location is where something is in an object: member names and indices.
type Location []any

// Member is the location of a member of the object here.
func (l Location) Member(name string) Location { return append(slices.Clone(l), name) }

// Entry is the location of an entry of the list here.
func (l Location) Entry(i int) Location { return append(slices.Clone(l), i) }

// String gives status.conditions[0].reason.
func (l Location) String() string {
	var b strings.Builder
	for _, step := range l {
		switch step := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// Field is the location without indices: the entries of a list are one field.
func (l Location) Field() string {
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

// Last is the name at the end; empty for an index.
func (l Location) Last() string {
	if len(l) == 0 {
		return ""
	}
	name, _ := l[len(l)-1].(string)
	return name
}

// In gives what is at the location; nil when there is nothing.
func (l Location) In(value any) any {
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

// Walk visits a value and everything in it; objects in no particular order.
func Walk(at Location, value any, visit func(Location, any)) {
	visit(at, value)
	switch v := value.(type) {
	case map[string]any:
		for name, child := range v {
			Walk(at.Member(name), child, visit)
		}
	case []any:
		for i, child := range v {
			Walk(at.Entry(i), child, visit)
		}
	}
}
