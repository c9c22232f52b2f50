package cases_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/schemas"
)

// A case can say of a model whatever may be known of one.
func TestSchemaHasEveryFact(t *testing.T) {
	content, err := schemas.FS.ReadFile(schemas.Cases)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs struct {
			Model struct{ Properties map[string]any }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(content, &schema); err != nil {
		t.Fatal(err)
	}
	want := []string{"details"}
	for _, fact := range v1alpha1.Facts() {
		want = append(want, fact.Name)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(schema.Defs.Model.Properties))); diff != "" {
		t.Errorf("facts in a case (-want +got):\n%s", diff)
	}
}
