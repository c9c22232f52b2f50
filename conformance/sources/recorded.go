package sources

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// isIn says whether an object shows what the claim says.
func (c Claim) isIn(object *unstructured.Unstructured) bool {
	if object.GetKind() != c.Kind {
		return false
	}
	if c.Condition != "" {
		return shows(object.Object["status"], func(entry map[string]any) bool {
			return entry["type"] == c.Condition && entry["status"] != nil && (c.Word == "" || entry["reason"] == c.Word)
		})
	}
	found := at(object.Object, strings.Split(strings.ReplaceAll(c.Field, "[]", ".[]"), "."))
	return len(found) > 0 && (c.Word == "" || slices.Contains(found, any(c.Word)))
}

// shows looks for an object, however deep.
func shows(value any, is func(map[string]any) bool) bool {
	switch v := value.(type) {
	case map[string]any:
		if is(v) {
			return true
		}
		for _, inside := range v {
			if shows(inside, is) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(entry any) bool { return shows(entry, is) })
	}
	return false
}

// at gives what is at a field. Values that are no scalars stand for being there.
func at(value any, steps []string) []any {
	if len(steps) == 0 {
		switch value.(type) {
		case nil:
			return nil
		case map[string]any, []any:
			return []any{true}
		}
		return []any{value}
	}
	var found []any
	switch v := value.(type) {
	case map[string]any:
		if steps[0] != "[]" {
			return at(v[steps[0]], steps[1:])
		}
		for _, member := range v {
			found = append(found, at(member, steps[1:])...)
		}
	case []any:
		for _, entry := range v {
			if steps[0] == "[]" {
				found = append(found, at(entry, steps[1:])...)
			}
		}
	}
	return found
}
