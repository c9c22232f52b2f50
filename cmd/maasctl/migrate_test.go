package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/golden"
)

// The folders are the same in kind as what Models as a Service has in its
// docs/samples: models, backends and rules about both, each in a file of its own.
func TestMigrate(t *testing.T) {
	for name, code := range map[string]int{
		"listed": cli.OK,      // everything that is listed there, and a note on the rest
		"faulty": cli.Failure, // whatever goes wrong at once, and what is right is printed
	} {
		for _, format := range []string{"yaml", "json"} {
			t.Run(name+"."+format, func(t *testing.T) {
				got := maasctl(t, "", "migrate", "-f", "testdata/migrate/"+name, "-o", format)
				if got.code != code {
					t.Errorf("exit %d, want %d", got.code, code)
				}
				golden.Compare(t, filepath.Join("testdata/migrate", name+"."+format), got.out)
				golden.Compare(t, filepath.Join("testdata/migrate", name+".txt"), got.errOut)
			})
		}
	}
}

const aModel = `apiVersion: maas.opendatahub.io/v1alpha1
kind: MaaSModelRef
metadata: {name: NAME, namespace: llm}
spec: {modelRef: {kind: LLMInferenceService, name: NAME}}
`

func model(name string) string { return strings.ReplaceAll(aModel, "NAME", name) }

