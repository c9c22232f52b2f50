package contract_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/registry"
)

// A backend that moved to another group has fields in the one that the other
// lacks: a path has to be in one of them, and there in every version.
func TestFieldsOfAlternatives(t *testing.T) {
	t.Parallel()
	status := func(fields ...string) *contract.FieldSchema {
		s := &contract.FieldSchema{Type: "object", Properties: map[string]*contract.FieldSchema{}}
		for _, name := range fields {
			s.Properties[name] = &contract.FieldSchema{Type: "string"}
		}
		return &contract.FieldSchema{Type: "object", Properties: map[string]*contract.FieldSchema{"status": s}}
	}
	contracts := []contract.Contract{
		{Kind: "Widget", Group: "new.example.com", Plural: "widgets", Scope: kind.ScopeNamespaced, Versions: map[string]*contract.FieldSchema{
			"v2": status("phase", "address"), "v1": status("phase")}},
		{Kind: "Widget", Group: "old.example.com", Plural: "widgets", Scope: kind.ScopeNamespaced, Versions: map[string]*contract.FieldSchema{
			"v1": status("phase", "url")}},
	}
	const at = "Widget/kind.yaml:8: spec.endpoint[0].path: "
	for name, test := range map[string]struct{ path, want string }{
		"in both":                   {"$.status.phase", ""},
		"in the old one":            {"$.status.url", ""},
		"in one version of the new": {"$.status.address", at + "in version v1, Widget has no field address in $.status, there are phase; it fits in v2: write versions: [v2] where only that is meant"},
		"in neither": {"$.status.urk", at + "in version v2, Widget has no field urk in $.status, there are address, phase\n" +
			at + "in version v1, Widget has no field urk in $.status, there are phase\n" +
			at + "in version v1, Widget has no field urk in $.status, did you mean url?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := registry.Load(registry.Source{FS: fstest.MapFS{"Widget/kind.yaml": {Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Widget}
spec:
  description: a widget
  referent: {group: new.example.com, kind: Widget, versions: [v2, v1], alternatives: [{group: old.example.com, kind: Widget, versions: [v1]}]}
  health: [{is: Ready, when: [{path: $.status.phase, equals: Ready}]}]
  endpoint: [{path: ` + test.path + `}]
`)}}})
			if err != nil {
				t.Fatal(err)
			}
			_, faults := contract.MakePin(set.Kinds()[0], contracts)
			if diff := cmp.Diff(test.want, faults.Error()); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}
