package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

func TestLint(t *testing.T) {
	builtIn := "../../kinds"
	if got := maasctl(t, "", "lint", builtIn); got.code != cli.OK || !strings.HasSuffix(got.out, " kinds, no faults\n") {
		t.Errorf("the built-in kinds: exit %d\n%s%s", got.code, got.out, got.errOut)
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"kinds/A/kind.yaml":      spec("A"),
		"kinds/B/kind.yaml":      spec("B"),
		"kinds/B/notes.txt":      "no: spec\n",
		"pinned/P/kind.yaml":     spec("P"),
		"pinned/P/referent.yaml": "kind: KindPin\n",
		"misnamed/A/kind.yaml":   spec("B"),
		"bad/C/kind.yaml":        strings.Replace(strings.Replace(spec("C"), "description", "descripton", 1), "is: Ready", "is: Up", 1),
		"bad/D/readme.md":        "",
		"again/A.yaml":           spec("A"),
		"again/E.yaml":           strings.Replace(spec("E"), "referent:", "aliases: [B]\n  referent:", 1),
		"plain.txt":              spec("F"),
		"advised/U.yaml":         strings.Replace(spec("U"), "  health:", "  values: {idle: [{path: $.a}]}\n  health:", 1),
		"unknown/U/kind.yaml":    strings.Replace(spec("U"), "  health:", "  subjects: [{as: s, object: {group: v1, kind: Service, versions: [v1]}}]\n  health:", 1),
	})
	t.Chdir(dir)
	cases := map[string]struct {
		paths []string
		code  int
		// want are the lines of standard output, each up to its message.
		want []string
	}{
		"a folder of kinds":                    {[]string{"kinds"}, cli.OK, []string{"2 kinds, no faults"}},
		"the folder of one kind":               {[]string{"./kinds/B/"}, cli.OK, []string{"1 kind, no faults"}},
		"this folder":                          {[]string{"kinds", "."}, cli.Failure, []string{"advised: ", "again: ", "bad: ", "kinds: ", "misnamed: ", "pinned: ", "unknown: "}},
		"files, whatever they are called":      {[]string{"again/A.yaml", "plain.txt"}, cli.OK, []string{"2 kinds, no faults"}},
		"every fault of every kind, clickable": {[]string{"./bad", "misnamed"}, cli.Failure, []string{"bad/C/kind.yaml:5: spec.descripton: ", "bad/C/kind.yaml:7: spec.health[0].is: ", "bad/D: ", "misnamed/A/kind.yaml:3: metadata.name: "}},
		"one name in two paths is a collision": {[]string{"kinds", "again"}, cli.Failure, []string{"again/A.yaml:3: metadata.name: ", "again/E.yaml:6: spec.aliases[0]: ", "kinds/A/kind.yaml:3: metadata.name: ", "kinds/B/kind.yaml:3: metadata.name: "}},
		"one file in two paths is none":        {[]string{"kinds", "kinds/A", "kinds/A/kind.yaml"}, cli.OK, []string{"2 kinds, no faults"}},
		"what is useless is a warning":         {[]string{"advised"}, cli.Failure, []string{"advised/U.yaml:7: spec.values.idle: warning: "}},
		"a path that is not there":             {[]string{"kinds", "none.yaml"}, cli.Failure, []string{"none.yaml: "}},
		"a fault, and then what is useless":    {[]string{"unknown"}, cli.Failure, []string{"unknown/U/kind.yaml:7: spec.subjects[0].object: ", "unknown/U/kind.yaml:7: spec.subjects[0].as: warning: "}},
		"a pin is read strictly":               {[]string{"pinned"}, cli.Failure, []string{"pinned/P/referent.yaml:1: apiVersion: ", "pinned/P/referent.yaml:1: metadata: ", "pinned/P/referent.yaml:1: spec: "}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"lint"}, c.paths...)...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d: %s", got.code, c.code, got.errOut)
			}
			lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
			for i, want := range c.want {
				if i < len(lines) && strings.HasPrefix(lines[i], want) {
					lines[i] = want
				}
			}
			if diff := cmp.Diff(c.want, lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLintRules(t *testing.T) {
	got := maasctl(t, "", "lint", "--rules")
	if got.code != cli.OK {
		t.Fatalf("exit %d: %s", got.code, got.errOut)
	}
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	rules := vet.Rules()
	if len(lines) != len(rules) {
		t.Fatalf("%d lines for %d rules", len(lines), len(rules))
	}
	for i, rule := range rules {
		if !strings.HasPrefix(lines[i], rule.Name+" ") || !strings.HasSuffix(lines[i], rule.Doc) || strings.Contains(lines[i], "  warning  ") != rule.Warning {
			t.Errorf("rule %s: %s", rule.Name, lines[i])
		}
	}
}

// What programs get is what people do, and the exit code is the same.
func TestLintReport(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"A.yaml": spec("A"),
		"B.yaml": strings.Replace(spec("B"), "  health:", "  values: {idle: [{path: $.a}]}\n  health:", 1),
		"C.yaml": strings.Replace(spec("C"), "description", "descripton", 1),
	})
	t.Chdir(dir)
	for name, test := range map[string]struct {
		file string
		code int
		want lintedKinds
	}{
		"no fault":  {"A.yaml", cli.OK, lintedKinds{Result: checkSuccess, Kinds: []string{"A"}, Faults: []lintedLine{}}},
		"a warning": {"B.yaml", cli.Failure, lintedKinds{Result: checkFailure, Kinds: []string{"B"}, Faults: []lintedLine{{File: "B.yaml", Line: 7, Field: "spec.values.idle", Warning: true}}}},
		"a fault":   {"C.yaml", cli.Failure, lintedKinds{Result: checkFailure, Kinds: []string{}, Faults: []lintedLine{{File: "C.yaml", Line: 5, Field: "spec.descripton"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{"json", "yaml"} {
				got := maasctl(t, "", "lint", test.file, "-o", format)
				var report lintedKinds
				if err := yaml.UnmarshalStrict([]byte(got.out), &report); err != nil || got.code != test.code {
					t.Fatalf("exit %d: %v\n%s%s", got.code, err, got.out, got.errOut)
				}
				test.want.APIVersion, test.want.Kind = "maas.opendatahub.io/v1alpha1", "LintReport"
				words := cmpopts.IgnoreFields(lintedLine{}, "Message", "Rule")
				if diff := cmp.Diff(test.want, report, words); diff != "" {
					t.Errorf("%s (-want +got):\n%s", format, diff)
				}
				for _, line := range report.Faults {
					if line.Message == "" || line.Rule == "" && line.Warning {
						t.Errorf("a line says too little: %+v", line)
					}
				}
			}
		})
	}
	got := maasctl(t, "", "lint", "--rules", "-o", "json")
	var rules []lintRule
	if err := json.Unmarshal([]byte(got.out), &rules); err != nil || len(rules) != len(vet.Rules()) {
		t.Errorf("%d rules, exit %d: %v", len(rules), got.code, err)
	}
}
