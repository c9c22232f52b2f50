package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"empty.yaml":    "# nothing\n---\n",
		"broken.yaml":   "# a comment\n---\nkind: Widget\nmetadata: {name: [}\n",
		"twice.yaml":    "# the first\n---\n\nkind: Widget\nkind: Widget\n",
		"scalar.yaml":   "just text\n",
		"nokind.yaml":   "apiVersion: example.com/v2\n",
		"noversion":     "kind: Widget\n",
		"slashes.yaml":  "apiVersion: a/b/c\nkind: Widget\n",
		"badlist.yaml":  "apiVersion: v1\nkind: List\nitems:\n- kind: Widget\n",
		"other.yaml":    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\n",
		"two/A.yaml":    spec("A"),
		"two/B.yaml":    spec("B"),
		"faulty/A.yaml": strings.Replace(spec("A"), "description", "descripton", 1),
	})
	widget := filepath.Join("testdata", "explain", "ready.yaml")
	in := func(name string) string { return filepath.Join(dir, name) }
	explain := func(args ...string) []string {
		return append([]string{"explain", "--kinds-dir", "testdata/kinds"}, args...)
	}
	cases := map[string]struct {
		args []string
		code int
		// says are parts of standard error, or of the help on standard output.
		says []string
	}{
		"no command":                    {nil, cli.Usage, []string{"or completion", "maasctl --help"}},
		"a command with a slip":         {[]string{"explian"}, cli.Usage, []string{"did you mean explain?"}},
		"a command that is none":        {[]string{"provision-cluster"}, cli.Usage, []string{"or completion"}},
		"help":                          {[]string{"--help"}, cli.OK, []string{"lint", "explain", "Exit codes"}},
		"help of lint":                  {[]string{"lint", "--help"}, cli.OK, []string{"Examples", "Exit codes"}},
		"help of explain":               {[]string{"explain", "-h"}, cli.OK, []string{"Examples", "Exit codes", "--allow-cidr NETWORKS"}},
		"help as a word":                {[]string{"help", "lint"}, cli.OK, []string{"Examples", "Exit codes"}},
		"help of a command with a slip": {[]string{"help", "lnt"}, cli.Usage, []string{"did you mean lint?"}},
		"the version":                   {[]string{"--version"}, cli.OK, []string{"maasctl ", "(commit "}},
		"a slip before flags":           {[]string{"explian", "-f", widget}, cli.Usage, []string{"did you mean explain?"}},
		"a flag of no command":          {[]string{"--verbose"}, cli.Usage, []string{"--verbose is no flag of maasctl"}},
		"a flag with a slip":            {explain("--knd", "x"), cli.Usage, []string{"--knd is no flag", "did you mean --kind?"}},
		"a flag with a dash too few":    {explain("-kind", "x"), cli.Usage, []string{"-kind is no flag", "did you mean --kind?"}},
		"a flag without its value":      {explain("-f"), cli.Usage, []string{"needs an argument"}},
		"a letter written as a word":    {explain("--filename", widget, "--output", "json"), cli.OK, nil},
		"lint without a path":           {[]string{"lint"}, cli.Usage, []string{"at least one PATH"}},
		"lint with a flag":              {[]string{"lint", "--fix", "x"}, cli.Usage, []string{"-fix", "maasctl lint --help"}},
		"a kubeconfig and no --cluster": {[]string{"test", "--kubeconfig", "x"}, cli.Usage, []string{"add it, or leave both out"}},
		"a cluster to complete cases":   {[]string{"test", "--cluster", "--write-expectations", "x"}, cli.Usage, []string{"leave one of them out"}},
		"explain without a file":        {explain(), cli.Usage, []string{"-f is missing"}},
		"explain with a stray word":     {explain("-f", widget, "x"), cli.Usage, []string{`the MODEL "x" exclude each other`}},
		"explain of two models":         {explain("x", "y"), cli.Usage, []string{`unexpected argument "y"`}},
		"explain of a model as a kind":  {explain("x", "--kind", "A"), cli.Usage, []string{"--kind and --phase go with -f"}},
		"an unknown format":             {explain("-f", widget, "-o", "xml"), cli.Usage, []string{"text, wide, json or yaml"}},
		"an unknown phase":              {explain("-f", widget, "--phase", "ready"), cli.Usage, []string{"Pending, Ready, Unhealthy or Failed"}},
		"an empty phase":                {explain("-f", widget, "--phase", ""), cli.Usage, []string{"Pending, Ready, Unhealthy or Failed"}},
		"a CIDR that is an address":     {explain("-f", widget, "--allow-cidr", "127.0.0.1"), cli.Usage, []string{"127.0.0.0/8"}},
		"a policy that is none":         {explain("-f", widget, "--cross-namespace", "Grant"), cli.Usage, []string{"write kind, grant or deny"}},
		"a file that is not there":      {explain("-f", in("none.yaml")), cli.Failure, []string{"none.yaml"}},
		"a file without an object":      {explain("-f", in("empty.yaml")), cli.Failure, []string{"holds no object"}},
		"YAML that is none":             {explain("-f", in("broken.yaml")), cli.Failure, []string{"broken.yaml: document 1", "yaml: line"}},
		"a key written twice":           {explain("-f", in("twice.yaml")), cli.Failure, []string{`"kind" already set`}},
		"text instead of an object":     {explain("-f", in("scalar.yaml")), cli.Failure, []string{"not a Kubernetes object"}},
		"an object without a kind":      {explain("-f", in("nokind.yaml")), cli.Failure, []string{"has no kind"}},
		"an object without a version":   {explain("-f", in("noversion")), cli.Failure, []string{"has no apiVersion"}},
		"a list of something else":      {explain("-f", in("badlist.yaml")), cli.Failure, []string{"items[0]", "has no apiVersion"}},
		"an apiVersion that is none":    {explain("-f", in("slashes.yaml")), cli.Failure, []string{"apiVersion", "a/b/c"}},
		"no kind for the object":        {explain("-f", in("other.yaml")), cli.Failure, []string{"no kind reads DaemonSet.apps", "Widget", "llmisvc"}},
		"a kind with a slip":            {explain("-f", widget, "--kind", "Gadgt"), cli.Failure, []string{"did you mean Gadget?", "llmisvc"}},
		"a kind for other objects":      {explain("-f", widget, "--kind", "llmisvc"), cli.Failure, []string{"reads LLMInferenceService.serving.kserve.io", "is Widget.example.com"}},
		"two kinds for the object":      {explain("-f", widget, "--kinds-dir", in("two")), cli.Failure, []string{"choose with --kind", "two/A.yaml", "two/B.yaml", "testdata/kinds/Widget/kind.yaml"}},
		"one of two kinds chosen":       {explain("-f", widget, "--kinds-dir", in("two"), "--kind", "B"), cli.OK, nil},
		"a kinds-dir that is not there": {explain("-f", widget, "--kinds-dir", in("none")), cli.Failure, []string{"none: cannot be read"}},
		"a kinds-dir with faults":       {explain("-f", widget, "--kinds-dir", in("faulty")), cli.Failure, []string{"faulty/A.yaml:5: spec.descripton"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", c.args...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d", got.code, c.code)
			}
			said := got.errOut
			if c.code == cli.OK {
				said = got.out
			} else if got.out != "" {
				t.Errorf("standard output is not empty: %s", got.out)
			}
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("%q is missing in:\n%s", want, said)
				}
			}
		})
	}
}

