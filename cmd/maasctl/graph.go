package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const graphHelp = `Draw how kinds read their backends: which objects lead to which, what each part of
the kind-spec looks at, and what follows from it.

Usage:
  maasctl graph [FLAGS] [KIND-DIR...]

A KIND-DIR is the folder of a kind, or a folder of such folders; without one it
is the built-in kinds. The text is Mermaid: GitHub draws it in a block that is
marked so, and https://mermaid.live draws it anywhere. JSON and YAML output has,
for each kind, its nodes and the edges between them.

Examples:
  maasctl graph kinds/llmisvc
  maasctl graph kinds/MyKind -o json

Exit codes: 0 the drawing is printed; 1 a kind-spec has faults, or cannot be
read; 2 the command line is wrong.
`

func graphCommand() command {
	var output string
	return command{
		use: "graph [KIND-DIR...]", summary: "draw how kinds read their backends", help: graphHelp,
		arguments: onlyFolders, values: map[string]cobra.CompletionFunc{"output": oneOf("mermaid", "json", "yaml")},
		flags: func(flags *flag.FlagSet) {
			flags.StringVar(&output, "o", "mermaid", "`FORMAT` of the output: mermaid, json or yaml")
		},
		run: func(_ context.Context, paths []string, std ioStreams) error { return graph(paths, output, std) },
	}
}

func graph(paths []string, output string, std ioStreams) error {
	if !slices.Contains([]string{"mermaid", "json", "yaml"}, output) {
		return usageError{fmt.Sprintf("-o %q is no format, write mermaid, json or yaml", output)}
	}
	load := loadBuiltIn
	if len(paths) > 0 {
		load = func() (*kind.Set, error) { return loadArguments(paths, std) }
	}
	set, err := load()
	if err != nil {
		return err
	}
	drawings := []kind.Graph{}
	for _, k := range set.Kinds() {
		drawings = append(drawings, k.Graph())
	}
	if output != "mermaid" {
		return writeAs(std.out, output, drawings)
	}
	for _, drawing := range drawings {
		if _, err := fmt.Fprint(std.out, mermaid(drawing)); err != nil {
			return err
		}
	}
	return nil
}

// mermaid writes a flowchart: objects are boxes, entries of lists pills, values round, verdicts hexagons.
func mermaid(g kind.Graph) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %s\n---\nflowchart LR\n", g.Kind)
	shapes := map[kind.NodeSort][2]string{
		kind.NodeObject: {"[\"", "\"]"}, kind.NodeEntries: {"([\"", "\"])"}, kind.NodeValue: {"(\"", "\")"},
		kind.NodeHealth: {"{{\"", "\"}}"}, kind.NodeEndpoint: {"[/\"", "\"/]"},
	}
	ids := map[string]string{}
	for i, node := range g.Nodes {
		ids[node.Name] = fmt.Sprintf("n%d", i)
		shape := shapes[node.Sort]
		fmt.Fprintf(&b, "  n%d%s%s%s\n", i, shape[0], escapeMermaid(node.Text), shape[1])
	}
	for _, edge := range g.Edges {
		fmt.Fprintf(&b, "  %s --> %s\n", ids[edge.From], ids[edge.To])
	}
	return b.String()
}

// escapeMermaid keeps text from ending its label.
func escapeMermaid(text string) string {
	return strings.NewReplacer(`&`, "&amp;", `"`, "#quot;", "<", "&lt;", ">", "&gt;", "\n", "<br/>").Replace(syntax.Visible(text))
}
