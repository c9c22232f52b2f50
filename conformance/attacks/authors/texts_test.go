package authors_test

import (
	"encoding/json"
	"slices"
	"strings"
)

// mischief is text that steers a terminal, hides itself or turns around what is
// beside it, as a quoted string of YAML.
const mischief = `"x\e[2J\e]0;owned\a\u009b2J\u202eevil\u2066\u200b\ufeff\u2028\u2029\x7f\b\r\U000e0041y"`

// names are those of files and folders.
func names() []attack {
	const why = "the name of a file steers the terminal of whoever lists it"
	var all []attack
	for name, text := range map[string]string{
		"escapes": "x\x1b[2J\x07\u009b", "marks of direction": "x\u202elmay\u2066\u200b", "bytes that are no UTF-8": "x\x9b2J\xff", "a line": "x\n\r", "a space": " ",
	} {
		for at, row := range map[string]attack{
			"a kind-spec":           {command: lint(), author: func(s *scene) { s.write("kinds/"+text+".yaml", "x: 1\n") }},
			"the folder of a kind":  {command: lint(), author: func(s *scene) { s.write("kinds/"+text+"/kind.yaml", "x: 1\n") }},
			"a folder without kind": {command: lint(), author: func(s *scene) { s.folder("kinds/" + text) }},
			"a folder to prove":     {command: prove(), author: func(s *scene) { s.write("kinds/"+text+"/kind.yaml", "x: 1\n") }},
			"a stray file":          {command: prove(), author: func(s *scene) { s.write("kinds/Widget/"+text, "x: 1\n") }},
			"a link":                {command: lint(), author: func(s *scene) { s.link("kinds/"+text, text) }},
			"a CRD": {command: pinAll(), writes: []string{pinFile}, author: func(s *scene) {
				s.write("crds/"+text+".yaml", "kind: CustomResourceDefinition\nx: [\n")
			}},
		} {
			row.name, row.why, row.exit, row.notices = "names/"+at+" called by "+name, why, 1, []fault{printsRaw}
			if name == "a line" || name == "a space" {
				row.notices = nil
			}
			all = append(all, row)
		}
	}
	return all
}

// field is one that is followed by mischief: in which file, and what is there.
type field struct{ name, file, old, text string }

func fields() []field {
	return []field{
		{"description", kindFile, "A kind that is proved by its cases, to plant faults in", mischief},
		{"name", kindFile, "name: widget", "name: " + mischief},
		{"other name", kindFile, "spec:\n", "spec:\n  name: " + mischief + "\n"},
		{"alias", kindFile, "spec:\n", "spec:\n  aliases: [" + mischief + "]\n"},
		{"group", kindFile, "group: example.com", "group: " + mischief},
		{"kind", kindFile, "    kind: Widget", "    kind: " + mischief},
		{"version", kindFile, "[v2, v1]", "[v2, " + mischief + "]"},
		{"subject's name", kindFile, "{as: service", "{as: " + mischief},
		{"list that a subject is of", kindFile, "  values:\n", "    - {as: parts, all: " + mischief + "}\n  values:\n"},
		{"field that agrees", kindFile, "  values:\n", "    - {as: parts, all: \"$.status.parts[*]\", where: [{agrees: {with: service, fields: {" + mischief + ": $.kind}}}]}\n  values:\n"},
		{"name of what is related", kindFile, `"{name}-serve"`, mischief},
		{"labels of what is related", kindFile, `name: [{template: "{name}-serve"}]`, "labels: {app: " + mischief + "}"},
		{"label's name", kindFile, `name: [{template: "{name}-serve"}]`, "labels: {" + mischief + ": app}"},
		{"value's name", kindFile, "    port:\n", "    " + mischief + ": [{constant: 1}]\n    port:\n"},
		{"constant", kindFile, "constant: 8000", "constant: " + mischief},
		{"condition", kindFile, "condition: Ready", "condition: " + mischief},
		{"status", kindFile, `{condition: Ready, status: "True"}`, "{condition: Ready, status: " + mischief + "}"},
		{"reasons", kindFile, "Lost]", mischief + "]"},
		{"words", kindFile, "{path: $.status.replicas, atLeast: 1}", "{path: $.status.state, in: [" + mischief + "]}"},
		{"comparison", kindFile, "{path: $.status.replicas, atLeast: 1}", "{path: $.status.state, equals: " + mischief + "}"},
		{"expression", kindFile, "{path: $.status.replicas, atLeast: 1}", "{path: $.status.state, matches: " + mischief + "}"},
		{"because", kindFile, "      is: Failed\n", "      is: Failed\n      because: [{template: " + mischief + "}]\n"},
		{"rule's name", kindFile, "name: broken", "name: " + mischief},
		{"candidate's name", kindFile, "name: published", "name: " + mischief},
		{"kind that is handed on to", kindFile, "{name: published, path: $.status.url}", "{of: service, kind: " + mischief + "}"},
		{"part of a URL", kindFile, "{name: published, path: $.status.url}", "{url: {host: [{constant: " + mischief + "}]}}"},
		{"path", kindFile, "path: $.status.url", "path: " + mischief},
		{"path in brackets", kindFile, "path: $.status.url", `path: "$.status['x\e[2J\u202e']"`},
		{"template", kindFile, `"http://{name}.{namespace}.svc:{port}"`, mischief},
		{"probe's path", kindFile, "spec:\n", "spec:\n  probe: {path: " + mischief + "}\n"},
		{"probe's header", kindFile, "spec:\n", "spec:\n  probe: {path: /v1, headers: {" + mischief + ": " + mischief + "}}\n"},
		{"unknown field", kindFile, "spec:\n", "spec:\n  " + mischief + ": 1\n"},
		{"case's name", caseFile, "name: ready_publishedAddress", "name: " + mischief},
		{"case's description", caseFile, "A Widget that is Ready with a replica publishes its own address.", mischief},
		{"case's phase", caseFile, "phase: Ready", "phase: " + mischief},
		{"case's endpoint", caseFile, `endpoint: "https://widgets.example.com/llm/granite"`, "endpoint: " + mischief},
		{"case's rule", caseFile, "rule: serving", "rule: " + mischief},
		{"case's patch", caseFile, "        service: null", "        " + mischief + ": null"},
		{"case's object beside", caseFile, "      expect:", "      beside: [{apiVersion: v1, kind: " + mischief + ", metadata: {name: x}}]\n      expect:"},
		{"base object's name", caseFile, "as: service", "as: " + mischief},
		{"case's reason", caseFile, "reason: BackendReady", "reason: " + mischief},
		{"case's unknown field", caseFile, "spec:\n", "spec:\n  " + mischief + ": 1\n"},
		{"object's reason of a case", caseFile, "reason: Serving", "reason: " + mischief},
		{"object's name", objectFile, "name: granite", "name: " + mischief},
		{"object's namespace", objectFile, "namespace: llm", "namespace: " + mischief},
		{"object's kind", objectFile, "kind: Widget", "kind: " + mischief},
		{"object's version", objectFile, "example.com/v2", mischief},
		{"object's version in a group", objectFile, "example.com/v2", `"example.com/v2\e[2J"`},
		{"object's message", objectFile, `status: "True", reason: Serving`, `status: "False", reason: ` + mischief + ", message: " + mischief},
		{"object's status word", objectFile, `status: "True", reason: Serving`, "status: " + mischief},
		{"object's endpoint", objectFile, "https://widgets.example.com/llm/granite", mischief},
		{"related object's name", objectFile, "granite-serve", mischief},
		{"CRD's group", crdFile, "group: example.com", "group: " + mischief},
		{"CRD's words", crdFile, "[Starting, Serving]", "[Starting, " + mischief + "]"},
		{"CRD's field", crdFile, "url: {type: string}", mischief + ": {type: string}"},
		{"CRD's type", crdFile, "url: {type: string}", "url: {type: " + mischief + "}"},
		{"CRD's plural", crdFile, "plural: widgets", "plural: " + mischief},
		{"CRD's version", crdFile, "name: v1\n", "name: " + mischief + "\n"},
		{"CRD's unknown tag", crdFile, "plural: widgets", "plural: !<x\\e[2J> x"},
		{"pin's file", pinFile, "file: crd.yaml", "file: " + mischief},
		{"pin's project", pinFile, "project: ", "project: " + mischief + " # "},
		{"pin's field", pinFile, "url:", mischief + ":"},
		{"pin's plural", pinFile, "plural: widgets", "plural: " + mischief},
	}
}

