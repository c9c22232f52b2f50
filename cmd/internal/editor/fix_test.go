package editor

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each is a mistake of somebody who types, the title of what is offered first, and
// a text that is there when it was taken.
func TestFixes(t *testing.T) {
	e, others := newEditor(t), builtIn(t)
	for name, test := range map[string]struct {
		text        string
		title, then string
	}{
		"a field, misspelt":                {changed(t, "description", "descripton"), "write description", "  description: a widget"},
		"a field in braces, misspelt":      {changed(t, "{name: broken", "{nmae: broken"), "write name", "{name: broken"},
		"a word, misspelt":                 {changed(t, "is: Ready", "is: Redy"), "write Ready", "is: Ready\n"},
		"a subject, misspelt":              {changed(t, "of: service, path", "of: servise, path"), "write service", "of: service, path"},
		"a value in a template, misspelt":  {changed(t, `"http://{host}:80"`, `"http://{hots}:80"`), "write {host}", `"http://{host}:80"`},
		"a value, misspelt":                {changed(t, `template: "http://{host}:80"`, "value: hots"), "write host", "value: host}"},
		"a boolean for a status":           {changed(t, `status: "True"`, "status: true"), `write "True"`, `status: "True"`},
		"one source for a list of them":    {changed(t, "[{path: $.status.host}]", "{path: $.status.host}"), "write [{path: $.status.host}]", "host: [{path: $.status.host}]"},
		"a path for a list of sources":     {changed(t, "[{path: $.status.host}]", "$.status.host"), "write [{path: $.status.host}]", "host: [{path: $.status.host}]"},
		"one predicate for a list of them": {changed(t, "[{path: $.status.phase, equals: Broken}]", "{path: $.status.phase, equals: Broken}"), "write [{path: $.status.phase, equals: Broken}]", "when: [{path: $.status.phase, equals: Broken}]"},
		"a condition in the wrong case":    {changed(t, "condition: Ready", "condition: ready"), "write Ready", "condition: Ready"},
		"a built-in type, misspelt":        {changed(t, "kind: Service", "kind: Servise"), "write kind: Service", `group: "", kind: Service`},
		"a version that there is not":      {changed(t, "kind: Service, versions: [v1]", "kind: Service, versions: [v9]"), "write versions: [v1]", "kind: Service, versions: [v1]"},
		"the apiVersion":                   {changed(t, "io/v1alpha1", "io/v1"), "write maas.opendatahub.io/v1alpha1", "apiVersion: maas.opendatahub.io/v1alpha1"},
		"the name of the folder":           {changed(t, "{name: Widget}", "{name: Wodget}"), "write Widget", "{name: Widget}"},
		"a parameter":                      {changed(t, `template: "http://{host}:80"`, "parameter: host"), "write value", "value: host"},
		"what may be several":              {changed(t, "{of: service, path: $, exists: true}", `{path: "$.a[*]", exists: true}`), "write match: Any", `exists: true, match: Any}`},
		"several, in lines":                {changed(t, "{of: service, path: $, exists: true}", "path: $.a[*]\n          exists: true"), "write match: Any", "exists: true\n          match: Any"},
		"a condition by its path":          {changed(t, "{path: $.status.phase, equals: Broken}", `{path: '$.status.conditions[?@.type == "Broken"].status', equals: "True"}`), `write {condition: Broken, status: "True"}`, `when: [{condition: Broken, status: "True"}]`},
		"a filter for where":               {changed(t, "  values:", "    - {as: a, each: '$.status.list[?@.type == \"x\"]'}\n  values:", "$.status.host}", "$.u, of: a}"), `write each: "$.status.list[*]"`, `{as: a, each: "$.status.list[*]", where: [{path: $.type, equals: "x"}]}`},
		"a value that nothing uses":        {changed(t, "  health:", "    none: [{path: $.a}]\n  health:"), "remove none", "host}]\n  health:"},
		"the only value":                   {changed(t, "{host}:80", "h:80"), "remove values", "[v1]}}\n  health:"},
		"a subject that nothing looks at":  {changed(t, "        - {of: service, path: $, exists: true}\n", ""), "remove subjects", "[v1]}\n  values:"},
		"one of the subjects":              {changed(t, "  values:", "    - as: b\n      each: $.a[*]\n  values:"), "remove the entry", "[v1]}}\n  values:"},
		"what is the default":              {changed(t, "  endpoint:", "  probe: {path: /v1/models, timeout: 2s}\n  endpoint:"), "remove path", "probe: {timeout: 2s}"},
		"all that is the default":          {changed(t, "  endpoint:", "  probe:\n    path: /v1/models\n  endpoint:"), "remove probe", "true}\n  endpoint:"},
		"the last in braces":               {changed(t, "exists: true}", "exists: true, match: Any}"), "remove match", "exists: true}\n"},
		"the first behind a dash":          {changed(t, "- {of: service, path: $, exists: true}", "- match: Any\n          path: $.a\n          exists: true"), "remove match", "- path: $.a\n          exists: true"},
		"one level too deep":               {changed(t, "- {as: service, object: {group: \"\", kind: Service, versions: [v1]}}", "- as: service\n      object: {group: \"\", kind: Service, versions: [v1]}\n      unhealthyAfter: 5s"), "indent unhealthyAfter as subjects is", "[v1]}\n  unhealthyAfter: 5s\n  values:"},
		"several lines too deep":           {changed(t, "  endpoint:\n    - {", "      endpoint:\n        - {"), "indent endpoint as health is", "\n  endpoint:\n    - {name: host"},
		"a tab":                            {changed(t, "  health:", "\thealth:"), "write spaces for tabs", "\n  health:"},
		"a backslash":                      {changed(t, "exists: true}", "matches: \"\\d\"}"), "write single quotes", `matches: '\d'`},
		"a path without quotes":            {changed(t, "[{path: $.status.host}]", "[{path: $.status.host[0].a}]"), "put quotes around the path", `[{path: "$.status.host[0].a"}]`},
		"a colon in a text":                {changed(t, "a widget", "a widget: blue"), "put quotes around the text", `description: "a widget: blue"`},
	} {
		t.Run(name, func(t *testing.T) {
			d := Document{File: "kind.yaml", Folder: "Widget", Text: test.text, Others: others}
			checked, err := e.Check(d)
			if err != nil || len(checked.Findings) == 0 {
				t.Fatal("no faults", err)
			}
			var titles []string
			for _, f := range checked.Findings {
				fixes, err := e.Fixes(checked, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, fix := range fixes {
					titles = append(titles, fix.Title)
					if fix.Title != test.title {
						continue
					}
					d.Text = fix.Apply(test.text)
					after, err := e.Check(d)
					if err != nil {
						t.Fatal(err)
					}
					if !strings.Contains(d.Text, test.then) {
						t.Errorf("%q is not in\n%s", test.then, d.Text)
					}
					if slices.ContainsFunc(after.Findings, func(g Finding) bool { return g.Message == f.Message }) {
						t.Errorf("still there: %v", after.Findings)
					}
					return
				}
			}
			t.Errorf("want %s, got %q\n%v", test.title, titles, checked.Findings)
		})
	}
}

func TestApply(t *testing.T) {
	fix := Fix{"", []Edit{{Range{0, 1}, "x"}, {Range{2, 2}, "yy"}}}
	if diff := cmp.Diff("xbyyc", fix.Apply("abc")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
