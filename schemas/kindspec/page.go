package kindspec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// page writes the reference, and remembers which types it has explained.
type page struct {
	strings.Builder
	types  Types
	schema any
	done   map[string]bool
}

// ReferencePage explains every field: first the introduction,
// then the fields by their types, then the recipes.
func ReferencePage(types Types, schema []byte, introduction, recipes string) ([]byte, error) {
	p := &page{types: types, done: map[string]bool{}}
	if err := json.Unmarshal(schema, &p.schema); err != nil {
		return nil, fmt.Errorf("reading the JSON Schema: %w", err)
	}
	p.section(types[root])
	return []byte(introduction + p.String() + recipes), nil
}

func (p *page) writef(format string, args ...any) { fmt.Fprintf(&p.Builder, format, args...) }

// section explains a type, and after it those of its fields.
func (p *page) section(of *Type) {
	if p.done[of.Name] {
		return
	}
	p.done[of.Name] = true
	name, schema := DefinitionName(of.Name), at(p.schema, "$defs", DefinitionName(of.Name))
	if of.Name == root {
		name, schema = "spec", at(p.schema, "properties", "spec")
	}
	p.writef("\n## %s\n\n%s\n\n| field | type | left out | meaning | example |\n| --- | --- | --- | --- | --- |\n", name, of.Doc)
	required, _ := at(schema, "required").([]any)
	for _, field := range p.types.Members(of) {
		property := at(schema, "properties", field.Name)
		description, _ := at(property, "description").(string)
		meaning, fallback := parted(description)
		switch standard := at(property, "default"); {
		case slices.Contains(required, any(field.Name)):
			fallback = "**required**"
		case fallback == "" && standard != nil:
			fallback = fmt.Sprintf("`%v`", standard)
		default:
			fallback = cell(fallback)
		}
		p.writef("| `%s` | %s | %s | %s | %s |\n", field.Name, p.typeOf(property, field.Type), fallback, cell(meaning), quoted(p.types.ExampleOf(field)))
	}
	for _, field := range p.types.Members(of) {
		if inner := p.types.within(field.Type); inner != nil {
			p.section(inner)
		}
	}
}

// typeOf names a field's type, and links one that has a section of its own.
func (p *page) typeOf(schema any, of Reference) string {
	named := p.types[of.Name]
	switch {
	case named != nil && named.Fields != nil:
		return fmt.Sprintf("[%s](#%s)", DefinitionName(named.Name), strings.ToLower(named.Name))
	case named != nil && named.Is != nil && named.Is.List != nil:
		return p.typeOf(at(p.schema, "$defs", DefinitionName(named.Name)), *named.Is)
	case of.List != nil:
		return "list of " + p.typeOf(at(schema, "items"), *of.List)
	case of.Map != nil:
		return "map to " + p.typeOf(at(schema, "additionalProperties"), *of.Map)
	}
	if values, ok := at(schema, "enum").([]any); ok {
		words := make([]string, len(values))
		for i, value := range values {
			words[i] = fmt.Sprintf("`%v`", value)
		}
		return strings.Join(words, ", ")
	}
	alternatives, several := at(schema, "type").([]any)
	if !several {
		return fmt.Sprint(at(schema, "type"))
	}
	words := make([]string, len(alternatives))
	for i, alternative := range alternatives {
		if words[i] = fmt.Sprint(alternative); words[i] == "object" {
			words[i] = "`{value: NAME}`"
		}
	}
	return strings.Join(words, ", ")
}

// ExampleOf is a field's own example, or one made of that of its type.
func (t Types) ExampleOf(field Field) string {
	if field.Example != "" {
		return field.Example
	}
	return t.exampleIn(field.Type)
}

func (t Types) exampleIn(of Reference) string {
	named := t[of.Name]
	switch {
	case of.List != nil:
		return "[" + t.exampleIn(*of.List) + "]"
	case named == nil:
		return ""
	case named.Example == "" && named.Is != nil:
		return t.exampleIn(*named.Is)
	}
	return named.Example
}

// within is the struct that a field holds, in lists and maps as well; nil for none.
func (t Types) within(of Reference) *Type {
	named := t[of.Name]
	switch {
	case of.List != nil:
		return t.within(*of.List)
	case of.Map != nil:
		return t.within(*of.Map)
	case named == nil:
		return nil
	case named.Is != nil:
		return t.within(*named.Is)
	case named.Fields == nil:
		return nil
	}
	return named
}

// cell is text in which nothing means anything to Markdown.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "*.", `\*.`, "[", `\[`, "<", `\<`).Replace(text)
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}
