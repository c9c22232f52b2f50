package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/schemas"
)

// soundKind is a copy of the conformance suite's sound kind, to write to.
func soundKind(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "Widget")
	if err := os.CopyFS(dir, os.DirFS("../../conformance/testdata/sound/Widget")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// rewrite replaces text in a file, which has to hold it.
func rewrite(t *testing.T, file, old, replacement string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(content), old) {
		t.Fatalf("%s does not hold %q: %v", file, old, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(content), old, replacement, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTest(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(t *testing.T, dir string)
		args  []string
		code  int
		says  []string
	}{
		"a sound kind":       {nil, nil, cli.OK, []string{"KIND", "L3 robustness", "Widget", "100% of 26"}},
		"every check":        {nil, []string{"-v"}, cli.OK, []string{"✓ Widget L2: case ready_service", "✓ Widget L3: mutant drop endpoint.published"}},
		"the report as YAML": {nil, []string{"-o", "yaml"}, cli.OK, []string{"kind: ConformanceReport"}},
		"a case that is wrong": {func(t *testing.T, dir string) {
			rewrite(t, dir+"/cases.yaml", "phase: Failed", "phase: Ready")
		}, nil, cli.Failure, []string{"FAILURE", "✗ Widget L2: case failed_broken", "phase: expected Ready, decided Failed"}},
		"a spec with a slip": {func(t *testing.T, dir string) { rewrite(t, dir+"/kind.yaml", "health:", "helth:") }, nil, cli.Failure, []string{"did you mean health?", "skipped"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := soundKind(t)
			if c.fault != nil {
				c.fault(t, dir)
			}
			got := maasctl(t, "", append([]string{"test", dir}, c.args...)...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d: %s", got.code, c.code, got.errOut)
			}
			for _, text := range c.says {
				if !strings.Contains(got.out, text) {
					t.Errorf("%q is missing in:\n%s", text, got.out)
				}
			}
		})
	}
}

func TestTestCommandLine(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"an unknown format":           {[]string{"-o", "table"}, cli.Usage, "text, wide, json or yaml"},
		"nothing to write to":         {[]string{"--write-expectations"}, cli.Usage, "needs a KIND-DIR"},
		"a folder that is not there":  {[]string{"no-such-kind"}, cli.Failure, "no-such-kind"},
		"a file":                      {[]string{"main.go"}, cli.Failure, "give the folder of the kind"},
		"a folder without any folder": {[]string{"testdata/explain"}, cli.Failure, "holds no kind"},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"test"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.errOut, c.says) {
				t.Errorf("exit %d, want %d with %q: %s", got.code, c.code, c.says, got.errOut)
			}
		})
	}
}

// A case that does not say what it expects gets what is decided; what is written
// is kept, right or wrong, and nothing else in the file is touched.
func TestTestWritesExpectations(t *testing.T) {
	const expect = `expect: {phase: Ready, endpoint: "http://granite.llm.svc:8080", rule: serving, candidate: service, reason: BackendReady}`
	for name, c := range map[string]struct{ written, want string }{
		"nothing":                       {"", "      " + expect + "\n"},
		"nothing, and a comment behind": {"      # Reached by its Service.\n", "      # Reached by its Service.\n      " + expect + "\n"},
		"no value":                      {"      expect:\n", "      " + expect + "\n"},
		"null, and a comment":           {"      expect: null # later\n", "      " + expect + " # later\n"},
		"no rule": {
			`      expect: {phase: Ready, endpoint: "http://granite.llm.svc:8080", candidate: service, reason: BackendReady} # by its Service` + "\n",
			"      " + expect + " # by its Service\n",
		},
		"what is wrong": {"      expect: {phase: Failed, endpoint: \"a}'b\"}\n",
			`      expect: {phase: Failed, endpoint: "a}'b", rule: serving, candidate: service, reason: BackendReady}` + "\n"},
		"lines": {
			"      expect:\n        phase: Ready # at once\n        rule: serving\n        reason: BackendReady\n",
			"      expect:\n        phase: Ready # at once\n        rule: serving\n        reason: BackendReady\n" +
				"        endpoint: \"http://granite.llm.svc:8080\"\n        candidate: service\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := soundKind(t)
			file := filepath.Join(dir, "cases.yaml")
			rewrite(t, file, "      "+expect+"\n", c.written)
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := maasctl(t, "", "test", dir, "--write-expectations"); got.code != cli.OK || !strings.Contains(got.out, "case ready_service: written") {
				t.Fatalf("exit %d: %s%s", got.code, got.out, got.errOut)
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			whole := "        widget: {status: {url: null, replicas: 2}}\n"
			want := strings.Replace(string(before), whole+c.written, whole+c.want, 1)
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("the completed file (-want +got):\n%s", diff)
			}
		})
	}
}

