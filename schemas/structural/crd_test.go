package structural_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/schemas"
	"github.com/maas-kinds/maas/schemas/structural"
)

var update = flag.Bool("update", false, "write the schema of kind-specs into the CRD")

const crdFile = "../../config/crd/maas.opendatahub.io_modelkinds.yaml"

// The spec in the CRD ModelKind is made from the JSON Schema of kind-specs;
// controller-gen makes the rest.
func TestModelKindCRD(t *testing.T) {
	content, err := schemas.FS.ReadFile(schemas.KindSpec)
	if err != nil {
		t.Fatal(err)
	}
	var jsonSchema map[string]any
	if err := json.Unmarshal(content, &jsonSchema); err != nil {
		t.Fatal(err)
	}
	want, err := structural.Of(jsonSchema, "spec")
	if err != nil {
		t.Fatal(err)
	}
	want["description"] = "How to read one kind of model backend. kinds/REFERENCE.md explains every field."
	committed, err := os.ReadFile(crdFile)
	if err != nil {
		t.Fatal(err)
	}
	var crd map[string]any
	if err := yaml.Unmarshal(committed, &crd); err != nil {
		t.Fatal(err)
	}
	version := crd["spec"].(map[string]any)["versions"].([]any)[0].(map[string]any)
	properties := version["schema"].(map[string]any)["openAPIV3Schema"].(map[string]any)["properties"].(map[string]any)
	if *update {
		properties["spec"] = want
		content, err := yaml.Marshal(crd)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(crdFile, append([]byte("---\n"), content...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, properties["spec"]); diff != "" {
		t.Errorf("%s is not what the JSON Schema says, run make generate (-schema +CRD):\n%s", crdFile, diff)
	}
}
