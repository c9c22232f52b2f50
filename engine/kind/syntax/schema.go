package syntax

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/maas-kinds/maas/schemas"
)

// Schema is one of the JSON Schemas of package schemas. It words violations for
// people. It is safe for concurrent use.
type Schema struct {
	schema *jsonschema.Schema
	// raw is the same schema as data, to give advice from.
	raw any
}

// compiled has the schemas that were asked for: they are embedded and never change, and to
// compile one takes longer than to read a kind-spec. Each value is a
// func() (*Schema, error), under the schema's file name.
var compiled sync.Map //nolint:gochecknoglobals // it holds nothing but what follows from constants

// CompileSchema compiles the schema of that file name, for example schemas.KindSpec,
// once.
func CompileSchema(name string) (*Schema, error) {
	once, _ := compiled.LoadOrStore(name, sync.OnceValues(func() (*Schema, error) { return compileSchema(name) }))
	compile, _ := once.(func() (*Schema, error))
	return compile()
}

func compileSchema(name string) (*Schema, error) {
	content, err := schemas.FS.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the schema %s: %w", name, err)
	}
	compiled, err := jsonschema.CompileString(name, string(content))
	if err != nil {
		return nil, fmt.Errorf("compiling the schema %s: %w", name, err)
	}
	s := &Schema{schema: compiled}
	if err := json.Unmarshal(content, &s.raw); err != nil {
		return nil, fmt.Errorf("reading the schema %s: %w", name, err)
	}
	return s, nil
}

// Validate adds to the document a fault for every violation. The error means
// that the program itself is broken.
func (s *Schema) Validate(d *Document) error {
	err := s.schema.Validate(d.value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return fmt.Errorf("validating %s: %w", d.File, err)
	}
	leaves := leavesOf(invalid)
	// A field that is written wrong or in the wrong place explains one that is missing.
	slices.SortStableFunc(leaves, func(a, b *jsonschema.ValidationError) int { return missingLast(a) - missingLast(b) })
	for _, leaf := range leaves {
		s.report(d, leaf)
	}
	return nil
}