// A case in braces is completed inside of them, also where it goes on in a second line.
func TestTestWritesExpectationsInBraces(t *testing.T) {
	for name, text := range map[string]string{
		"one line":  `    - {name: bare, description: "It has no status.", patch: {widget: {status: null}}}`,
		"two lines": "    - {name: bare, description: \"It has no status.\",\n       patch: {widget: {status: null}} }",
	} {
		t.Run(name, func(t *testing.T) {
			dir := soundKind(t)
			file := filepath.Join(dir, "cases.yaml")
			rewrite(t, file, "    - name: failed_broken\n", text+"\n    - name: failed_broken\n")
			if got := maasctl(t, "", "test", dir, "--write-expectations"); got.code != cli.OK || !strings.Contains(got.out, "case bare: written") {
				t.Fatalf("exit %d: %s%s", got.code, got.out, got.errOut)
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.TrimRight(strings.TrimSuffix(text, "}"), " ") +
				", expect: {phase: Pending, endpoint: \"http://granite.llm.svc:8080\", rule: null, candidate: service, reason: GenerationStale}}\n    - name: failed_broken\n"
			if !strings.Contains(string(got), want) {
				t.Errorf("want %s in\n%s", want, got)
			}
		})
	}
}

// What cannot be completed without touching anything else is left as it is.
func TestTestWritesNoExpectations(t *testing.T) {
	for name, c := range map[string]struct{ old, text, says string }{
		"a case in braces":          {"    - name: failed_broken\n", "    - {name: x, description: A case in braces., expect: {}}\n    - name: failed_broken\n", "the case is in braces"},
		"braces over two lines":     {"rule: broken, ", "\n        ", "its expect is not on one line"},
		"a file that has a fault":   {"kind: Cases", "kind: Case", "nothing is written while there are faults"},
		"a key that has a disguise": {"expect: {phase: Failed, ", "\"expect\": {", "nothing is written"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := soundKind(t)
			file := filepath.Join(dir, "cases.yaml")
			rewrite(t, file, c.old, c.text)
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := maasctl(t, "", "test", dir, "--write-expectations"); got.code != cli.Failure || !strings.Contains(got.errOut, c.says) {
				t.Errorf("exit %d, want %q: %s%s", got.code, c.says, got.out, got.errOut)
			}
			if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
				t.Errorf("the file was changed: %v\n%s", err, after)
			}
		})
	}
}

// What is written for programs is what the schema of the report, and JUnit, say.
func TestTestReports(t *testing.T) {
	dir := soundKind(t)
	rewrite(t, dir+"/cases.yaml", "phase: Failed", "phase: Ready")
	report, junit := filepath.Join(dir, "../report.yaml"), filepath.Join(dir, "../junit.xml")
	got := maasctl(t, "", "test", dir, "-o", "json", "--report", report, "--junit", junit)
	if got.code != cli.Failure {
		t.Fatalf("exit %d: %s", got.code, got.errOut)
	}
	if !json.Valid([]byte(got.out)) {
		t.Errorf("-o json writes no JSON:\n%s", got.out)
	}
	schema, err := syntax.CompileSchema(schemas.Report)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"--report": string(content), "-o json": got.out} {
		documents := syntax.ReadDocuments(name, []byte(text))
		if len(documents) != 1 {
			t.Fatalf("%s writes %d documents", name, len(documents))
		}
		if err := schema.Validate(documents[0]); err != nil {
			t.Fatal(err)
		}
		if faults := documents[0].Faults(); len(faults) > 0 {
			t.Errorf("%s is not as its schema says:\n%s", name, faults)
		}
	}
	content, err = os.ReadFile(junit)
	if err != nil {
		t.Fatal(err)
	}
	var suites struct {
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(content, &suites); err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, c := range suites.Cases {
		if c.Failure != nil {
			failed = append(failed, c.Name)
		}
	}
	if diff := cmp.Diff([]string{"case failed_broken"}, failed); diff != "" || suites.Failures != 1 {
		t.Errorf("JUnit has %d failures (-want +got):\n%s", suites.Failures, diff)
	}
}
