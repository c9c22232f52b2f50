package kind_test

import (
	"slices"
	"testing"

	"github.com/maas-kinds/maas/engine/kind"
)

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