func TestMigrateInputs(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"one.yaml": model("one"), "two.yml": model("two"), "notes.txt": "no manifest", "empty/readme.md": "",
		"deep/er/three.json":     `{"apiVersion":"maas.opendatahub.io/v1alpha1","kind":"MaaSModelRef","metadata":{"name":"three","namespace":"llm"},"spec":{"modelRef":{"kind":"llmisvc","name":"x"}}}`,
		"mounted/..data/m.yaml":  model("hidden"),
		"crlf/m.yaml":            "\ufeff" + strings.ReplaceAll("# c\n"+model("crlf")+"---\n"+model("crlf2"), "\n", "\r\n"),
		"tail/m.yaml":            model("kept") + "---\napiVersion: v1\nkind: [\n---\n" + model("after"),
		"anchors/m.yaml":         strings.Replace(model("anchored"), "{kind: LLM", "&a {kind: LLM", 1),
		"bomb/m.yaml":            bomb(),
		"policies/m.yaml":        "apiVersion: maas.opendatahub.io/v1alpha1\nkind: MaaSSubscription\nmetadata: {name: s}\n",
		"nowhere/m.yaml":         strings.ReplaceAll(model("nowhere"), ", namespace: llm", ""),
		"numbers/m.yaml":         strings.ReplaceAll(model("x"), "name: x", "name: 7"),
		"escape/m.yaml":          strings.ReplaceAll(model("x"), "llm}", "llm, annotations: {note: \"a\\nkind: Secret\\e[31m\"}}\n\"strange\\e[31m\": 1"),
		"chain/m.yaml":           strings.ReplaceAll(model("self"), "kind: LLMInferenceService", "kind: MaaSModel"),
		"both/m.yaml":            model("m") + "---\n" + strings.ReplaceAll(model("m"), "MaaSModelRef", "MaaSModel"),
		"against/m.yaml":         model("m") + "---\n" + strings.NewReplacer("MaaSModelRef", "MaaSModel", "LLMInferenceService", "Service").Replace(model("m")),
		"unlisted/m.yaml":        model("m") + "---\napiVersion: serving.kserve.io/v1alpha2\nkind: LLMInferenceService\nmetadata: {name: o, namespace: llm}\n",
		"old/m.yaml":             model("m") + "---\napiVersion: maas.opendatahub.io/v1alpha1\nkind: MaaSAuthPolicy\nmetadata: {name: p, namespace: llm}\nspec: {modelRefs: [m], subjects: {users: [ann]}}\n",
		"nested/m.yaml":          "apiVersion: v1\nkind: List\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(model("listed")), "\n", "\n  ") + "\n- just text\n",
		"comma/m.yaml":           strings.ReplaceAll(model("m"), "spec:", "status: {resolvedModelAlias: \"publishers/llm/models/a,b\"}\nspec:"),
		"typed/m.yaml":           "apiVersion: maas.opendatahub.io/v1alpha1\nkind: MaaSModelRef\nmetadata: {name: t, namespace: llm, labels: [a]}\nspec: text\n",
		"own/m.yaml":             strings.NewReplacer("MaaSModelRef", "MaaSModel").Replace(model("own")),
		"notserved/m.yaml":       "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n",
		"keys/m.yaml":            "apiVersion: maas.opendatahub.io/v1alpha1\nkind: MaaSModelRef\nkind: MaaSModelRef\nmetadata: {name: t}\n",
		"external/m.yaml":        strings.NewReplacer("LLMInferenceService, name: offer", "ExternalModel, name: gpt").Replace(model("offer")),
		"external/migrated.yaml": strings.NewReplacer("MaaSModelRef", "MaaSModel", "LLMInferenceService", "ExternalModel").Replace(model("gpt")),
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, c := range map[string]struct {
		stdin string
		args  []string
		code  int
		// models are the names that are printed, in order.
		models []string
		// says are parts of what is told.
		says []string
	}{
		"a file":                         {"", []string{"-f", in("one.yaml")}, cli.OK, []string{"one"}, []string{"1 MaaSModel of 1 MaaSModelRef, 0 faults"}},
		"standard input":                 {model("std"), []string{"-f", "-"}, cli.OK, []string{"std"}, []string{"standard input:1: MaaSModelRef llm/std"}},
		"several, in any order":          {model("b"), []string{"-f", in("two.yml"), "-f", "-", "-f", in("one.yaml")}, cli.OK, []string{"b", "one", "two"}, nil},
		"JSON in a folder of a folder":   {"", []string{"-f", in("deep")}, cli.OK, []string{"three"}, []string{"three.json:1"}},
		"what a mount hides":             {"", []string{"-f", in("mounted")}, cli.Failure, nil, []string{"mounted: cannot be read: no *.yaml"}},
		"an empty folder":                {"", []string{"-f", in("empty")}, cli.Failure, nil, []string{"no *.yaml, *.yml or *.json is in it"}},
		"nothing on standard input":      {"", []string{"-f", "-"}, cli.Failure, nil, []string{"no MaaSModelRef to migrate"}},
		"a file that is not there":       {"", []string{"-f", in("none"), "-f", in("one.yaml")}, cli.Failure, []string{"one"}, []string{"none: cannot be read", "1 fault"}},
		"lines of Windows":               {"", []string{"-f", in("crlf")}, cli.OK, []string{"crlf", "crlf2"}, []string{"from MaaSModelRef llm/crlf2 at", "crlf/m.yaml:7"}},
		"a document that is half":        {"", []string{"-f", in("tail")}, cli.Failure, []string{"after", "kept"}, []string{"m.yaml:7: not valid YAML"}},
		"an anchor":                      {"", []string{"-f", in("anchors")}, cli.OK, []string{"anchored"}, nil},
		"aliases that multiply":          {"", []string{"-f", in("bomb"), "-f", in("one.yaml")}, cli.Failure, []string{"one"}, []string{"with its aliases written out"}},
		"rules and no model":             {"", []string{"-f", in("policies")}, cli.Failure, nil, []string{"it names no model of the input", "no MaaSModelRef to migrate"}},
		"other objects alone":            {"", []string{"-f", in("notserved")}, cli.Failure, nil, []string{"m.yaml:1: ConfigMap c: it is no part of Models as a Service", "no MaaSModelRef to migrate"}},
		"a namespace for who has none":   {"", []string{"-f", in("nowhere"), "-n", "given"}, cli.OK, []string{"nowhere"}, []string{"MaaSModelRef given/nowhere"}},
		"a number for a name":            {"", []string{"-f", in("numbers")}, cli.Failure, nil, []string{"metadata.name: it is of type number", "spec.modelRef.name: it is of type number"}},
		"text that would be a line":      {"", []string{"-f", in("escape")}, cli.OK, []string{"x"}, []string{`strange\u001b[31m: no field`}},
		"a model of itself":              {"", []string{"-f", in("chain")}, cli.Failure, nil, []string{"MaaSModelRef llm/self → MaaSModelRef llm/self; name the backend itself"}},
		"what was migrated before":       {"", []string{"-f", in("both")}, cli.OK, []string{"m"}, []string{"the same as what the MaaSModelRef"}},
		"another model of that name":     {"", []string{"-f", in("against")}, cli.Failure, nil, []string{"the MaaSModel llm/m at", "keep one of them"}},
		"a backend that is not there":    {"", []string{"-f", in("unlisted")}, cli.OK, []string{"m"}, []string{"no LLMInferenceService llm/m is there"}},
		"a policy of the first edition":  {"", []string{"-f", in("old")}, cli.OK, []string{"m"}, []string{"lets in user ann", "no MaaSAuthPolicy and MaaSSubscription"}},
		"a list, and text in it":         {"", []string{"-f", in("nested")}, cli.OK, []string{"listed"}, []string{"m.yaml:8: no Kubernetes object"}},
		"an id that is no alias":         {"", []string{"-f", in("comma")}, cli.OK, []string{"m"}, []string{"no alias can be written so"}},
		"parts of the wrong type":        {"", []string{"-f", in("typed")}, cli.Failure, nil, []string{"metadata.labels: it has to be an object", "spec: it has to be an object"}},
		"MaaSModels alone":               {"", []string{"-f", in("own")}, cli.OK, []string{"own"}, nil},
		"a key twice":                    {"", []string{"-f", in("keys")}, cli.Failure, nil, []string{"m.yaml:3", "already defined"}},
		"the name is taken, by the same": {"", []string{"-f", in("external")}, cli.OK, []string{"gpt"}, []string{"it is called gpt here", "the same as what"}},
		"nothing to read":                {"", nil, cli.Usage, nil, []string{"say what to migrate"}},
		"a folder without its flag":      {"", []string{in("one.yaml")}, cli.Usage, nil, []string{"write -f before"}},
		"two origins":                    {"", []string{"-f", "x", "--cluster"}, cli.Usage, nil, []string{"exclude each other"}},
		"a kubeconfig and files":         {"", []string{"-f", "x", "--kubeconfig", "y"}, cli.Usage, nil, []string{"goes with --cluster"}},
		"all namespaces of files":        {"", []string{"-f", "x", "-A"}, cli.Usage, nil, []string{"-A goes with --cluster"}},
		"one namespace and all":          {"", []string{"--cluster", "-A", "-n", "x"}, cli.Usage, nil, []string{"-n and -A"}},
		"a format that is none":          {"", []string{"-f", "x", "-o", "text"}, cli.Usage, nil, []string{"yaml or json"}},
		"a cluster that is not there":    {"", []string{"--cluster", "--kubeconfig", in("none")}, cli.Failure, nil, []string{"finding the cluster"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, c.stdin, append([]string{"migrate"}, c.args...)...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d", got.code, c.code)
			}
			if diff := cmp.Diff(c.models, printed(t, got.out)); diff != "" {
				t.Errorf("models (-want +got):\n%s", diff)
			}
			for _, want := range c.says {
				if !strings.Contains(got.out+got.errOut, want) {
					t.Errorf("%q is missing in:\n%s%s", want, got.out, got.errOut)
				}
			}
		})
	}
}

// printed are the names of the models of an output, which may hold nothing else.
func printed(t *testing.T, out string) []string {
	t.Helper()
	if out == "" {
		return nil
	}
	file := filepath.Join(t.TempDir(), "out.yaml")
	write(t, filepath.Dir(file), map[string]string{"out.yaml": out})
	objects, err := readObjects(file, nil)
	if err != nil {
		t.Fatalf("the output is none: %v\n%s", err, out)
	}
	var names []string
	for _, o := range objects {
		if o.GetAPIVersion() != "maas.opendatahub.io/v1alpha1" || o.GetKind() != "MaaSModel" {
			t.Errorf("%s %s is printed", o.GetAPIVersion(), o.GetKind())
		}
		names = append(names, o.GetName())
	}
	return names
}
