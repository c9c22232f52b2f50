package workbench_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/workbench"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

func bench(t testing.TB, lint workbench.Lint) *workbench.Bench {
	t.Helper()
	b, err := workbench.New(func() (*kind.Set, error) { return registry.Load(registry.Source{Name: "built-in", FS: kinds.FS}) }, lint)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const widget = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v2, v1]}
  health:
    - {name: broken, is: Failed, when: [{condition: Ready, status: "False"}]}
    - {name: up, is: Ready, when: [{condition: Ready, status: "True"}]}
  endpoint:
    - {name: outside, path: $.status.external}
    - {name: inside, path: $.status.url}
  model:
    contextLength: [{path: $.spec.length}]
`

const object = `apiVersion: example.com/v2
kind: Widget
metadata: {name: granite, namespace: llm}
spec: {length: 4096}
status:
  url: https://widgets.example.com/granite
  conditions: [{type: Ready, status: "True"}]
`

// handingOn is the widget whose Service is handed on to another kind.
func handingOn(other string) string {
	return strings.NewReplacer(
		"  health:\n", "  subjects:\n    - as: service\n      object: {group: \"\", kind: Service, versions: [v1], name: [{path: $.metadata.name}]}\n  health:\n",
		"    - {name: up", "    - {of: service, kind: "+other+"}\n    - {name: up",
	).Replace(widget)
}

// outline is what an answer says in short: text:line rule of each fault, and the decision.
func outline(a workbench.Answer) []string {
	var all []string
	for _, f := range a.Faults {
		level := "fault"
		if f.Warning {
			level = "warning"
		}
		all = append(all, fmt.Sprintf("%s %s:%d %s", level, f.In, f.Line, f.Field))
	}
	for _, note := range a.Notes {
		all = append(all, "note "+note)
	}
	d := a.Decision
	if d == nil {
		return append(all, "no decision")
	}
	all = append(all, string(d.Phase))
	for _, part := range []*workbench.Part{d.Rule, d.Candidate} {
		if part != nil {
			all = append(all, fmt.Sprintf("%s in line %d", part.Name, part.Line))
		}
	}
	if d.Endpoint != nil {
		all = append(all, *d.Endpoint)
	}
	return all
}

func TestDecide(t *testing.T) {
	b := bench(t, nil)
	ready := []string{"Ready", "up in line 9", "inside in line 12", "https://widgets.example.com/granite"}
	for name, test := range map[string]struct {
		question workbench.Question
		want     []string
	}{
		"what decides has a line":                 {workbench.Question{Kind: widget, Objects: object}, ready},
		"nothing is typed yet, which is no fault": {workbench.Question{}, []string{"no decision"}},
		"no object yet":                           {workbench.Question{Kind: widget}, []string{"no decision"}},
		"a word that is none, and where": {
			workbench.Question{Kind: strings.Replace(widget, "is: Failed", "is: Faild", 1), Objects: object},
			[]string{"fault kind:8 spec.health[0].is", "no decision"}},
		"a kind-spec that is being typed": {
			workbench.Question{Kind: widget[:strings.Index(widget, "status: \"True\"")], Objects: object}, []string{"fault kind:9 ", "no decision"}},
		"an object that is being typed": {
			workbench.Question{Kind: widget, Objects: object[:strings.Index(object, "\"True\"")]}, []string{"fault objects:7 ", "no decision"}},
		"an object without a kind, behind a comment": {
			workbench.Question{Kind: widget, Objects: object + "---\n# beside it\napiVersion: v1\n"}, []string{"fault objects:10 ", "no decision"}},
		"faults of both texts at once": {
			workbench.Question{Kind: strings.Replace(widget, "is: Failed", "is: Faild", 1), Objects: "just text"},
			[]string{"fault kind:8 spec.health[0].is", "fault objects:1 ", "no decision"}},
		"an object of another type": {
			workbench.Question{Kind: widget, Objects: strings.Replace(object, "kind: Widget", "kind: Gadget", 1)}, []string{"fault objects:0 ", "no decision"}},
		"another version is read with a note": {
			workbench.Question{Kind: widget, Objects: strings.Replace(object, "com/v2", "com/v9", 1)},
			append([]string{"note the kind Widget reads Widget in v2 or v1; this object is of example.com/v9 and is read as it is"}, ready...)},
		"an object that nobody asks for": {
			workbench.Question{Kind: widget, Objects: object + "---\n{apiVersion: v1, kind: Service, metadata: {name: s}}\n"},
			append([]string{"note Service s is not looked at: the kind Widget does not read it beside the first object"}, ready...)},
		"a warning does not keep it from being decided": {
			workbench.Question{Kind: strings.Replace(widget, "  health:", "  values: {unused: [{path: $.spec.a}]}\n  health:", 1), Objects: object},
			[]string{"warning kind:7 spec.values.unused", "Ready", "up in line 10", "inside in line 13", "https://widgets.example.com/granite"}},
		"what turns a line around is named, and no end of a line is": {
			workbench.Question{Kind: widget, Objects: strings.ReplaceAll(strings.Replace(object, "granite,", "granite, annotations: {a: \"\u202ex\"},", 1), "\n", "\r\n")},
			append([]string{"warning objects:3 "}, ready...)},
		"a kind that there is not, handed on to": {
			workbench.Question{Kind: handingOn("Gadget"), Objects: object},
			[]string{"fault kind:12 spec.health[1].kind", "no decision"}},
		"a parameter that the kind does not have": {
			workbench.Question{Kind: widget, Objects: object, Parameters: "# none\ndomain: x\n"}, []string{"fault parameters:2 domain", "no decision"}},
		"parameters that are no mapping": {
			workbench.Question{Kind: widget, Objects: object, Parameters: "[]"}, []string{"fault parameters:1 ", "no decision"}},
		"a phase that is none": {
			workbench.Question{Kind: widget, Objects: object, Previous: "Redy"}, []string{"fault model:0 ", "no decision"}},
		"an override is what counts": {
			workbench.Question{Kind: widget, Objects: object, Override: "https://other.example.com"},
			[]string{"Ready", "up in line 9", "endpointOverride in line 0", "https://other.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := b.Decide(t.Context(), test.question)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, outline(answer)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%+v", diff, answer.Faults)
			}
		})
	}
}

// What nobody writes, and an editor or a stranger sends all the same.
func TestDecideBadInput(t *testing.T) {
	b := bench(t, nil)
	nine := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i <= 'i'; i++ {
		nine += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat("*"+string(i-1)+",", 9), ","))
	}
	large := strings.TrimSuffix(object, "\n") + "\n  log: \"" + strings.Repeat("0123456789", 150_000) + "\"\n"
	for name, test := range map[string]struct {
		kind, objects string
		says          string
	}{
		"an object as large as an API server keeps": {widget, large, ""},
		"one that is larger than anything":          {widget, "a: " + strings.Repeat("x", 5<<20), "may have 4194304"},
		"a kind-spec of two megabytes":              {"a: " + strings.Repeat("x", 2<<20), object, "may have 1048576"},
		"an object nested deep":                     {widget, strings.Repeat("[", 20_000), "depth"},
		"a kind-spec nested deep":                   {strings.Repeat("{a: ", 20_000), object, "depth"},
		"a kind-spec nested not that deep":          {strings.Repeat("[", 500) + strings.Repeat("]", 500), object, "nested more than 100 deep"},
		"anchors that multiply in an object":        {widget, nine, "aliases"},
		"anchors that multiply in a kind-spec":      {nine, object, "anchors are not supported"},
		"half a character":                          {widget[:100] + "\xc3" + widget[100:], object, "UTF-8"},
		"half a character in an object":             {widget, object[:100] + "\xe2\x82" + object[100:], "UTF-8"},
		"a control character":                       {widget, object + "\x1b[2J", "control characters"},
		"a merge key":                               {widget, "<<: {a: b}\n", "no apiVersion"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := b.Decide(t.Context(), workbench.Question{Kind: test.kind, Objects: test.objects})
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, f := range answer.Faults {
				said += f.Message + "\n"
			}
			if (test.says == "") != (said == "") || !strings.Contains(said, test.says) {
				t.Errorf("%q is not in:\n%s", test.says, said)
			}
			if len(said) > 10_000 {
				t.Errorf("%d bytes are said", len(said))
			}
		})
	}
}

// Every case of every built-in kind decides here what it decides in maasctl test, and
// each step of its trace leads to a line of the kind-spec.
func TestLibrary(t *testing.T) {
	b := bench(t, nil)
	for _, name := range ask[[]string](t, b, "library", nil) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			written := ask[workbench.Written](t, b, "open", map[string]string{"name": name})
			list := ask[workbench.CaseList](t, b, "cases", written)
			if len(list.Faults) > 0 || len(list.Cases) == 0 {
				t.Fatalf("%d cases, faults %v", len(list.Cases), list.Faults)
			}
			for _, c := range list.Cases {
				if !c.Held {
					t.Errorf("%s is not held", c.Name)
				}
				q := ask[workbench.Question](t, b, "case", map[string]string{"kind": written.Kind, "cases": written.Cases, "name": c.Name})
				answer := ask[workbench.Answer](t, b, "decide", q)
				if len(answer.Faults) > 0 || answer.Decision == nil {
					t.Errorf("%s: faults %v", c.Name, answer.Faults)
					continue
				}
				if phase := fmt.Sprintf("phase: %s,", answer.Decision.Phase); !strings.Contains(c.Expect, phase) {
					t.Errorf("%s: decided %s, expects %s", c.Name, phase, c.Expect)
				}
				for _, step := range answer.Decision.Steps {
					if step.Line == 0 && step.Rule != "endpointOverride" && !strings.HasSuffix(step.Rule, "inside") {
						t.Errorf("%s: %s %s has no line", c.Name, step.Stage, step.Rule)
					}
				}
			}
		})
	}
}

func ask[T any](t *testing.T, b *workbench.Bench, method string, question any) (answer T) {
	t.Helper()
	asked, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	said, err := b.Ask(t.Context(), method, asked)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(said, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// What only a schema tells is told beside the rest, and the kind decides all the same.
func TestLint(t *testing.T) {
	b := bench(t, func(k *kind.Kind) syntax.Faults {
		fault := k.Positions().At("/spec/endpoint/0/path")
		fault.Message = "there is no such field"
		return syntax.Faults{fault, {File: "referent.yaml", Line: 3, Message: "is of another kind"}}
	})
	answer, err := b.Decide(t.Context(), workbench.Question{Kind: widget, Objects: object})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"fault kind:11 spec.endpoint[0].path", "fault kind:0 ", "Ready", "up in line 9", "inside in line 12", "https://widgets.example.com/granite"}
	if diff := cmp.Diff(want, outline(answer)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := answer.Faults[1].Message; got != "referent.yaml:3: is of another kind" {
		t.Errorf("the other file is called %q", got)
	}
}
