// Package structural makes, of a JSON Schema, the structural OpenAPI schema
// that a CustomResourceDefinition needs for the same values.
//
// Such a schema knows no references, no alternatives of types and no
// recursion, and one that sets defaults would change what was written. What it
// cannot say is left open here: it takes every value that the JSON Schema
// takes, and some more. What it can say beyond JSON Schema, the CEL rules of
// x-kubernetes-validations, stands beside the JSON Schema's own keywords.
package structural

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	keepUnknown = "x-kubernetes-preserve-unknown-fields"
	rules       = "x-kubernetes-validations"
	definitions = "#/$defs/"
)

// kept are the keywords that mean the same in both.
func kept() []string {
	return []string{
		"description", "enum", "format", "maximum", "minimum", "maxItems", "minItems", "maxLength", "minLength",
		"maxProperties", "minProperties", "pattern", "required", "type", rules,
	}
}

// Of makes the structural schema of a property of a JSON Schema's top level.
// Both are in the shapes that encoding/json gives.
func Of(jsonSchema map[string]any, property string) (map[string]any, error) {
	properties, _ := jsonSchema["properties"].(map[string]any)
	schema, ok := properties[property].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the JSON Schema has no property %s", property)
	}
	defs, _ := jsonSchema["$defs"].(map[string]any)
	return translation{defs: defs, inside: map[string]bool{}}.schema(schema, 0)
}

// translation is under way inside of some definitions.
type translation struct {
	defs   map[string]any
	inside map[string]bool
}

// schema translates one schema; lists is how many lists it is in.
func (t translation) schema(from map[string]any, lists int) (map[string]any, error) {
	if reference, ok := from["$ref"].(string); ok {
		return t.reference(strings.TrimPrefix(reference, definitions), from, lists)
	}
	to := map[string]any{}
	for _, keyword := range kept() {
		if value, ok := from[keyword]; ok {
			to[keyword] = value
		}
	}
	t.typed(from, to)
	if fallback, ok := from["default"]; ok {
		encoded, err := json.Marshal(fallback)
		if err != nil {
			return nil, fmt.Errorf("encoding the default %v: %w", fallback, err)
		}
		to["description"] = fmt.Sprintf("%v Default: %s.", to["description"], encoded)
	}
	t.advise(from, to, lists)
	if unique, _ := from["uniqueItems"].(bool); unique && isText(t.resolve(from["items"])) {
		to["x-kubernetes-list-type"] = "set"
	}
	return to, t.below(from, to, lists)
}

// reference puts a definition in the place of a reference to it. What stands
// beside the reference goes before what the definition says.
func (t translation) reference(name string, beside map[string]any, lists int) (map[string]any, error) {
	definition, ok := t.defs[name].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("there is no definition %s", name)
	}
	merged := maps.Clone(definition)
	for keyword, value := range beside {
		if keyword != "$ref" {
			merged[keyword] = value
		}
	}
	if t.inside[name] {
		return openEnd(merged), nil
	}
	within := maps.Clone(t.inside)
	within[name] = true
	return translation{defs: t.defs, inside: within}.schema(merged, lists)
}

// openEnd is where a definition that contains itself ends: whatever is below is
// kept as it was written.
func openEnd(schema map[string]any) map[string]any {
	open := map[string]any{"type": "object", keepUnknown: true}
	if schema["type"] == "array" {
		open = map[string]any{"type": "array", "items": open}
	}
	if description, ok := schema["description"]; ok {
		open["description"] = description
	}
	return open
}

// typed gives the schema its one type, or leaves the type open.
func (t translation) typed(from, to map[string]any) {
	alternatives, several := from["type"].([]any)
	switch {
	case !several && from["type"] == nil:
		to["type"] = "string" // an enum, whose values are all strings here
	case several && slices.Equal(alternatives, []any{"string", "integer"}):
		delete(to, "type")
		to["x-kubernetes-int-or-string"] = true
	case several:
		for keyword := range to {
			if keyword != "description" {
				delete(to, keyword)
			}
		}
		to[keepUnknown] = true
	}
}

// advise makes a rule of a pattern, so that the refusal says what to write.
// Inside of two lists a rule would cost more than the API server allows.
func (t translation) advise(from, to map[string]any, lists int) {
	pattern, patterned := from["pattern"].(string)
	advice, advised := from["x-advice"].(string)
	if !patterned || !advised || lists > 1 {
		return
	}
	delete(to, "pattern")
	quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(pattern)
	to[rules] = []any{map[string]any{"rule": "self.matches('" + quoted + "')", "message": advice}}
}

// below translates what is in the schema's objects and lists.
func (t translation) below(from, to map[string]any, lists int) error {
	if _, open := to[keepUnknown]; open {
		return nil
	}
	if properties, ok := from["properties"].(map[string]any); ok {
		translated := map[string]any{}
		for name, property := range properties {
			schema, _ := property.(map[string]any)
			inner, err := t.schema(schema, lists)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			translated[name] = inner
		}
		to["properties"] = translated
	}
	for keyword, deeper := range map[string]int{"items": lists + 1, "additionalProperties": lists + 1} {
		schema, ok := from[keyword].(map[string]any)
		if !ok {
			continue
		}
		inner, err := t.schema(schema, deeper)
		if err != nil {
			return fmt.Errorf("%s: %w", keyword, err)
		}
		to[keyword] = inner
	}
	return nil
}

func (t translation) resolve(schema any) map[string]any {
	resolved, _ := schema.(map[string]any)
	if reference, ok := resolved["$ref"].(string); ok {
		return t.resolve(t.defs[strings.TrimPrefix(reference, definitions)])
	}
	return resolved
}

func isText(schema map[string]any) bool { return schema["type"] == "string" }
