package editor

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/schemas"
)

// grammar is the JSON Schema of kind-specs as data.
type grammar struct{ root map[string]any }

func readGrammar() (grammar, error) {
	content, err := schemas.FS.ReadFile(schemas.KindSpec)
	if err != nil {
		return grammar{}, fmt.Errorf("reading the schema of kind-specs: %w", err)
	}
	var s grammar
	if err := json.Unmarshal(content, &s.root); err != nil {
		return grammar{}, fmt.Errorf("reading the schema of kind-specs: %w", err)
	}
	return s, nil
}

// field is what the schema says of a value: what the field says, and what its type
// does.
type field struct{ own, of map[string]any }

// at is the field at a JSON Pointer; false where the language has none.
func (s grammar) at(pointer string) (field, bool) {
	f := s.resolved(s.root)
	if pointer == "" {
		return f, true
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		name := strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		properties, _ := f.of["properties"].(map[string]any)
		next, ok := properties[name].(map[string]any)
		if _, err := strconv.Atoi(token); !ok && err == nil {
			next, ok = f.of["items"].(map[string]any)
		}
		if !ok {
			next, ok = f.of["additionalProperties"].(map[string]any)
		}
		if !ok {
			return field{}, false
		}
		f = s.resolved(next)
	}
	return f, true
}

// resolved follows a reference to a type.
func (s grammar) resolved(own map[string]any) field {
	f := field{own, own}
	for {
		ref, ok := f.of["$ref"].(string)
		if !ok {
			return f
		}
		of, ok := syntax.Lookup(s.root, strings.TrimPrefix(ref, "#")).(map[string]any)
		if !ok {
			return f
		}
		f.of = of
	}
}

// properties are the names of the fields that a value of the type has.
func (f field) properties() map[string]any {
	properties, _ := f.of["properties"].(map[string]any)
	return properties
}

// words are the only values that there may be, nil where there are others.
func (f field) words() []string {
	values, _ := f.of["enum"].([]any)
	if f.of["type"] == "boolean" {
		values = []any{true, false}
	}
	if value, ok := f.of["const"]; ok {
		values = []any{value}
	}
	var words []string
	for _, value := range values {
		words = append(words, syntax.Flow(value))
	}
	return words
}

func (f field) description() string {
	if text, ok := f.own["description"].(string); ok {
		return text
	}
	text, _ := f.of["description"].(string)
	return text
}

// typeName is the type in a word, as authors of YAML call it.
func (f field) typeName() string {
	var names []string
	switch of := f.of["type"].(type) {
	case string:
		names = []string{of}
	case []any:
		for _, name := range of {
			names = append(names, fmt.Sprint(name))
		}
	}
	return strings.ReplaceAll(strings.Join(names, ", "), "array", "list")
}

func asFaults(err error) (syntax.Faults, bool) {
	var faults syntax.Faults
	return faults, errors.As(err, &faults)
}
