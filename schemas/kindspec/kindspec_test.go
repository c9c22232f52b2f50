package kindspec_test

import (
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/schemas/kindspec"
)

const (
	source     = "../../api/v1alpha1"
	crdFile    = "../../config/crd/maas.opendatahub.io_modelkinds.yaml"
	schemaFile = "../kindspec.schema.json"
	pageFile   = "../../kinds/REFERENCE.md"
	// recipes are the kind-specs that TestRows of engine/kind holds against objects.
	recipes = "../../engine/kind/testdata/rows"
)

// facts are those of a model, each with the annotations that win over it.
func facts() []kindspec.Field {
	var all []kindspec.Field
	for _, fact := range v1alpha1.Facts() {
		doc := fact.Doc
		if len(fact.Annotations) > 0 {
			doc += " Annotation: " + strings.Join(fact.Annotations, ", else ") + "."
		}
		all = append(all, kindspec.Field{Name: fact.Name, Doc: doc, Example: fact.Example})
	}
	return all
}

// made is the JSON Schema as the sources say it, and what it is made of.
func made(t *testing.T) (types kindspec.Types, schema []byte) {
	t.Helper()
	types, err := kindspec.Parse(os.DirFS(source))
	if err != nil {
		t.Fatal(err)
	}
	types = types.WithFacts(facts())
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

func TestJSONSchema(t *testing.T) {
	_, schema := made(t)
	golden.Compare(t, schemaFile, string(schema))
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
	golden.Compare(t, pageFile, string(page))
}
