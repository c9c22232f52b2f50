package conformance

// Objects as data: missing fields and fields of another type read as empty.

func field(value any, name string) map[string]any {
	object, _ := value.(map[string]any)
	inner, _ := object[name].(map[string]any)
	return inner
}

func text(value any, name string) string {
	object, _ := value.(map[string]any)
	inner, _ := object[name].(string)
	return inner
}
