package sources_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const widget = `
spec:
  referent: {group: example.com, kind: Widget, versions: [v1]}
  generation: $.status.observedGeneration
  subjects:
    - {as: answers, all: "$.status.parents[*]", where: [{path: $.parentRef.kind, equals: Gateway}, {agrees: {with: asked, fields: {$.parentRef.name: $.name}}}]}
    - {as: asked, all: "$.spec.parents[*]"}
    - {as: parts, all: "$.status.conditions[*]", where: [{path: $.type, in: [EngineReady, RouterReady]}]}
    - {as: gate, object: {group: example.com, kind: Gate, versions: [v1], generation: $.status.observedGeneration}}
  values:
    external: [{of: gate, path: '$.status.addresses[?@.type == "Hostname"].value'}]
    label: [{path: '$.metadata.labels["a.b/c"]'}]
  health:
    - {is: Failed, when: [{condition: Ready, status: "False", reasonIn: [Lost, Broken]}], because: [{condition: Ready}]}
    - {is: Ready, when: [{of: answers, match: Any, condition: Accepted, status: "True"}, {path: $.status.phase, in: [Up]}, {of: parts, path: $.status, equals: "True"}]}
  endpoint:
    - {path: $.status.url}
`

func claimed(t *testing.T) (*syntax.Document, []sources.Claim) {
	t.Helper()
	document := syntax.Parse("kind.yaml", []byte(widget))
	var written v1alpha1.ModelKind
	if err := document.Decode(&written); err != nil || len(document.Faults()) > 0 {
		t.Fatal(err, document.Faults())
	}
	return document, sources.Claims(&written.Spec)
}

func TestClaims(t *testing.T) {
	t.Parallel()
	_, claims := claimed(t)
	var got []string
	for _, c := range claims {
		got = append(got, c.String())
	}
	want := []string{
		"the field status.observedGeneration",
		"the field status.parents[]",
		"the field status.observedGeneration of the Gate gate",
		"the field status.parents[].parentRef.kind", "the word Gateway of the field status.parents[].parentRef.kind",
		"the field status.parents[].parentRef.name",
		"the condition EngineReady", "the condition RouterReady",
		"the condition Ready", "the reason Lost of the condition Ready", "the reason Broken of the condition Ready",
		"the condition Accepted",
		"the field status.phase", "the word Up of the field status.phase",
		"the field status.addresses[].value of the Gate gate",
		"the field status.url",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const all = `{fact: all of them, conditions: {Ready: [Lost, Broken], Accepted: [], EngineReady: [], RouterReady: []}, fields: {status.phase: [Up],
		status.parents: [Gateway], status.url: [], status.observedGeneration: []}, source: {project: a/b, version: v1, path: c.go}}`
	const gate = `{fact: the other object, of: gate, fields: {status: []}, notEstablished: nothing was read}`
	for name, test := range map[string]struct {
		facts    string
		recorded string
		want     []string
	}{
		"all is backed":           {facts: all + "," + gate},
		"another object":          {facts: all + "," + strings.Replace(gate, "of: gate, ", "", 1), want: []string{"status.observedGeneration of the Gate", "status.addresses[].value of the Gate"}},
		"a field around it":       {facts: strings.Replace(all, "status.parents: [Gateway]", "status.parent: [Gateway]", 1) + "," + gate, want: []string{"parents[]: add", "parentRef.kind: add", "word Gateway", "parentRef.name"}},
		"a reason":                {facts: strings.Replace(all, "Lost, ", "", 1) + "," + gate, want: []string{`kind.yaml:14: spec.health[0].when[0]: no source shows the reason Lost of the condition Ready: add to the facts of sources.yaml {fact: ..., conditions: {Ready: [Lost]}`}},
		"a word":                  {facts: strings.Replace(all, "[Up]", "[]", 1) + "," + gate, want: []string{"the word Up of the field status.phase"}},
		"a recorded object":       {facts: strings.Replace(all, "Lost, ", "", 1) + "," + gate, recorded: `{kind: Widget, status: {conditions: [{type: Ready, status: "False", reason: Lost}]}}`},
		"of another kind":         {facts: strings.Replace(all, "Lost, ", "", 1) + "," + gate, recorded: `{kind: Gate, status: {conditions: [{type: Ready, status: "False", reason: Lost}]}}`, want: []string{"the reason Lost"}},
		"a recorded word":         {facts: strings.Replace(all, "[Gateway]", "[]", 1) + "," + gate, recorded: `{kind: Widget, status: {parents: [{parentRef: {kind: Gateway}}]}}`},
		"a word that is no value": {facts: strings.Replace(all, "[Up]", "[]", 1) + "," + gate, recorded: `{kind: Widget, status: {phase: {Up: Up}}}`, want: []string{"the word Up"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, claims := claimed(t)
			file, faults := read(t, test.facts)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			var recorded []*unstructured.Unstructured
			if test.recorded != "" {
				object := &unstructured.Unstructured{}
				if err := yaml.Unmarshal([]byte(test.recorded), &object.Object); err != nil {
					t.Fatal(err)
				}
				recorded = append(recorded, object)
			}
			got := sources.Check(claims, document, "sources.yaml", file, recorded)
			if len(got) != len(test.want) {
				t.Fatalf("want %d faults, got:\n%s", len(test.want), got.Error())
			}
			for _, want := range test.want {
				if !strings.Contains(got.Error(), want) {
					t.Errorf("nothing says %q:\n%s", want, got.Error())
				}
			}
		})
	}
}

func read(t *testing.T, facts string) (*sources.File, syntax.Faults) {
	t.Helper()
	reader, err := sources.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	file, faults, err := reader.Read("sources.yaml", []byte("apiVersion: maas.opendatahub.io/v1alpha1\nkind: Sources\nspec: {facts: ["+strings.ReplaceAll(facts, "\t", " ")+"]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return file, faults
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ facts, want string }{
		"neither":              {`{fact: it is written somewhere}`, "a fact has either a source or notEstablished"},
		"both":                 {`{fact: it is written somewhere, source: {project: a, url: "https://a.b"}, notEstablished: nothing was read}`, "a fact has either"},
		"a project alone":      {`{fact: it is written somewhere, source: {project: a/b, version: v1}}`, "write the version of a/b and the path of the file in it"},
		"a file of no version": {`{fact: it is written somewhere, source: {project: a/b, path: c.go}}`, "write the version of a/b"},
		"a field of the spec":  {`{fact: it is written somewhere, fields: {spec.a: []}, notEstablished: nothing was read}`, "spec.a"},
		"a word for a list":    {`{fact: it is written somewhere, conditions: {Ready: Lost}, notEstablished: nothing was read}`, "write a list, or [] where there is no word to back"},
		"an unknown field":     {`{fact: it is written somewhere, sources: [], notEstablished: nothing was read}`, "did you mean source?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, faults := read(t, test.facts)
			if file != nil || !strings.Contains(faults.Error(), test.want) {
				t.Errorf("want %q, got %v", test.want, faults)
			}
		})
	}
}

// A skeleton passes: nothing in it is established, and it says so.
func TestSkeleton(t *testing.T) {
	t.Parallel()
	document, claims := claimed(t)
	reader, err := sources.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	file, faults, err := reader.Read("sources.yaml", []byte(sources.Skeleton(claims, "nothing was read")))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if faults := sources.Check(claims, document, "sources.yaml", file, nil); len(faults) > 0 {
		t.Error(faults)
	}
	if got := sources.Skeleton(nil, ""); got != "" {
		t.Errorf("without claims: %q", got)
	}
}
