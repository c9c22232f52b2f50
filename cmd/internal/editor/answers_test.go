package editor

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/kinds"
)

// at takes the | out of a text, and says where it was.
func at(t testing.TB, text string) (string, int) {
	t.Helper()
	offset := strings.Index(text, "|")
	if offset < 0 {
		t.Fatal("no | in the text")
	}
	return text[:offset] + text[offset+1:], offset
}

func TestComplete(t *testing.T) {
	others := builtIn(t)
	pin, err := kinds.FS.ReadFile("llmisvc/referent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	llmisvc := strings.NewReplacer("example.com, kind: Widget, versions: [v1]", "serving.kserve.io, kind: LLMInferenceService, versions: [v1alpha2]")
	for name, test := range map[string]struct {
		text string
		// want are some of the labels, in order; no is one that is not there.
		want []string
		no   string
		// then is in the text when the first of them was taken.
		then string
	}{
		"a field of spec":            {changed(t, "  health:", "  prob|\n  health:"), []string{"generation", "probe"}, "health", "  aliases: \n  health:"},
		"what has to be there first": {changed(t, "metadata: {name: Widget}", "|"), []string{"metadata"}, "kind", "metadata: \nspec"},
		"a field of an entry":        {changed(t, "      is: Ready\n", "      is: Ready\n      |\n"), []string{"because", "kind", "of"}, "name", ""},
		"a field in braces":          {changed(t, "{condition: Ready, ", "{condition: Ready, stat|, "), []string{"messageMatches", "reasonIn", "statusIn"}, "condition", ""},
		"a field in open braces":     {changed(t, "        - {of: service, path: $, exists: true}\n", "        - {ex|\n"), []string{"condition", "exists", "path"}, "", ""},
		"a field behind a dash":      {changed(t, "    - {name: broken", "    - |\n    - {name: broken"), []string{"because", "is", "name", "when"}, "", ""},
		"a field, where one is":      {changed(t, "      is: Ready", "      i|: Ready"), []string{"because"}, "", "      because: Ready"},
		"a word":                     {changed(t, "is: Ready", "is: |"), []string{"Ready", "Servable", "Failed", "Progressing"}, "", "is: Ready\n"},
		"a word, half of it":         {changed(t, "is: Ready", "is: Re|dy"), []string{"Ready"}, "", "is: Ready\n"},
		"a boolean":                  {changed(t, "exists: true", "exists: |"), []string{"true", "false"}, "", "exists: true}"},
		"a status in quotes":         {changed(t, `status: "True"`, `status: "|"`), []string{`"True"`, `"False"`, `Unknown`}, "", `status: "True"}`},
		"a subject":                  {changed(t, "of: service, path", "of: s|, path"), []string{"referent", "service"}, "", ""},
		"a subject before this one":  {changed(t, "  values:", "    - {as: later, of: |}\n  values:"), []string{"referent", "service"}, "later", ""},
		"a value":                    {changed(t, `template: "http://{host}:80"`, "value: |"), []string{"host", "name", "namespace"}, "", "value: host}"},
		"a value in a template":      {changed(t, "{host}", "{h|}"), []string{"host", "name"}, "", `"http://{host}:80"`},
		"a value with parameters":    {changed(t, "{host}", "{|", "  health:", "  parameters: {proxy: {type: URL}}\n  health:"), []string{"host", "proxy"}, "", `"http://{host:80"`},
		"a kind to hand on to":       {changed(t, "- {name: host,", "- {of: service, kind: S|}\n    - {name: host,"), []string{"Deployment", "Service"}, "", ""},
		"a condition":                {changed(t, "condition: Ready", "condition: |", "equals: Broken", "equals: B, condition: Synced"), []string{"Ready", "Synced"}, "", "condition: Ready, status"},
		"a path of a built-in type":  {changed(t, "{of: service, path: $", "{of: service, path: $.spec.p|"), []string{"$.spec.ports", "$.spec.ports[*]"}, "$.status", ""},
		"a path with entries":        {changed(t, "{of: service, path: $", "{of: service, path: $.spec.ports[*].|"), []string{`$.spec.ports[*].name`, `$.spec.ports[*].port`}, "", `path: "$.spec.ports[*].appProtocol"`},
		"a path in quotes":           {changed(t, "{of: service, path: $", `{of: service, path: "$.spec.ports[0].n|"`), []string{`$.spec.ports[0].name`}, "", ""},
		"a path of the pin":          {llmisvc.Replace(changed(t, "path: $.status.phase", "path: $.status.|")), []string{"$.status.addresses", "$.status.addresses[*]", "$.status.conditions", "$.status.url"}, "", ""},
		"the first step of a path":   {llmisvc.Replace(changed(t, "path: $.status.phase", "path: |")), []string{"$.metadata", "$.spec", "$.status"}, "", ""},
		"a path in an entry":         {llmisvc.Replace(changed(t, "  values:", "    - {as: a, each: \"$.status.addresses[*]\", where: [{path: $.|}]}\n  values:")), []string{"$.name", "$.origin", "$.url"}, "$.status", ""},
		"a path of an entry":         {llmisvc.Replace(changed(t, "  values:", "    - {as: a, each: \"$.status.addresses[*]\"}\n  values:", "{of: service, path: $", "{of: a, path: $.|")), []string{"$.name", "$.origin", "$.url"}, "$.status", ""},
		"a list of a subject":        {changed(t, "  values:", "    - {as: a, of: service, each: $.spec.|}\n  values:"), []string{"$.spec.ports[*]"}, "", ""},
		"nothing in a description":   {changed(t, "a widget", "a w|idget"), nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text, offset := at(t, test.text)
			all := newEditor(t).Complete(check(t, Document{File: "kind.yaml", Text: text, Others: others, Pin: pin, PinFile: "referent.yaml"}), offset)
			var labels, got []string
			for _, c := range all {
				labels = append(labels, c.Label)
			}
			for _, label := range labels {
				if slices.Contains(test.want, label) || label == test.no {
					got = append(got, label)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Fatalf("(-want +got):\n%s\nof %q", diff, labels)
			}
			if len(all) > 0 {
				if taken := (Fix{Edits: []Edit{{all[0].Range, all[0].New}}}).Apply(text); !strings.Contains(taken, test.then) {
					t.Errorf("%q is not in\n%s", test.then, taken)
				}
			}
		})
	}
}

func TestDefinition(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		// want is the line of the declaration, from its name.
		want string
	}{
		"a subject":                 {changed(t, "of: service", "of: serv|ice"), "service, object:"},
		"the referent":              {changed(t, "of: service", "of: referent|"), "referent: {group"},
		"a value in a template":     {changed(t, "{host}", "{ho|st}"), "host: [{path"},
		"a value":                   {changed(t, `template: "http://{host}:80"`, "value: host|"), "host: [{path"},
		"a parameter":               {changed(t, `template: "http://{host}:80"`, "value: proxy|", "  health:", "  parameters: {proxy: {type: URL}}\n  health:"), "proxy: {type"},
		"a name that is not there":  {changed(t, "{host}", "{ho|ts}"), ""},
		"what is no name":           {changed(t, "is: Ready", "is: Re|ady"), ""},
		"beside the name":           {changed(t, "http://{host}", "ht|tp://{host}"), ""},
		"in a text with faults":     {changed(t, "of: service", "of: serv|ice", "  endpoint:", "\tendpoint:"), "service, object:"},
		"a name of the MaaSModel's": {changed(t, "{host}", "{na|me}"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			text, offset := at(t, test.text)
			declared, ok := check(t, Document{File: "kind.yaml", Text: text}).Definition(offset)
			if ok != (test.want != "") || ok && !strings.HasPrefix(text[declared.Start:], test.want) {
				t.Errorf("%t, %q", ok, declared.in(text))
			}
		})
	}
}