// Whatever it is called, that is the name that people are told to write.
func TestCalledAs(t *testing.T) {
	for name, test := range map[string]struct {
		argv []string
		name string
		args []string
	}{
		"by itself":                  {[]string{"/usr/bin/maasctl", "lint"}, "maasctl", []string{"lint"}},
		"renamed":                    {[]string{"maasctl-1.2", "lint"}, "maasctl", []string{"lint"}},
		"a plugin of kubectl":        {[]string{"/home/u/.krew/bin/kubectl-maas", "lint"}, "kubectl maas", []string{"lint"}},
		"the plugin on Windows":      {[]string{"kubectl-maas.exe"}, "kubectl maas", []string{}},
		"the completion of a plugin": {[]string{"kubectl_complete-maas", "li"}, "kubectl maas", []string{"__complete", "li"}},
	} {
		t.Run(name, func(t *testing.T) {
			called, args := calledAs(test.argv)
			if diff := cmp.Diff(test.args, args); diff != "" || called != test.name {
				t.Errorf("called %q, want %q; arguments (-want +got):\n%s", called, test.name, diff)
			}
		})
	}
	var out, errOut strings.Builder
	if code := run(t.Context(), "kubectl maas", []string{"graph", "--help"}, ioStreams{out: &out, err: &errOut}); code != cli.OK || strings.Contains(out.String(), "maasctl") {
		t.Errorf("exit %d, and the help of the plugin is\n%s", code, out.String())
	}
	if code := run(t.Context(), "kubectl maas", []string{"graf"}, ioStreams{out: &out, err: &errOut}); code != cli.Usage || !strings.Contains(errOut.String(), "Run 'kubectl maas --help'") {
		t.Errorf("exit %d: %s", code, errOut.String())
	}
}

// spec is a kind-spec for widgets, without a fault.
func spec(name string) string {
	return `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: ` + name + `}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v2]}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
`
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
