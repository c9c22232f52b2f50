package conformance

// The kind-spec as data: missing fields and fields of another type read as empty.

func (f *Folder) spec() map[string]any { return field(f.Spec, "spec") }

func field(value any, name string) map[string]any {
	object, _ := value.(map[string]any)
	inner, _ := object[name].(map[string]any)
	return inner
}

func list(value any, name string) []any {
	object, _ := value.(map[string]any)
	inner, _ := object[name].([]any)
	return inner
}

func text(value any, name string) string {
	object, _ := value.(map[string]any)
	inner, _ := object[name].(string)
	return inner
}
