package editor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

func newEditor(t testing.TB) *Editor {
	t.Helper()
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func builtIn(t testing.TB) []*kind.Kind {
	t.Helper()
	set, err := registry.Load(registry.Source{FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	return set.Kinds()
}

func check(t testing.TB, d Document) Checked {
	t.Helper()
	checked, err := newEditor(t).Check(d)
	if err != nil {
		t.Fatal(err)
	}
	return checked
}

// widget is a kind-spec without faults.
const widget = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
  subjects:
    - {as: service, object: {group: "", kind: Service, versions: [v1]}}
  values:
    host: [{path: $.status.host}]
  health:
    - {name: broken, is: Failed, when: [{path: $.status.phase, equals: Broken}]}
    - name: up
      is: Ready
      when:
        - {condition: Ready, status: "True"}
        - {of: service, path: $, exists: true}
  endpoint:
    - {name: host, template: "http://{host}:80"}
`

// changed is the widget with some of it replaced.
func changed(t testing.TB, replace ...string) string {
	t.Helper()
	text := widget
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("%q is not in the text", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	return text
}

func TestCheckFindsThePlace(t *testing.T) {
	others := builtIn(t)
	for name, test := range map[string]struct {
		text string
		// want are what is underlined, and how what is said of it begins.
		want []string
	}{
		"nothing":                                {widget, nil},
		"a name":                                 {changed(t, "descrip", "descip"), []string{"desciption|unknown field, did you mean description?"}},
		"a name in braces":                       {changed(t, "{name: broken", "{nmae: broken"), []string{"nmae|unknown field, did you mean name?"}},
		"a word":                                 {changed(t, "is: Ready", "is: Redy"), []string{`Redy|"Redy" is not one of`}},
		"a text in quotes":                       {changed(t, `"http://{host}:80"`, `"http://{hots}:80"`), []string{`"http://{hots}:80"|no value is called "hots"`}},
		"a name that is not declared":            {changed(t, "of: service, path", "of: servise, path"), []string{`servise|no subject is called "servise"`}},
		"a list that is none":                    {changed(t, "[{path: $.status.host}]", "{path: $.status.host}"), []string{"{path: $.status.host}|sources are a list"}},
		"what is missing is missing from a name": {changed(t, "{name: Widget}", "{}"), []string{"metadata|required field is missing"}},
		"a whole entry":                          {changed(t, "- {name: host,", "- {name: b, path: \"$.a[\"}\n    - {name: host,"), []string{`"$.a["|`}},
		"what is useless":                        {changed(t, "  health:", "    none: [{path: $.a}]\n  health:"), []string{"none|nothing uses none"}},
		"behind letters of several bytes":        {changed(t, "{name: broken, is: Failed", "{name: broken, because: [{constant: ä𝄞}], is: Faild"), []string{`Faild|"Faild" is not one of`}},
		"no YAML":                                {changed(t, "  health:", "\thealth:"), []string{"health:|not valid YAML"}},
		"of the type":                            {changed(t, "kind: Service", "kind: Servise"), []string{"{group: \"\", kind: Servise, versions: [v1]}|Kubernetes has no Servise"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for i, f := range check(t, Document{File: "kind.yaml", Text: test.text, Others: others}).Findings {
				said := f.Range.in(test.text) + "|" + f.Message
				if i < len(test.want) && strings.HasPrefix(said, test.want[i]) {
					said = test.want[i]
				}
				got = append(got, said)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Everything that is wrong with the texts of the language's own tests is in the line
// that the linter names.
func TestCheckFindsTheLine(t *testing.T) {
	e, others := newEditor(t), builtIn(t)
	for name, text := range specs(t) {
		checked, err := e.Check(Document{File: name, Text: text, Others: others})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range checked.Findings {
			if line := strings.Count(text[:f.Range.Start], "\n") + 1; line != max(f.Line, 1) {
				t.Errorf("%s: line %d, %q", f.Fault, line, f.Range.in(text))
			}
		}
	}
}

func TestCheckRefusesTooMuch(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"bytes":   {strings.Repeat("#", MaxSize+1), "it has 1048577 bytes"},
		"values":  {"a: [" + strings.Repeat("1,", 450_000) + "]", "there is too much in it"},
		"nesting": {strings.Repeat("[", MaxSize/2), "there is too much in it"},
		"depth":   {"a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "nested more than 100 deep"},
	} {
		t.Run(name, func(t *testing.T) {
			got := check(t, Document{File: "kind.yaml", Text: test.text}).Findings
			if len(got) != 1 || !strings.HasPrefix(got[0].Message, test.want) {
				t.Errorf("got %v", got)
			}
		})
	}
}

// Of the largest kinds, with their pins: 12, 13 and 9 ms on two shared cores of an AMD
// EPYC. It has to stay below 50 ms.
func BenchmarkCheck(b *testing.B) {
	e, others := newEditor(b), builtIn(b)
	for _, name := range []string{"AgentgatewayModel", "HTTPRoute", "llmisvc"} {
		b.Run(name, func(b *testing.B) {
			text, err := kinds.FS.ReadFile(name + "/kind.yaml")
			if err != nil {
				b.Fatal(err)
			}
			pin, err := kinds.FS.ReadFile(name + "/referent.yaml")
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				checked, err := e.Check(Document{File: "kind.yaml", Folder: name, Text: string(text), Pin: pin, PinFile: "referent.yaml", Others: others})
				if err != nil || len(checked.Findings) > 0 {
					b.Fatal(err, checked.Findings)
				}
			}
		})
	}
}
