package conformance_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/kinds"
	"github.com/maas-kinds/maas/schemas"
)

// Editors find the schema of every kind by its first line.
func TestKindsNameTheirSchema(t *testing.T) {
	files, err := fs.Glob(kinds.FS, "*/kind.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := fs.ReadFile(kinds.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(content), "\n")
		schema, ok := strings.CutPrefix(line, "# yaml-language-server: $schema=")
		if _, err := os.Stat(filepath.Join(testenv.Root(t), "kinds", filepath.Dir(file), schema)); !ok || err != nil || filepath.Base(schema) != schemas.KindSpec {
			t.Errorf("%s begins with %q; write # yaml-language-server: $schema=../../schemas/%s", file, line, schemas.KindSpec)
		}
	}
}

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
