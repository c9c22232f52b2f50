package catalog

import "strings"

// Text is what a model is found by, in lower case: its id, name, description, aliases,
// adapters, kind, type, capabilities, use case, source and namespace, a line each. It
// is made when first asked for, and kept: to search ten thousand models takes ten
// times as long if it is made each time.
func (e *Entry) Text() string {
	if text := e.text.Load(); text != nil {
		return *text
	}
	m := &e.Model
	lines := []string{m.ID, m.Name, m.Description, m.Kind, m.Type, m.UseCase, m.Source, m.OwnedBy}
	for _, more := range [][]string{m.Aliases, m.Adapters, m.Capabilities} {
		lines = append(lines, more...)
	}
	text := strings.ToLower(strings.Join(lines, "\n"))
	e.text.Store(&text)
	return text
}
