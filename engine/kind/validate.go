package kind

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

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

// validators are made once for each schema: these are embedded and never change,
// and to compile one takes longer than to read a kind-spec. Each value is a
// func() (*validator, error), under the schema's file name.
var validators sync.Map //nolint:gochecknoglobals // it holds nothing but what follows from constants

// newValidatorFor holds documents against the schema of that file name in package
// schemas.
func newValidatorFor(name string) (*validator, error) {
	once, _ := validators.LoadOrStore(name, sync.OnceValues(func() (*validator, error) { return compileSchema(name) }))
	compiled, _ := once.(func() (*validator, error))
	return compiled()
}

func compileSchema(name string) (*validator, error) {
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
	leaves := leavesOf(invalid)
	// A field that is written wrong or in the wrong place explains one that is missing.
	slices.SortStableFunc(leaves, func(a, b *jsonschema.ValidationError) int { return missingLast(a) - missingLast(b) })
	for _, leaf := range leaves {
		v.report(d, leaf)
	}
	return nil
}

func leavesOf(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var leaves []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		leaves = append(leaves, leavesOf(cause)...)
	}
	return leaves
}

func missingLast(e *jsonschema.ValidationError) int {
	if strings.HasSuffix(e.AbsoluteKeywordLocation, "/required") {
		return 1
	}
	return 0
}

func (v *validator) report(d *document, e *jsonschema.ValidationError) {
	at := e.InstanceLocation
	_, keywordPath, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	cut := strings.LastIndexByte(keywordPath, '/')
	owner, _ := lookup(v.raw, keywordPath[:cut]).(map[string]any)
	keyword := keywordPath[cut+1:]
	instance := lookup(d.value, at)
	if strings.Contains(keywordPath, "/propertyNames/") {
		instance = unescapePointer(at[strings.LastIndexByte(at, '/')+1:])
	}
	switch {
	case v.misplaced(d, at):
	case keyword == "additionalProperties":
		v.reportUnknown(d, at, owner, instance)
	case keyword == "required":
		v.reportMissing(d, at, owner, instance)
	case asList(at, keyword, instance) != "":
		d.faultOf(ruleFirstEdition, at, "%s", asList(at, keyword, instance))
	case at == "/spec/referent/crossNamespace" && instance == "Allow":
		d.faultOf(ruleFirstEdition, at, "leave it out: what the controller's --cross-namespace says holds then, and a kind writes only what is stricter, Grant or Deny")
	default:
		message := violation(keyword, owner[keyword], instance, e.Message)
		if advice, ok := owner["x-advice"].(string); ok && !strings.HasSuffix(message, "?") {
			message += ": " + advice
		}
		d.faultAt(at, "%s", message)
	}
}

// misplaced says that what is at a pointer is inside a part of the spec that is
// nested in values or model, and reports that once.
func (v *validator) misplaced(d *document, at string) bool {
	tokens := strings.SplitN(at, "/", 5) // "", spec, values, NAME, the rest
	if len(tokens) < 5 || tokens[1] != "spec" || tokens[2] != "values" {
		return false
	}
	spec, _ := lookup(v.raw, "/properties/spec/properties").(map[string]any)
	written, _ := lookup(d.value, "/spec").(map[string]any)
	if spec[tokens[3]] == nil || written[tokens[3]] != nil {
		return false
	}
	inner, outer := strings.Join(tokens[:4], "/"), "/spec/"+tokens[3]
	if !slices.Contains(d.explained, outer) {
		d.explained = append(d.explained, outer)
		d.faultAt(inner, "%s is a field of spec and not a value: indent it as values is", tokens[3])
	}
	return true
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
		if v.reportGone(d, at, name, object) {
			continue
		}
		message := "unknown field, the fields here are " + strings.Join(known, ", ")
		absent := slices.DeleteFunc(slices.Clone(known), func(field string) bool { _, written := object[field]; return written })
		if near := Nearest(name, absent); near != "" {
			message = fmt.Sprintf("unknown field, did you mean %s?", near)
			d.explained = append(d.explained, at+"/"+escapePointer(near))
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
		pointer := at + "/" + escapePointer(name)
		if slices.Contains(d.explained, pointer) {
			continue
		}
		message := "required field is missing"
		if description := v.description(properties[name]); description != "" {
			message += ": " + description
		}
		d.faultAt(pointer, "%s", message)
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
