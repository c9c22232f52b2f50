package kind_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
)

// What a parameter is compared with, or put into, has to be of its type, whatever
// is set later.
func TestTypesOfParameters(t *testing.T) {
	t.Parallel()
	text, number := &kind.FieldSchema{Type: "string"}, &kind.FieldSchema{Type: "integer"}
	contract := kind.Contract{Kind: "Widget", Group: "example.com", Plural: "widgets", Scope: kind.ScopeNamespaced, Versions: map[string]*kind.FieldSchema{
		"v1": {Type: "object", Properties: map[string]*kind.FieldSchema{"spec": {Type: "object", Properties: map[string]*kind.FieldSchema{"name": text, "port": number}}}},
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
			k := widget(t, "  parameters: {given: "+test.parameter+"}\n  health: [{is: Ready, when: ["+test.predicate+"]}]\n  endpoint: [{template: \"http://{given}.example.com\"}]\n")
			_, faults := kind.MakePin(k, []kind.Contract{contract})
			if diff := cmp.Diff(test.want, faults.Error()); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

// A graph has parameters as values that nothing leads to.
func TestGraphOfParameters(t *testing.T) {
	t.Parallel()
	k := widget(t, `  parameters: {proxyURL: {type: URL, description: d}}
  health: [{name: up, is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{name: proxy, template: "{proxyURL}/{name}"}]
`)
	for _, k := range []*kind.Kind{k, k.With(map[string]any{"proxyURL": "https://a.example.com"})} {
		g := k.Graph()
		if want := (kind.GraphNode{Name: "value proxyURL", Sort: kind.NodeValue, Text: "proxyURL\nparameter"}); !slices.Contains(g.Nodes, want) {
			t.Errorf("the nodes are %+v", g.Nodes)
		}
		if want := (kind.GraphEdge{From: "value proxyURL", To: "endpoint proxy"}); !slices.Contains(g.Edges, want) {
			t.Errorf("the edges are %+v", g.Edges)
		}
	}
}
