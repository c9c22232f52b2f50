package kindspec

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"
)

// root is the type that a file's spec has.
const root = "ModelKindSpec"

// definitions is where references lead.
const definitions = "#/$defs/"

// making is a JSON Schema that is being made.
type making struct {
	types Types
	// defs are the definitions so far, and written their texts by name.
	defs    object
	written map[string][]byte
}

// JSONSchema makes the schema of the files of kind-specs. The CRD is in the
// shapes that encoding/json gives.
func JSONSchema(types Types, crd map[string]any) ([]byte, error) {
	spec, ok := at(crd, "spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "spec").(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the CRD has no schema of a spec")
	}
	m := &making{types: types, written: map[string][]byte{}}
	described, err := m.structure(types[root], spec)
	if err != nil {
		return nil, err
	}
	whole := document(described, m.defs)
	text, err := whole.written("")
	if err != nil {
		return nil, fmt.Errorf("writing the JSON Schema: %w", err)
	}
	return []byte(text + "\n"), nil
}

// document puts a spec's schema into that of a file.
func document(spec, defs object) object {
	name := object{{"description", "name of the kind and of the folder. Where the kind's name has capital letters, which the name of a Kubernetes object cannot have, it is here in lower case; spec.name says when it has to be written there."},
		{"type", "string"}, {"maxLength", 63}, {"pattern", "^[A-Za-z][A-Za-z0-9]*$"}, {"x-advice", "letters and digits, starting with a letter"}}
	metadata := object{{"description", "metadata has the name alone."}, {"type", "object"}, {"additionalProperties", false}, {"required", []string{"name"}}, {"properties", object{{"name", name}}}}
	return object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "https://maas.opendatahub.io/schemas/kindspec.schema.json"},
		{"$comment", "Made by go test ./schemas/kindspec -update from the types in api/v1alpha1 and their CRD."},
		{"title", "ModelKind"},
		{"description", "A kind-spec: how to read one kind of model backend. One YAML document a file."},
		{"type", "object"},
		{"additionalProperties", false},
		{"required", []string{"apiVersion", "kind", "metadata", "spec"}},
		{"properties", object{
			{"apiVersion", object{{"description", "apiVersion of the language."}, {"const", "maas.opendatahub.io/v1alpha1"}, {"x-advice", "write maas.opendatahub.io/v1alpha1"}}},
			{"kind", object{{"description", "kind of the document."}, {"const", "ModelKind"}, {"x-advice", "write ModelKind"}}},
			{"metadata", metadata},
			{"spec", spec},
		}},
		{"$defs", defs},
	}
}

// structure is the schema of a struct.
func (m *making) structure(of *Type, crd map[string]any) (object, error) {
	schema := object{{"description", of.Doc}, {"type", "object"}, {"additionalProperties", false}}
	schema.copied(crd, "required")
	declared, _ := crd["properties"].(map[string]any)
	if fact, ok := crd["additionalProperties"].(map[string]any); ok {
		schema.copied(crd, "minProperties")
		declared = factsLike(fact, m.types.Members(of))
	}
	var properties object
	for _, field := range m.types.Members(of) {
		property, ok := declared[field.Name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("the CRD lacks the field %s of %s: run make generate", field.Name, of.Name)
		}
		described, err := m.field(field, property)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", field.Name, of.Name, err)
		}
		properties.set(field.Name, described)
	}
	if len(properties) != len(declared) {
		return nil, fmt.Errorf("the CRD has %d fields in %s, and the source %d: run make generate", len(declared), of.Name, len(properties))
	}
	schema.set("properties", properties)
	return schema, nil
}

// factsLike describes facts, for all of which the CRD has one schema.
func factsLike(one map[string]any, facts []Field) map[string]any {
	all := map[string]any{}
	for _, fact := range facts {
		described := maps.Clone(one)
		described["description"] = fact.Doc
		all[fact.Name] = described
	}
	return all
}

// field is the schema of a field, with what is said of it.
func (m *making) field(field Field, crd map[string]any) (object, error) {
	description, _ := crd["description"].(string)
	schema := object{{"description", strings.Join(strings.Fields(description), " ")}}
	inner, err := m.value(field, field.Type, crd)
	if err != nil {
		return nil, err
	}
	schema = append(schema, inner...)
	added, _ := open(field.Owner, field.Name)
	if err := schema.add(added); err != nil {
		return nil, fmt.Errorf("what is added to it: %w", err)
	}
	if fallback := fallbackOf(field, crd); fallback != nil {
		schema.set("default", fallback)
	}
	if field.Advice != "" && field.Type.List == nil {
		schema.set("x-advice", field.Advice)
	}
	return schema, nil
}

