package kind

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/maas-kinds/maas/schemas"
)

// validator holds documents against a JSON Schema.
type validator struct {
	schema *jsonschema.Schema
	// raw is the same schema as data, to give advice from.
	raw any
}

func newValidator() (*validator, error) { return newValidatorFor(schemas.KindSpec) }

// newValidatorFor compiles the schema of that file name in package schemas.
func newValidatorFor(name string) (*validator, error) {
	content, err := schemas.FS.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the schema %s: %w", name, err)
	}
	compiled, err := jsonschema.CompileString(name, string(content))
	if err != nil {
		return nil, fmt.Errorf("compiling the schema %s: %w", name, err)
	}
	v := &validator{schema: compiled}
	if err := json.Unmarshal(content, &v.raw); err != nil {
		return nil, fmt.Errorf("reading the schema %s: %w", name, err)
	}
	return v, nil
}

// validate adds a fault for every violation of the schema.
func (v *validator) validate(d *document) error {
	err := v.schema.Validate(d.value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return fmt.Errorf("validating %s: %w", d.file, err)
	}
	v.report(d, invalid)
	return nil
}

func (v *validator) report(d *document, e *jsonschema.ValidationError) {
	for _, cause := range e.Causes {
		v.report(d, cause)
	}
	if len(e.Causes) > 0 {
		return
	}
	at := e.InstanceLocation
	_, keywordPath, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	cut := strings.LastIndexByte(keywordPath, '/')
	owner, _ := lookup(v.raw, keywordPath[:cut]).(map[string]any)
	keyword := keywordPath[cut+1:]
	instance := lookup(d.value, at)
	if strings.Contains(keywordPath, "/propertyNames/") {
		instance = unescapePointer(at[strings.LastIndexByte(at, '/')+1:])
	}
	switch keyword {
	case "additionalProperties":
		v.reportUnknown(d, at, owner, instance)
	case "required":
		v.reportMissing(d, at, owner, instance)
	default:
		message := violation(keyword, owner[keyword], instance, e.Message)
		if advice, ok := owner["x-advice"].(string); ok {
			message += ": " + advice
		}
		d.faultAt(at, "%s", message)
	}
}

func (v *validator) reportUnknown(d *document, at string, owner map[string]any, instance any) {
	properties, _ := owner["properties"].(map[string]any)
	known := make([]string, 0, len(properties))
	for name := range properties {
		known = append(known, name)
	}
	slices.Sort(known)
	object, _ := instance.(map[string]any)
	for _, name := range sortedKeys(object) {
		if _, ok := properties[name]; ok || d.givenUp {
			continue
		}
		message := "unknown field, the fields here are " + strings.Join(known, ", ")
		if near := Nearest(name, known); near != "" {
			message = fmt.Sprintf("unknown field, did you mean %s?", near)
		}
		d.faultAt(at+"/"+escapePointer(name), "%s", message)
	}
}

func (v *validator) reportMissing(d *document, at string, owner map[string]any, instance any) {
	required, _ := owner["required"].([]any)
	object, _ := instance.(map[string]any)
	properties, _ := owner["properties"].(map[string]any)
	for _, entry := range required {
		name, _ := entry.(string)
		if _, ok := object[name]; ok {
			continue
		}
		message := "required field is missing"
		if description := v.description(properties[name]); description != "" {
			message += ": " + description
		}
		d.faultAt(at+"/"+escapePointer(name), "%s", message)
	}
}

func (v *validator) description(property any) string {
	schema, _ := property.(map[string]any)
	if description, ok := schema["description"].(string); ok {
		return description
	}
	if ref, ok := schema["$ref"].(string); ok {
		return v.description(lookup(v.raw, strings.TrimPrefix(ref, "#")))
	}
	return ""
}
