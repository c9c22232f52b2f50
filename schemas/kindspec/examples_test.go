package kindspec_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/schemas"
	"github.com/maas-kinds/maas/schemas/kindspec"
)

// Every example of the reference is a value that its field takes, and every
// field has one.
func TestExamples(t *testing.T) {
	types, schema := made(t)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemas.KindSpec, strings.NewReader(string(schema))); err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(schema, &whole); err != nil {
		t.Fatal(err)
	}
	for _, of := range types {
		name := kindspec.DefinitionName(of.Name)
		pointer := "/$defs/" + name
		if of.Name == "ModelKindSpec" {
			pointer = "/properties/spec"
		} else if _, ok := whole["$defs"].(map[string]any)[name]; !ok {
			continue // it is in no kind-spec by itself
		}
		check := func(name, at, example string) {
			t.Run(name, func(t *testing.T) {
				compiled, err := compiler.Compile(schemas.KindSpec + "#" + at)
				if err != nil {
					t.Fatal(err)
				}
				var value any
				if err := yaml.Unmarshal([]byte(example), &value); err != nil {
					t.Fatalf("%s is no YAML: %v", example, err)
				}
				if err := compiled.Validate(value); err != nil {
					t.Errorf("%s: %v", example, err)
				}
			})
		}
		if of.Example != "" {
			check(of.Name, pointer, of.Example)
		}
		for _, field := range types.Members(of) {
			if example := types.ExampleOf(field); example != "" {
				check(of.Name+"."+field.Name, pointer+"/properties/"+field.Name, example)
			} else {
				t.Errorf("%s.%s has no +example", of.Name, field.Name)
			}
		}
	}
}