// texts puts mischief into every field, and uses all commands that show it.
func texts() []attack {
	all := []attack{}
	for _, f := range fields() {
		notices := []fault{printsRaw}
		if f.name == "CRD's unknown tag" {
			notices = nil // no value has it
		}
		for _, command := range readersOf(f.file) {
			all = append(all, attack{
				name: "texts/" + strings.Join(command, " ") + "/" + f.name, why: "who writes a field steers the terminal of whoever looks at it", command: command,
				exit:    findings,
				author:  func(s *scene) { s.replace(f.file, f.old, f.text) },
				writes:  []string{pinFile, "out.xml", "out.yaml", "out", "out/*", "out/*/*", "out/*/*/*"},
				also:    filesAreVisible,
				lacks:   []string{"\x1b"},
				notices: notices,
			})
		}
	}
	return all
}

func readersOf(file string) [][]string {
	prove := []string{"test", "kinds", "-v", "--junit", "out.xml", "--report", "out.yaml"}
	switch file {
	case kindFile:
		return [][]string{lint(), append(slices.Clone(prove), "-o", "json"), {"graph", "kinds"}, {"graph", "kinds", "-o", "yaml"}, {"graph", "kinds", "-o", "json"},
			{"rbac", "kinds"}, explain(), append(explain(), "-o", "json"), pin()}
	case caseFile:
		return [][]string{prove, append(slices.Clone(prove), "-o", "json"), append(slices.Clone(prove), "-o", "yaml")}
	case objectFile:
		return [][]string{explain(), append(explain(), "-o", "json"), {"new", "-f", objectFile, "--dir", "out"}}
	case crdFile:
		return [][]string{pin(), {"new", "--crd", crdFile, "--dir", "out"}, {"check", "kinds", "--crd", crdFile}, {"check", "kinds", "--crd", crdFile, "-o", "json"}}
	}
	return [][]string{{"rbac", "kinds"}, {"rbac", "kinds", "-o", "json"}, {"check", "kinds", "--crd", crdFile}, {"check", "kinds", "--crd", crdFile, "-o", "yaml"}, lint()}
}

// filesAreVisible looks at what the command has written.
func filesAreVisible(s *scene, o outcome) []string {
	var all []string
	for name := range s.snapshot() {
		file := strings.TrimPrefix(name, "work/")
		if file == "out.xml" || file == "out.yaml" || strings.HasPrefix(file, "out/") && strings.HasSuffix(file, ".yaml") {
			if hidden := invisible(s.read(file)); hidden != "" {
				all = append(all, file+" holds "+hidden)
			}
		}
	}
	if strings.HasPrefix(o.output, "{") && o.exit == 0 && !json.Valid([]byte(o.output)) {
		all = append(all, "the output is no JSON")
	}
	return all
}
