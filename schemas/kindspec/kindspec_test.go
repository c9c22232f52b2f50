package kindspec_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/schemas/kindspec"
)

var update = flag.Bool("update", false, "write the schema of kind-specs and the reference page")

const (
	source     = "../../api/v1alpha1"
	crdFile    = "../../config/crd/maas.opendatahub.io_modelkinds.yaml"
	schemaFile = "../kindspec.schema.json"
	pageFile   = "../../kinds/REFERENCE.md"
	// recipes are the kind-specs that TestRows of engine/kind holds against objects.
	recipes = "../../engine/kind/testdata/rows"
)

// made is the JSON Schema as the sources say it, and what it is made of.
func made(t *testing.T) (types kindspec.Types, schema []byte) {
	t.Helper()
	types, err := kindspec.Parse(os.DirFS(source))
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(crdFile)
	if err != nil {
		t.Fatal(err)
	}
	var crd map[string]any
	if err := yaml.Unmarshal(content, &crd); err != nil {
		t.Fatal(err)
	}
	if schema, err = kindspec.JSONSchema(types, crd); err != nil {
		t.Fatal(err)
	}
	return types, schema
}

// hold compares a committed file with what is made, or writes it.
func hold(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what the types and the CRD say, run make generate (-committed +made):\n%s", file, diff)
	}
}

func TestJSONSchema(t *testing.T) {
	_, schema := made(t)
	hold(t, schemaFile, schema)
}

func TestReferencePage(t *testing.T) {
	types, schema := made(t)
	introduction, err := os.ReadFile("introduction.md")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := kindspec.Recipes(os.DirFS(recipes), "*/kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := kindspec.ReferencePage(types, schema, string(introduction), shown)
	if err != nil {
		t.Fatal(err)
	}
	hold(t, pageFile, page)
}
