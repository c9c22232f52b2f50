package v1alpha1_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// modelKindCRD reads the CRD as it is committed.
func modelKindCRD(t *testing.T) *apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	content, err := os.ReadFile("../../config/crd/maas.opendatahub.io_modelkinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	definition := &apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.UnmarshalStrict(content, definition); err != nil {
		t.Fatal(err)
	}
	return definition
}

// kubectl apply keeps the whole object in an annotation, and the API server
// takes 262,144 bytes of annotations.
func TestCRDFitsIntoAnAnnotation(t *testing.T) {
	const most = 150_000
	content, err := json.Marshal(modelKindCRD(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(content) > most {
		t.Errorf("the CRD has %d bytes as JSON, want at most %d", len(content), most)
	}
}

// kubectl explain says something about every field, at every depth, and it is
// about that field. What is written stays as it is: there are no defaults.
func TestEveryFieldIsExplained(t *testing.T) {
	root := modelKindCRD(t).Spec.Versions[0].Schema.OpenAPIV3Schema
	explained := 0
	for _, part := range []string{"spec", "status"} {
		explain(t, part, root.Properties[part], &explained)
	}
	if explained < 300 {
		t.Errorf("only %d fields were looked at", explained)
	}
}

func explain(t *testing.T, path string, schema apiextensionsv1.JSONSchemaProps, explained *int) {
	t.Helper()
	if schema.Default != nil {
		t.Errorf("%s has a default, which the API server would write into what users wrote", path)
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		field, at := schema.Properties[name], path+"."+name
		*explained++
		rest, ok := strings.CutPrefix(field.Description, name)
		switch {
		case field.Description == "":
			t.Errorf("%s has no description", at)
		case !ok || !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, ":"):
			t.Errorf("the description of %s does not begin with its name: %s", at, field.Description)
		case !strings.HasSuffix(strings.TrimSpace(field.Description), "."):
			t.Errorf("the description of %s does not end as a sentence does: %s", at, field.Description)
		}
		explain(t, at, field, explained)
	}
	if schema.Items != nil && schema.Items.Schema != nil {
		explain(t, path+"[]", *schema.Items.Schema, explained)
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
		explain(t, path+"[]", *schema.AdditionalProperties.Schema, explained)
	}
}
