package conformance

import "maps"

// mergePatch applies a JSON merge patch as RFC 7386 says. The result shares
// what is not patched with the target: hundreds of cases may begin with the same
// large object. The libraries at hand work on bytes, and drop a null inside a
// list, which the RFC keeps.
func mergePatch(target, patch any) any {
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
		merged[name] = mergePatch(merged[name], value)
	}
	return merged
}
