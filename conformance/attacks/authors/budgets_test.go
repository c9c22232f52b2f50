package authors_test

import (
	"fmt"
	"strings"
)

// budgets are kind-specs and objects with which it would take long to decide.
func budgets() []attack {
	const why = "one kind-spec takes the time of everybody's models"
	wide := func(s *scene) {
		s.replace(objectFile, "status:\n", "spec: {deep: ["+strings.Repeat("{a: [{b: [1,2,3,4]}]},", 20_000)+"]}\nstatus:\n")
	}
	path := func(path string) func(s *scene) {
		return func(s *scene) {
			wide(s)
			s.replace(kindFile, "path: $.status.url", "path: '"+path+"'")
		}
	}
	return []attack{
		{name: "budgets/templates that name each other", why: why, command: explain(), exit: 1, says: []string{kindFile + ":", "never gives anything"},
			notices: []fault{expandsAll}, author: func(s *scene) {
				s.replace(kindFile, "  values:\n", "  values:\n"+templates("constant: xxxxxxxxxx", 13))
			}},
		{name: "budgets/templates of a value of the object", why: why, command: explain(), exit: 1, says: []string{kindFile + ":"},
			notices: []fault{expandsAll}, author: func(s *scene) { s.replace(kindFile, "  values:\n", "  values:\n"+templates("path: $.status.url", 13)) }},
		{name: "budgets/a template a hundred times a long value", why: why, command: explain(),
			author: func(s *scene) {
				s.replace(objectFile, "url: https://widgets.example.com/llm/granite", "url: https://widgets.example.com/"+strings.Repeat("x", 100<<10))
				s.replace(kindFile, "path: $.status.url", "template: \""+strings.Repeat("{port}", 80)+"\"")
				s.replace(kindFile, "- constant: 8000", "- path: $.status.url")
			}},
		{name: "budgets/where in where", why: why, command: lint(), exit: 1, says: []string{kindFile + ":"},
			author: func(s *scene) {
				s.replace(kindFile, "  values:\n", "    - {as: parts, all: '$.a[*]', where: ["+strings.Repeat("{where: [", 2000)+"{path: $.b, exists: true}"+strings.Repeat("]}", 2000)+"]}\n  values:\n")
			}},
		{name: "budgets/entries that are held against each other", why: why, command: explain(), author: func(s *scene) {
			wide(s)
			s.replace(kindFile, "  values:\n", "    - {as: deep, all: '$.spec.deep[*].a[*]'}\n"+
				"    - {as: alike, all: '$.spec.deep[*].a[*]', where: [{agrees: {with: deep, fields: {$.c: $.b[0]}}}]}\n  values:\n")
			s.replace(kindFile, "{path: $.status.replicas, atLeast: 1}", "{of: alike, match: Any, path: $, exists: true}")
		}},
		{name: "budgets/kinds that hand on in a circle", why: why, command: lint(), exit: 1, says: []string{kindFile + ":", "circle"}, author: func(s *scene) {
			s.replace(kindFile, "group: \"\", kind: Service, versions: [v1]", "group: example.com, kind: Widget, versions: [v2]")
			s.replace(kindFile, "{name: published, path: $.status.url}", "{of: service, kind: Widget}")
		}},
		{name: "budgets/wildcards", why: why, command: explain(), author: path("$.*.*[*].*[*].*[*]")},
		{name: "budgets/everything below everything", why: why, command: explain(), exit: 1, says: []string{kindFile + ":", "has .. twice"}, author: path("$..*..*")},
		{name: "budgets/a filter that looks at all again", why: why, command: explain(), exit: 1, says: []string{kindFile + ":"}, author: path("$..[?count($..*) > 1]")},
		{name: "budgets/many ways", why: why, command: explain(), exit: 1, says: []string{kindFile + ":"},
			author: path("$" + strings.Repeat("[*,*]", 40))},
		{name: "budgets/a path without end", why: why, command: explain(), exit: 1, says: []string{kindFile + ":"},
			author: path("$" + strings.Repeat(".a", 100_000))},
		{name: "budgets/a filter in a filter", why: why, command: explain(), exit: 1, says: []string{kindFile + ":"},
			author: path("$.a" + strings.Repeat("[?@.a", 5000) + strings.Repeat("]", 5000))},
		{name: "budgets/brackets in a filter", why: why, command: explain(), exit: 1, says: []string{kindFile + ":"},
			author: path("$.a[?" + strings.Repeat("(", 50_000) + "@.a" + strings.Repeat(")", 50_000) + "]")},
		{name: "budgets/an expression that repeats", why: why, command: explain(), exit: 1, says: []string{kindFile + ":"},
			author: expression(strings.Repeat("(", 4) + "a{100}" + strings.Repeat("){100}", 4))},
		{name: "budgets/an expression of many repetitions", why: why, command: explain(), exit: 1, says: []string{kindFile + ":", "repeat less"},
			author: expression("a{900}b{900}c{900}")},
		{name: "budgets/an expression that goes back", why: why, command: explain(), author: expression("^(a+)+$")},
		{name: "budgets/an expression that is none", why: why, command: explain(), exit: 1, says: []string{kindFile + ":"}, author: expression("(((")},
	}
}

