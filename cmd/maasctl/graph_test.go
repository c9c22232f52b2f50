package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/golden"
)

// The drawing of a chain of objects shows what leads to what.
func TestGraph(t *testing.T) {
	got := maasctl(t, "", "graph", filepath.Join("testdata", "graph", "Chain"))
	if got.code != cli.OK {
		t.Fatalf("exit %d: %s%s", got.code, got.out, got.errOut)
	}
	golden.Compare(t, filepath.Join("testdata", "graph", "chain.mmd"), got.out)
}

func TestGraphOutput(t *testing.T) {
	cases := map[string]struct {
		args []string
		code int
		says string
	}{
		"every built-in kind": {nil, cli.OK, "title: llmisvc\n"},
		"for programs":        {[]string{"testdata/kinds/Widget", "-o", "json"}, cli.OK, "\"from\": \"referent\",\n        \"to\": \"endpoint internal\""},
		"a format of its own": {[]string{"-o", "svg"}, cli.Usage, "mermaid, json or yaml"},
		"no kind there":       {[]string{"none"}, cli.Failure, "none: cannot be read"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"graph"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.out+got.errOut, c.says) {
				t.Errorf("exit %d, want %d with %s:\n%s%s", got.code, c.code, c.says, got.out, got.errOut)
			}
		})
	}
}
