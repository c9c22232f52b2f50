package jsontree

import (
	"maps"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// MergePatch applies a JSON merge patch as RFC 7386 says. The result shares
// what is not patched with the target: hundreds of cases may begin with the same
// large object. The libraries at hand work on bytes, and drop a null inside a
// list, which the RFC keeps.
func MergePatch(target, patch any) any {
	fields, isObject := patch.(map[string]any)
	if !isObject {
		return patch
	}
	before, _ := target.(map[string]any)
	merged := make(map[string]any, len(before)+len(fields))
	maps.Copy(merged, before)
	for name, value := range fields {
		if value == nil {
			delete(merged, name)
			continue
		}
		merged[name] = MergePatch(merged[name], value)
	}
	return merged
}

// PatchBetween is the RFC 7386 patch that makes one object the other.
func PatchBetween(before, after map[string]any) map[string]any {
	patch := map[string]any{}
	for name := range before {
		if _, ok := after[name]; !ok {
			patch[name] = nil
		}
	}
	for name, value := range after {
		old, had := before[name]
		oldObject, wasObject := old.(map[string]any)
		object, isObject := value.(map[string]any)
		switch {
		case had && syntax.Canonical(old) == syntax.Canonical(value):
		case wasObject && isObject:
			patch[name] = PatchBetween(oldObject, object)
		default:
			patch[name] = value
		}
	}
	return patch
}
