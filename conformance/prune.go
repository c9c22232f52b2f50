package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// prune takes out the values and the related objects that a mutant no longer
// uses, and so would be refused for.
func prune(spec map[string]any) {
	for changed := true; changed; {
		changed = false
		uses := usesIn(spec)
		values := field(spec, "values")
		for name := range values {
			if !uses["value "+name] && !uses["because "+name] {
				delete(values, name)
				changed = true
			}
		}
		related := list(spec, "related")
		kept := slices.DeleteFunc(slices.Clone(related), func(r any) bool { return !uses["of "+text(r, "as")] })
		if len(kept) < len(related) {
			spec["related"] = kept
			changed = true
		}
		if spec["values"] != nil && len(values) == 0 {
			delete(spec, "values")
		}
		if spec["related"] != nil && len(kept) == 0 {
			delete(spec, "related")
		}
	}
}

// deciding is the kind-spec without what only explains or enriches: no case
// can notice a change in that.
func deciding(spec map[string]any) map[string]any {
	copied, _ := deepCopy(spec).(map[string]any)
	delete(copied, "model")
	for _, rule := range list(copied, "health") {
		if object, ok := rule.(map[string]any); ok {
			delete(object, "because")
		}
	}
	prune(copied)
	return copied
}

// usesIn has "value NAME", "because NAME" and "of NAME" for whatever is named
// anywhere.
func usesIn(spec any) map[string]bool {
	uses := map[string]bool{}
	walk(nil, spec, func(at location, value any) {
		said, ok := value.(string)
		if !ok || len(at) == 0 {
			return
		}
		switch name, _ := at[len(at)-1].(string); name {
		case "of", "value", "because":
			uses[name+" "+said] = true
			return
		}
		for rest := said; ; {
			_, after, open := strings.Cut(rest, "{")
			name, behind, closed := strings.Cut(after, "}")
			if !open || !closed {
				return
			}
			uses["value "+name] = true
			rest = behind
		}
	})
	return uses
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