// templates are values, each of which has the one before it ten times.
func templates(first string, length int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "    v0: [{%s}]\n", first)
	for i := 1; i < length; i++ {
		fmt.Fprintf(&b, "    v%d: [{template: \"%s\"}]\n", i, strings.Repeat(fmt.Sprintf("{v%d}", i-1), 10))
	}
	return b.String()
}

// expression holds a long text against a regular expression.
func expression(text string) func(s *scene) {
	return func(s *scene) {
		s.replace(objectFile, "reason: Serving}", "reason: Serving, message: \""+strings.Repeat("a", 100_000)+"!\"}")
		s.replace(kindFile, "{condition: Ready, status: \"True\"}", "{condition: Ready, status: \"True\", messageMatches: '"+text+"'}")
	}
}

// versions are documents that are nearly right.
func versions() []attack {
	const why = "what is written in another language is taken for this one"
	refused := func(name, file, old, text string, command []string) attack {
		return attack{name: "versions/" + name, why: why, command: command, exit: 1, says: []string{file + ":"}, notices: []fault{keepsSilent, panics},
			author: func(s *scene) { s.replace(file, old, text) }}
	}
	return []attack{
		refused("a later version of kind-specs", kindFile, "maas.opendatahub.io/v1alpha1", "maas.opendatahub.io/v1", lint()),
		refused("another group", kindFile, "maas.opendatahub.io/v1alpha1", "maas.example.com/v1alpha1", lint()),
		refused("another kind", kindFile, "kind: ModelKind", "kind: MaaSModel", lint()),
		refused("an unknown field", kindFile, "spec:\n", "spec:\n  onError: ignore\n", lint()),
		refused("a field of the first edition", kindFile, "  subjects:\n", "  related:\n", lint()),
		refused("a field in other letters", kindFile, "  health:", "  Health:", lint()),
		refused("a number beyond all", kindFile, "atLeast: 1}", "atLeast: 1e999}", lint()),
		refused("a port beyond 16 bits", kindFile, "path: $.status.url}", "path: $.status.url, port: 4294967376}", lint()),
		refused("a port below zero", kindFile, "path: $.status.url}", "path: $.status.url, port: -1}", lint()),
		refused("a time beyond 64 bits", kindFile, "spec:\n", "spec:\n  unhealthyAfter: 9999999999999h\n", lint()),
		refused("an index beyond 64 bits", kindFile, "ports[0]", "ports[99999999999999999999]", lint()),
		refused("headers that speak for a user", kindFile, "spec:\n", "spec:\n  probe: {path: /v1, headers: {Authorization: Bearer x}}\n", lint()),
		refused("a later version of cases", caseFile, "maas.opendatahub.io/v1alpha1", "maas.opendatahub.io/v1", prove()),
		refused("an unknown field of a case", caseFile, "spec:\n", "spec:\n  skip: true\n", prove()),
		refused("a pin of a later version", pinFile, "maas.opendatahub.io/v1alpha1", "maas.opendatahub.io/v1", lint()),
	}
}
