package jsontree

// Object is an object in an object. One that is missing, or is no object, is empty.
func Object(value any, name string) map[string]any {
	object, _ := value.(map[string]any)
	inner, _ := object[name].(map[string]any)
	return inner
}

// Text is a text in an object. One that is missing, or is no text, is empty.
func Text(value any, name string) string {
	object, _ := value.(map[string]any)
	inner, _ := object[name].(string)
	return inner
}

// WholeNumbers has int64 for numbers without a fraction, as objects of an API
// server have.
func WholeNumbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, child := range v {
			out[key] = WholeNumbers(child)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = WholeNumbers(child)
		}
		return out
	case float64:
		if whole := int64(v); float64(whole) == v {
			return whole
		}
	}
	return value
}