// ParseAs reads exactly one YAML document, and holds it against the schema of that
// file name where it can be read. What is wrong is among its faults; the error
// means that the program itself is broken.
func ParseAs(schemaName, file string, content []byte) (*Document, error) {
	schema, err := CompileSchema(schemaName)
	if err != nil {
		return nil, err
	}
	d := Parse(file, content)
	if len(d.faults) > 0 {
		return d, nil
	}
	return d, schema.Validate(d)
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

func (s *Schema) report(d *Document, e *jsonschema.ValidationError) {
	at := e.InstanceLocation
	_, keywordPath, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	cut := strings.LastIndexByte(keywordPath, '/')
	owner, _ := Lookup(s.raw, keywordPath[:cut]).(map[string]any)
	keyword := keywordPath[cut+1:]
	instance := Lookup(d.value, at)
	if strings.Contains(keywordPath, "/propertyNames/") {
		instance = unescapePointer(at[strings.LastIndexByte(at, '/')+1:])
	}
	switch {
	case s.misplaced(d, at):
	case keyword == "additionalProperties":
		s.reportUnknown(d, at, owner, instance)
	case keyword == "required":
		s.reportMissing(d, at, owner, instance)
	case asList(at, keyword, instance) != "":
		d.FaultOf(RuleFirstEdition, at, "%s", asList(at, keyword, instance))
	case at == "/spec/referent/crossNamespace" && instance == "Allow":
		d.FaultOf(RuleFirstEdition, at, "leave it out: what the controller's --cross-namespace says holds then, and a kind writes only what is stricter, Grant or Deny")
	default:
		message := violation(keyword, owner[keyword], instance, e.Message)
		if advice, ok := owner["x-advice"].(string); ok && !strings.HasSuffix(message, "?") {
			message += ": " + advice
		} else if written := Flow([]any{instance}); !ok && keyword == "type" && owner[keyword] == "array" && instance != nil && len(written) <= maxAdvice {
			message += ": write " + written
		}
		d.FaultAt(at, "%s", message)
	}
}

// misplaced says that what is at a pointer is inside a part of the spec that is
// nested in values or model, and reports that once.
func (s *Schema) misplaced(d *Document, at string) bool {
	tokens := strings.SplitN(at, "/", 5) // "", spec, values, NAME, the rest
	if len(tokens) < 5 || tokens[1] != "spec" || tokens[2] != "values" {
		return false
	}
	if !s.ofSpec(d, at, tokens[3]) {
		return false
	}
	inner, outer := strings.Join(tokens[:4], "/"), "/spec/"+tokens[3]
	if !slices.Contains(d.explained, outer) {
		d.explained = append(d.explained, outer)
		d.FaultAt(inner, "%s is a field of spec and not a value: indent it as values is", tokens[3])
	}
	return true
}

func (s *Schema) reportUnknown(d *Document, at string, owner map[string]any, instance any) {
	properties, _ := owner["properties"].(map[string]any)
	known := make([]string, 0, len(properties))
	for name := range properties {
		known = append(known, name)
	}
	slices.Sort(known)
	object, _ := instance.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, ok := properties[name]; ok || d.givenUp {
			continue
		}
		if s.reportGone(d, at, name, object) {
			continue
		}
		message := "unknown field, the fields here are " + strings.Join(known, ", ")
		absent := slices.DeleteFunc(slices.Clone(known), func(field string) bool { _, written := object[field]; return written })
		switch near := cmp.Or(Nearest(name, absent), onlyLonger(name, absent)); {
		case name == "parameter" && properties["value"] != nil:
			message = "unknown field: a parameter is used as a value is, write value in its place"
			d.explained = append(d.explained, at+"/value")
		case near != "":
			message = fmt.Sprintf("unknown field, did you mean %s?", near)
			d.explained = append(d.explained, at+"/"+EscapePointer(near))
		case s.ofSpec(d, at, name):
			message = fmt.Sprintf("%s is a field of spec: indent it as %s is", name, strings.Split(at, "/")[2])
			d.explained = append(d.explained, "/spec/"+name)
		}
		d.FaultAt(at+"/"+EscapePointer(name), "%s", message)
	}
}

// onlyLonger is the one field whose name begins with what was written, as
// messageMatches does with message.
func onlyLonger(name string, fields []string) string {
	longer := slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return len(name) < 3 || !strings.HasPrefix(field, name) })
	if len(longer) != 1 {
		return ""
	}
	return longer[0]
}

// ofSpec says that a field belongs into the spec, which lacks it, and stands
// inside another one there.
func (s *Schema) ofSpec(d *Document, at, name string) bool {
	spec, _ := Lookup(s.raw, "/properties/spec/properties").(map[string]any)
	written, _ := Lookup(d.value, "/spec").(map[string]any)
	return strings.HasPrefix(at, "/spec/") && spec[name] != nil && written[name] == nil
}

func (s *Schema) reportMissing(d *Document, at string, owner map[string]any, instance any) {
	required, _ := owner["required"].([]any)
	object, _ := instance.(map[string]any)
	properties, _ := owner["properties"].(map[string]any)
	for _, entry := range required {
		name, _ := entry.(string)
		if _, ok := object[name]; ok {
			continue
		}
		pointer := at + "/" + EscapePointer(name)
		if slices.Contains(d.explained, pointer) {
			continue
		}
		message := "required field is missing"
		if description := s.description(properties[name]); description != "" {
			message += ": " + description
		}
		d.FaultAt(pointer, "%s", message)
	}
}

func (s *Schema) description(property any) string {
	schema, _ := property.(map[string]any)
	if description, ok := schema["description"].(string); ok {
		return description
	}
	if ref, ok := schema["$ref"].(string); ok {
		return s.description(Lookup(s.raw, strings.TrimPrefix(ref, "#")))
	}
	return ""
}
