package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// What an installation sets is linted beside the kinds, and explained with them.
func TestParameters(t *testing.T) {
	if got := maasctl(t, "", "lint", "--parameters", "../../config/kinds/parameters.yaml"); got.code != cli.OK {
		t.Errorf("the parameters of the default install: exit %d\n%s%s", got.code, got.out, got.errOut)
	}
	proxied := strings.Replace(spec("P"), "  referent:", "  parameters: {proxyURL: {type: URL, description: where the proxy is}}\n  referent:", 1)
	proxied = strings.Replace(proxied, "path: $.status.url", `template: "{proxyURL}/{name}"`, 1)
	const head = "apiVersion: maas.opendatahub.io/v1alpha1\nkind: KindParameters\nspec:\n"
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"kinds/P/kind.yaml": proxied,
		"bad/A.yaml":        strings.Replace(spec("A"), "is: Ready", "is: Up", 1),
		"good.yaml":         head + "  KubeAI: {proxyURL: https://b.example.com}\n  P: {proxyURL: https://a.example.com}\n",
		"none.yaml":         head[:len(head)-1] + " {}\n",
		"built-in.yaml":     head + "  KubeAI: {proxyURL: b}\n  P: {}\n",
		"wrong.yaml":        head + "  KubeAI: {proxyURL: 1, zone: a}\n  P: {proxyUrl: https://a.example.com}\n  Kubeai: {}\n",
		"broken.yaml":       head + "  P: https://a.example.com\nmore: 1\n",
		"object.yaml":       "{apiVersion: example.com/v2, kind: Widget, metadata: {name: granite, namespace: llm}, status: {conditions: [{type: Ready, status: \"True\"}]}}\n",
	})
	t.Chdir(dir)
	for name, test := range map[string]struct {
		args []string
		code int
		// want are parts of what is written, in their order.
		want []string
	}{
		"a kind by itself":            {[]string{"lint", "kinds"}, cli.OK, []string{"1 kind, no faults"}},
		"a kind and what is set":      {[]string{"lint", "kinds", "--parameters", "good.yaml"}, cli.OK, []string{"1 kind and good.yaml, no faults"}},
		"without kinds of one's own":  {[]string{"lint", "--parameters", "none.yaml"}, cli.OK, []string{"0 kinds and none.yaml, no faults"}},
		"of built-in kinds":           {[]string{"lint", "--parameters", "built-in.yaml"}, cli.Failure, []string{"built-in.yaml:4: spec.KubeAI.proxyURL: ", "built-in.yaml:5: spec.P: no kind is called"}},
		"nothing set":                 {[]string{"lint", "--parameters", "none.yaml", "kinds"}, cli.Failure, []string{"none.yaml:3: spec.P.proxyURL: the parameter proxyURL of the kind P is not set"}},
		"everything at once":          {[]string{"lint", "kinds", "--parameters", "wrong.yaml"}, cli.Failure, []string{"wrong.yaml:4: spec.KubeAI.proxyURL: ", "wrong.yaml:4: spec.KubeAI.zone: ", "wrong.yaml:5: spec.P.proxyURL: ", "wrong.yaml:5: spec.P.proxyUrl: ", "wrong.yaml:6: spec.Kubeai: no kind is called \"Kubeai\", did you mean KubeAI?"}},
		"no document of parameters":   {[]string{"lint", "kinds", "--parameters", "broken.yaml"}, cli.Failure, []string{"broken.yaml:4: spec.P: ", "broken.yaml:5: more: "}},
		"a kind with faults":          {[]string{"lint", "bad", "--parameters", "broken.yaml"}, cli.Failure, []string{"bad/A.yaml:7: ", "broken.yaml:4: ", "broken.yaml:5: "}},
		"a file that is not there":    {[]string{"lint", "kinds", "--parameters", "x.yaml"}, cli.Failure, []string{"--parameters", "x.yaml"}},
		"explained":                   {[]string{"explain", "-f", "object.yaml", "--kinds-dir", "kinds", "--parameters", "good.yaml"}, cli.OK, []string{"https://a.example.com/granite"}},
		"explained without":           {[]string{"explain", "-f", "object.yaml", "--kinds-dir", "kinds"}, cli.Failure, []string{"the kind that reads Widget.example.com is not in force", "kinds/P/kind.yaml:6: spec.parameters.proxyURL: the parameter proxyURL of the kind P is not set"}},
		"explained without, by name":  {[]string{"explain", "-f", "object.yaml", "--kinds-dir", "kinds", "--kind", "P"}, cli.Failure, []string{"the kind P is not in force", "the parameter proxyURL of the kind P is not set"}},
		"explained with faults":       {[]string{"explain", "-f", "object.yaml", "--kinds-dir", "kinds", "--parameters", "broken.yaml"}, cli.Failure, []string{"parameters have 2 faults", "broken.yaml:4: spec.P: "}},
		"explained with what is vain": {[]string{"explain", "-f", "object.yaml", "--kinds-dir", "kinds", "--parameters", "wrong.yaml"}, cli.Failure, []string{"spec.Kubeai: no kind is called"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", test.args...)
			if got.code != test.code {
				t.Errorf("exit %d, want %d", got.code, test.code)
			}
			rest := got.out + got.errOut
			for _, want := range test.want {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Fatalf("no %q in its place in:\n%s%s", want, got.out, got.errOut)
				}
				rest = after
			}
		})
	}
}

// The trace says which values are the installation's.
func TestParametersInATrace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"p.yaml": "apiVersion: maas.opendatahub.io/v1alpha1\nkind: KindParameters\nspec: {KubeAI: {proxyURL: https://models.example.com/openai}}\n",
		"m.yaml": "{apiVersion: kubeai.org/v1, kind: Model, metadata: {name: m, namespace: n}, status: {replicas: {ready: 1}}}\n",
	})
	t.Chdir(dir)
	got := maasctl(t, "", "explain", "-f", "m.yaml", "--parameters", "p.yaml", "-o", "json")
	var e struct {
		Trace []struct{ Stage, Rule, Path, Found any }
	}
	if err := json.Unmarshal([]byte(got.out), &e); err != nil {
		t.Fatalf("%v: %s%s", err, got.out, got.errOut)
	}
	if len(e.Trace) < 2 {
		t.Fatalf("the trace is %+v", e.Trace)
	}
	var values []any
	for _, step := range e.Trace {
		if step.Path == "parameter" {
			values = append(values, step.Stage, step.Rule, step.Found)
		}
	}
	if diff := cmp.Diff([]any{"values", "proxyURL", "https://models.example.com/openai"}, values); diff != "" {
		t.Errorf("steps of parameters (-want +got):\n%s", diff)
	}
}