// value is the schema of a value of some type, without what is said of it.
func (m *making) value(field Field, of Reference, crd map[string]any) (object, error) {
	named := m.types[of.Name]
	if named != nil && (named.Fields != nil || named.Is != nil && named.Is.List != nil) {
		return m.definition(named, crd)
	}
	schema := object{}
	schema.copied(crd, "type", "enum", "format", "minimum", "maximum", "minLength", "maxLength")
	if pattern, advice := patternOf(crd); pattern != "" {
		schema.set("pattern", pattern)
		if advice != "" {
			schema.set("x-advice", advice)
		}
	}
	if in := of.List; in != nil {
		schema.copied(crd, "minItems", "maxItems")
		if field.Unique || crd["x-kubernetes-list-type"] == "set" {
			schema.set("uniqueItems", true)
		}
		return m.entries(schema, "items", field, *in, crd)
	}
	if in := of.Map; in != nil {
		schema.copied(crd, "minProperties", "maxProperties")
		return m.entries(schema, "additionalProperties", field, *in, crd)
	}
	return schema, nil
}

// entries adds the schema of what is in a list or a map.
func (m *making) entries(schema object, keyword string, field Field, of Reference, crd map[string]any) (object, error) {
	inner, _ := crd[keyword].(map[string]any)
	entry, err := m.value(field, of, inner)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyword, err)
	}
	_, added := open(field.Owner, field.Name)
	if err := entry.add(added); err != nil {
		return nil, fmt.Errorf("what is added to its entries: %w", err)
	}
	if field.Advice != "" && of.List == nil && schemaKnows(entry, "x-advice") == nil {
		entry.set("x-advice", field.Advice)
	}
	schema.set(keyword, entry)
	return schema, nil
}

// definition refers to a type, and defines it where that is not done yet.
func (m *making) definition(of *Type, crd map[string]any) (object, error) {
	name := DefinitionName(of.Name)
	at := len(m.defs)
	if _, known := m.written[name]; !known {
		m.defs.set(name, nil) // before those that are in it
	}
	schema, err := m.named(of, crd)
	if err != nil {
		return nil, err
	}
	text, err := compact(schema)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	switch known, ok := m.written[name]; {
	case !ok:
		m.defs[at].value, m.written[name] = schema, text
	case !bytes.Equal(known, text):
		return nil, fmt.Errorf("the CRD has %s in two ways:\n%s\n%s", of.Name, known, text)
	}
	return object{{"$ref", definitions + name}}, nil
}

func (m *making) named(of *Type, crd map[string]any) (object, error) {
	if of.Fields != nil {
		return m.structure(of, crd)
	}
	schema := object{{"description", of.Doc}}
	inner, err := m.value(Field{}, *of.Is, crd)
	return append(schema, inner...), err
}

// patternOf is the pattern of a text, and what to write instead. A rule says
// both where it costs the API server little enough.
func patternOf(crd map[string]any) (pattern, advice string) {
	pattern, _ = crd["pattern"].(string)
	rules, _ := crd["x-kubernetes-validations"].([]any)
	for _, rule := range rules {
		rule, _ := rule.(map[string]any)
		text, _ := rule["rule"].(string)
		if inner, ok := strings.CutPrefix(text, `self.matches(r"`); ok {
			pattern = strings.TrimSuffix(inner, `")`)
			advice, _ = rule["message"].(string)
		}
	}
	return pattern, advice
}

func schemaKnows(schema object, keyword string) any {
	for _, m := range schema {
		if m.name == keyword {
			return m.value
		}
	}
	return nil
}

// at looks into JSON by names and indexes; nil where there is nothing.
func at(value any, steps ...any) any {
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			within, _ := value.(map[string]any)
			value = within[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// DefinitionName is what the schema calls a Go type: URLParts is urlParts.
func DefinitionName(name string) string {
	if rest, ok := strings.CutPrefix(name, "URL"); ok {
		return "url" + rest
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}
