package contract_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/registry"
)

// What a parameter is compared with, or put into, has to be of its type, whatever
// is set later.
func TestTypesOfParameters(t *testing.T) {
	t.Parallel()
	text, number := &contract.FieldSchema{Type: "string"}, &contract.FieldSchema{Type: "integer"}
	widget := contract.Contract{Kind: "Widget", Group: "example.com", Plural: "widgets", Scope: kind.ScopeNamespaced, Versions: map[string]*contract.FieldSchema{
		"v1": {Type: "object", Properties: map[string]*contract.FieldSchema{"spec": {Type: "object", Properties: map[string]*contract.FieldSchema{"name": text, "port": number}}}},
	}}
	for name, test := range map[string]struct{ parameter, predicate, want string }{
		"like with like":         {"{type: Integer, description: d, default: 1}", "{path: $.spec.port, equals: {value: given}}", ""},
		"a number with a text":   {"{type: Integer, description: d}", "{path: $.spec.name, equals: {value: given}}", `Widget/kind.yaml:8: spec.health[0].when[0].equals: $.spec.name of Widget is a string, and the value given is an integer: they are never equal`},
		"a text with a number":   {"{type: URL, description: d}", "{path: $.spec.port, equals: {value: given}}", `Widget/kind.yaml:8: spec.health[0].when[0].equals: $.spec.port of Widget is an integer, and the value given is a string: they are never equal`},
		"a boolean with a text":  {"{type: Boolean, description: d}", `{value: given, equals: "yes"}`, `Widget/kind.yaml:8: spec.health[0].when[0].equals: the parameter given is a boolean and never "yes", which is a string: write it without quotes`},
		"at least of no numbers": {"{type: String, description: d}", "{value: given, atLeast: 1}", `Widget/kind.yaml:8: spec.health[0].when[0].atLeast: the parameter given is a string, and only numbers are compared by size`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := registry.Load(registry.Source{FS: fstest.MapFS{"Widget/kind.yaml": {Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
  parameters: {given: ` + test.parameter + `}
  health: [{is: Ready, when: [` + test.predicate + `]}]
  endpoint: [{template: "http://{given}.example.com"}]
`)}}})
			if err != nil {
				t.Fatal(err)
			}
			_, faults := contract.MakePin(set.Kinds()[0], []contract.Contract{widget})
			if diff := cmp.Diff(test.want, faults.Error()); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}