func TestHover(t *testing.T) {
	step := func(stage, rule string, matched bool, found any, note string) kind.Step {
		return kind.Step{Stage: stage, Rule: rule, Matched: matched, Found: found, Note: note}
	}
	cases := []Case{
		{"serves", "Ready", "up", "host", []kind.Step{step("values", "host", true, "h", ""), step("health", "broken.when[0]", false, "Running", ""), step("health", "up.when[0]", true, "True", ""), step("endpoint", "host", true, "http://h", "")}},
		{"fell", "Failed", "broken", "", []kind.Step{step("values", "host", false, nil, ""), step("health", "broken.when[0]", true, "Broken", ""), step("endpoint", "host", false, nil, "the value host `is` missing")}},
	}
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"a field":               {changed(t, "is: Failed", "i|s: Failed"), []string{"**is** (string)", "One of Ready, Servable, Failed, Progressing.", "The rule `broken` decides 1 of 2 cases: fell (Failed)."}},
		"a predicate":           {changed(t, "equals: Broken", "equ|als: Broken"), []string{"What the cases show of `broken.when[0]`:", "- ✗ `\"Running\"`: serves\n- ✓ `\"Broken\"`: fell"}},
		"a candidate":           {changed(t, "template", "tem|plate"), []string{"The candidate `host` decides 1 of 2 cases: serves (Ready).", "- ✗ `` the value host `is` missing ``: fell"}},
		"a value":               {changed(t, "host: [", "ho|st: ["), []string{"What the cases show of `host`:\n\n- ✓ `\"h\"`: serves\n- ✗ nothing: fell"}},
		"a use":                 {changed(t, "of: service", "of: ser|vice"), []string{"Declared as `- {as: service, object: {group: \"\", kind: Service, versions: [v1]}}`."}},
		"an entry":              {changed(t, "    - {name: broken", "    - |{name: broken"), []string{"entry of **health** (object)", "The rule `broken`"}},
		"a rule without a case": {changed(t, "    - name: up", "    - {name: other, is: Fa|iled, when: [{path: $.b, equals: c}]}\n    - name: up"), []string{"The rule `other` decides none of the 2 cases."}},
		"with faults":           {changed(t, "is: Failed", "i|s: Faild"), []string{"**is** (string)"}},
		"what is no field":      {changed(t, "is: Failed", "i|z: Failed"), nil},
		"nothing":               {"|" + widget[:0] + "\n" + widget, nil},
	} {
		t.Run(name, func(t *testing.T) {
			text, offset := at(t, test.text)
			said, place, ok := newEditor(t).Hover(check(t, Document{File: "kind.yaml", Text: text}), offset, cases)
			if ok != (test.want != nil) || ok && !place.touches(offset) {
				t.Fatalf("%t, at %q: %s", ok, place.in(text), said)
			}
			for _, want := range test.want {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in\n%s", want, said)
				}
			}
		})
	}
}

// Whatever is in a text and wherever somebody asks, there is an answer.
func FuzzAnswers(f *testing.F) {
	for _, content := range specs(f) {
		f.Add(content, 100)
	}
	e, others := newEditor(f), builtIn(f)
	f.Fuzz(func(t *testing.T, text string, offset int) {
		offset = max(0, min(offset, len(text)))
		checked, err := e.Check(Document{File: "kind.yaml", Text: text, Others: others})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range e.Complete(checked, offset) {
			_ = (Fix{Edits: []Edit{{c.Range, c.New}}}).Apply(text)
		}
		checked.Definition(offset)
		e.Hover(checked, offset, []Case{{Name: "a"}})
		for i, finding := range checked.Findings {
			if i == 3 {
				break
			}
			if _, err := e.Fixes(checked, finding); err != nil {
				t.Fatal(err)
			}
		}
	})
}
