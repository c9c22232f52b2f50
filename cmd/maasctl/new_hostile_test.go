package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// Whoever writes an object decides neither where its draft goes nor what else
// stands in it.
func TestNewFromAHostileObject(t *testing.T) {
	for name, test := range map[string]struct {
		object string
		// refused is a part of the message; empty where a draft is written.
		refused string
	}{
		"a kind that names a folder elsewhere": {`{apiVersion: example.com/v1, kind: "../../x", metadata: {name: a}}`, "is no kind"},
		"a kind that ends in a comment":        {`{apiVersion: example.com/v1, kind: "Widget #/../../x", metadata: {name: a}}`, "is no kind"},
		"a group of several lines":             {`{apiVersion: "a\nb: c/v1", kind: Widget, metadata: {name: a}}`, "no group or version"},
		"a condition that goes on as YAML":     {`{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, status: {conditions: [{type: "Ready, status: x}]\n  injected: true #", status: "True"}]}}`, ""},
		"a state that goes on as YAML":         {`{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, status: {phase: "Running\n  injected: true"}}`, ""},
		"a field whose name goes on as YAML":   {`{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, status: {"url\n  injected: true": "http://a"}}`, ""},
		"an escape in the type of a condition": {`{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, status: {conditions: [{type: "\u001b[2Jinjected", status: "True"}]}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "object.yaml")
			if err := os.WriteFile(file, []byte(test.object), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errs strings.Builder
			code := run(t.Context(), "maasctl", []string{"new", "-f", file, "--dir", filepath.Join(dir, "kinds")}, ioStreams{out: &out, err: &errs})
			if test.refused != "" {
				if code != cli.Failure || !strings.Contains(errs.String(), test.refused) {
					t.Errorf("exit %d: %s", code, errs.String())
				}
				return
			}
			spec, err := os.ReadFile(filepath.Join(dir, "kinds", "Widget", "kind.yaml"))
			if err != nil || code != cli.OK {
				t.Fatalf("exit %d, %v: %s", code, err, errs.String())
			}
			if regexp.MustCompile(`(?m)^[^#]*injected`).Match(spec) {
				t.Errorf("the draft has what the object put there:\n%s", spec)
			}
		})
	}
}
