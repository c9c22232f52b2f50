package conformance_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/schemas"
)

// People read the schemas: every field says what it means.
func TestSchemasDocumentEveryField(t *testing.T) {
	for _, name := range []string{schemas.Cases, schemas.Sources, schemas.Parameters, schemas.Report, schemas.Check} {
		content, err := schemas.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var root map[string]any
		if err := json.Unmarshal(content, &root); err != nil {
			t.Fatal(err)
		}
		definitions, _ := root["$defs"].(map[string]any)
		undocumented(t, name, root, definitions)
		for definition, schema := range definitions {
			undocumented(t, name+" "+definition, schema, definitions)
		}
	}
}

func undocumented(t *testing.T, at string, schema any, definitions map[string]any) {
	t.Helper()
	object, _ := schema.(map[string]any)
	properties, _ := object["properties"].(map[string]any)
	for field, property := range properties {
		said, _ := property.(map[string]any)
		if reference, ok := said["$ref"].(string); ok && said["description"] == nil {
			said, _ = definitions[strings.TrimPrefix(reference, "#/$defs/")].(map[string]any)
		}
		if description, _ := said["description"].(string); description == "" {
			t.Errorf("%s: %s has no description", at, field)
		}
		undocumented(t, at+"."+field, property, definitions)
	}
	if items, ok := object["items"]; ok {
		undocumented(t, at+"[]", items, definitions)
	}
}
