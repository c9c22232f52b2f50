package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const seenWidget = `apiVersion: example.com/v2
kind: Widget
metadata: {name: granite, namespace: llm, generation: 3, uid: 1b4e28ba-2fa1-11d2-883f-0016d3cca427}
status:
  observedGeneration: 3
  phase: Running
  api: {baseURL: "https://granite.example.com"}
  endpoints: [{address: "10.0.0.1:8000"}]
  conditions:
    - {type: Scheduled, status: "True"}
    - {type: Available, status: "True", observedGeneration: 3}
`

// What is found is in the kind-spec, which lint takes, and the cases are
// complete but for what is expected.
func TestNew(t *testing.T) {
	cases := map[string]struct {
		args []string
		// says are parts of the kind-spec, in order.
		says  []string
		cases string
	}{
		"from a CRD": {
			[]string{"--crd", "crd.yaml"},
			[]string{"metadata: {name: widget}\nspec:\n  description", `group: "example.com"`, "versions: [v2]", "# generation: $.status.observedGeneration", "It may be Up, Down", "{path: $.status.phase, equals: Up}", "- {path: $.status.url}"},
			"noStatus terminating",
		},
		"from a CRD with columns": {
			[]string{"--crd", "columns.yaml"},
			[]string{"nothing is ever ready.\n  # generation: $.status.observedGeneration", "shows the condition WidgetReady", "- {is: Ready, when: [{condition: WidgetReady"},
			"noStatus terminating",
		},
		"from a CRD with a word that it does not tell": {
			[]string{"--crd", "word.yaml"},
			[]string{"nothing is ready by this", "say-what-is-ready", "Which words say it? $.status.widgetState", "# - {is: Ready, when: [{path: $.status.widgetState, equals: Ready}]}"},
			"noStatus terminating",
		},
		"from a CRD whose conditions are in entries": {
			[]string{"--crd", "entries.yaml"},
			[]string{"say-what-is-ready", `Each of $.status.parents[*] has conditions: choose one in subjects, {as: entry, each: "$.status.parents[*]"}`},
			"noStatus terminating",
		},
		"from an object that does not say its generation": {
			[]string{"--crd", "crd.yaml", "-f", "undated.yaml"},
			[]string{"Available in undated.yaml.\n  generation: PerCondition", "condition: Available"},
			"noStatus ready terminating",
		},
		"from an object": {
			[]string{"-f", "seen.yaml", "--name", "Gadget"},
			[]string{"name: Gadget", "observedGeneration: 3 in seen.yaml.\n  generation: $.status.observedGeneration", "condition Available: True in seen.yaml", "condition: Available", "- {path: $.status.api.baseURL}", `- {path: "$.status.endpoints[*].address", scheme: http}`},
			"noStatus ready terminating",
		},
		"from an object without a URL": {
			[]string{"-f", "bare.yaml"},
			[]string{"condition: Available", "noEndpoint: it is not known yet", "# endpoint:"},
			"noStatus ready terminating",
		},
		"from an object without a URL, and its Service": {
			[]string{"-f", "bare.yaml", "-f", "service.yaml"},
			[]string{"The Service llm/granite has the same name as bare.yaml.", "- {as: service, object: {group: \"\", kind: Service, versions: [v1]}}", "condition: Available", "- {of: service, kind: Service}"},
			"noStatus ready terminating",
		},
		"from both": {
			[]string{"--crd", "crd.yaml", "-f", "seen.yaml"},
			[]string{"condition: Available", "CRD: Where it is reached.", "- {path: $.status.api.baseURL}"},
			"noStatus ready terminating",
		},
		"from several states, one of them twice": {
			[]string{"-f", "starting.yaml", "-f", "seen.yaml", "-f", "again.yaml", "-f", "failed.yaml"},
			[]string{"Running in seen.yaml; Failed in failed.yaml", "- {is: Failed, when: [{path: $.status.phase, equals: Failed}]}", "condition Available: False (Pulling) in starting.yaml, failed.yaml; True in seen.yaml", "- {is: Ready"},
			"noStatus progressing ready failed terminating",
		},
		"from states of which none is ready": {
			[]string{"-f", "starting.yaml"},
			[]string{"nothing is ready by this", "Seen: condition Scheduled: True in starting.yaml.", "say-what-is-ready", `# - {is: Ready, when: [{condition: Available, status: "True"}]}`},
			"noStatus progressing terminating",
		},
		"from one that is ready and does not fill the generation": {
			[]string{"-f", "starting.yaml", "-f", "ungated.yaml"},
			[]string{"Not in ungated.yaml, which says that it is ready", "# generation: $.status.observedGeneration"},
			"noStatus progressing ready terminating",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"crd.yaml": strings.Replace(widgetCRD, "url: {type: string}", "url: {type: string}\n                api: {type: object, properties: {baseURL: {type: string, description: Where it is reached.}}}", 1), "seen.yaml": seenWidget,
				"columns.yaml": strings.Replace(strings.Replace(widgetCRD, "      served: true\n",
					"      served: true\n      additionalPrinterColumns: [{name: Ready, type: string, jsonPath: '.status.conditions[?(@.type==\"WidgetReady\")].status'}]\n", 1), "phase: {", "notes: {", 1),
				"word.yaml": strings.NewReplacer("phase: {type: string, enum: [Up, Down]}", "widgetState: {type: string}", "                conditions:", "                others:").Replace(widgetCRD),
				"entries.yaml": strings.NewReplacer("phase: {", "notes: {", "conditions:\n", "parents:\n", "properties: {type: {type: string}, status: {type: string}, reason: {type: string}, message: {type: string}}",
					"properties: {conditions: {type: array, items: {type: object}}}").Replace(widgetCRD),
				"starting.yaml": strings.NewReplacer("Running", "Starting", `{type: Available, status: "True", observedGeneration: 3}`, `{type: Available, status: "False", reason: Pulling}`).Replace(seenWidget),
				"failed.yaml":   strings.NewReplacer("Running", "Failed", `{type: Available, status: "True", observedGeneration: 3}`, `{type: Available, status: "False", reason: Pulling}`).Replace(seenWidget),
				"again.yaml":    strings.Replace(seenWidget, `{type: Scheduled,`, `{type: Scheduled, lastTransitionTime: "2026-01-01T00:00:00Z",`, 1),
				"ungated.yaml":  strings.NewReplacer("  observedGeneration: 3\n", "", ", observedGeneration: 3}", "}").Replace(seenWidget),
				"service.yaml":  "{apiVersion: v1, kind: Service, metadata: {name: granite, namespace: llm}, spec: {ports: [{port: 80}]}}",
				"undated.yaml":  strings.Replace(seenWidget, "  observedGeneration:", "  seen:", 1),
				"bare.yaml":     strings.NewReplacer("  api:", "  notes:", "baseURL: \"https://granite.example.com\"", "n: 1", "  endpoints: [{address: \"10.0.0.1:8000\"}]\n", "").Replace(seenWidget)})
			t.Chdir(dir)
			args := append([]string{"new", "--dir", "kinds"}, c.args...)
			if got := maasctl(t, "", args...); got.code != cli.OK || !strings.Contains(got.errOut, "maasctl pin") {
				t.Fatalf("exit %d: %s", got.code, got.errOut)
			}
			files, err := filepath.Glob("kinds/*/kind.yaml")
			if err != nil || len(files) != 1 {
				t.Fatalf("%v: %v", files, err)
			}
			content, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			rest := string(content)
			for _, part := range c.says {
				_, after, ok := strings.Cut(rest, part)
				if !ok {
					t.Errorf("%q is missing, or not in its place, in:\n%s", part, content)
					continue
				}
				rest = after
			}
			written, err := os.ReadFile(filepath.Join(filepath.Dir(files[0]), "cases.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			var made []string
			for _, match := range regexp.MustCompile(`(?m)^    - name: (.*)$`).FindAllStringSubmatch(string(written), -1) {
				made = append(made, match[1])
			}
			if got := strings.Join(made, " "); got != c.cases {
				t.Errorf("cases %s, want %s", got, c.cases)
			}
			if got := maasctl(t, "", "lint", "kinds"); got.code != cli.OK {
				t.Errorf("lint: %s", got.out)
			}
			if got := maasctl(t, "", "test", "kinds", "--write-expectations"); got.code != cli.OK || strings.Count(got.out, "written") != len(made) {
				t.Errorf("expectations: exit %d: %s%s", got.code, got.out, got.errOut)
			}
			if got := maasctl(t, "", "test", "kinds"); got.code != cli.Failure || !strings.Contains(got.out, "for you to decide") {
				t.Errorf("a draft passes for a kind: exit %d: %s", got.code, got.out)
			}
			if got := maasctl(t, "", args...); got.code != cli.Failure || !strings.Contains(got.errOut, "nothing is overwritten") {
				t.Errorf("again: exit %d: %s", got.code, got.errOut)
			}
		})
	}
}

// Of every real CRD a kind-spec can be made that lint takes.
func TestNewOfRealCRDs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(testenv.CRDDir(t), "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRDs (%v)", err)
	}
	program := build(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, args := range [][]string{
				{"new", "--crd", file, "--dir", dir}, {"pin", "--crd", file, "--upstream", "example/project@v1", dir}, {"lint", dir},
			} {
				if out, err := program(t, args...); err != nil {
					t.Fatalf("%s: %v\n%s", args[0], err, out)
				}
			}
		})
	}
}

// build makes the program, for what reads megabytes: within the test, under the
// race detector, that takes ten times as long.
func build(t *testing.T) func(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program, and has it read the CRDs of every project")
	}
	install.Sources(t)
	dir := t.TempDir()
	if err := install.BuildPrograms(t.Context(), testenv.Root(t), dir, "maasctl"); err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, args ...string) ([]byte, error) {
		t.Helper()
		return exec.CommandContext(t.Context(), filepath.Join(dir, "maasctl"), args...).CombinedOutput()
	}
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"crds/a.yaml": widgetCRD, "crds/b.yaml": strings.ReplaceAll(widgetCRD, "example.com", "example.org")})
	write(t, dir, map[string]string{"refuses.yaml": kubeconfigOf("https://127.0.0.1:1")})
	t.Chdir(dir)
	cases := map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing to read":             {nil, cli.Usage, "--crd PATH, -f OBJECTS.yaml"},
		"an argument":                 {[]string{"crds/a.yaml"}, cli.Usage, "unexpected argument"},
		"two CRDs of one kind":        {[]string{"--crd", "crds"}, cli.Failure, "2 CRDs fit"},
		"none of that kind":           {[]string{"--crd", "crds", "--kind", "Gadget"}, cli.Failure, "0 CRDs fit"},
		"a name that is none":         {[]string{"--crd", "crds/a.yaml", "--name", "my-kind"}, cli.Failure, "letters and digits"},
		"states of two types":         {[]string{"-f", "crds/a.yaml", "--kind", "Gadget"}, cli.Failure, "no object is a Gadget"},
		"a record of a file":          {[]string{"-f", "crds/a.yaml", "--record", "."}, cli.Usage, "write KIND NAME"},
		"a cluster that refuses":      {[]string{"Widget", "granite", "--kubeconfig", "refuses.yaml"}, cli.Failure, "connection refused"},
		"an object that is not there": {[]string{"-f", "none.yaml"}, cli.Failure, "none.yaml"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"new"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.errOut, c.says) {
				t.Errorf("exit %d, want %d with %s:\n%s", got.code, c.code, c.says, got.errOut)
			}
			if made, err := filepath.Glob("*/kind.yaml"); err != nil || len(made) > 0 {
				t.Errorf("it wrote %v (%v)", made, err)
			}
		})
	}
}

func kubeconfigOf(server string) string {
	return "{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c, user: u, namespace: llm}}], " +
		"users: [{name: u, user: {}}], clusters: [{name: c, cluster: {insecure-skip-tls-verify: true, server: \"" + server + "\"}}]}"
}

// A cluster that takes connections and says nothing is given up, by either command.
func TestSilentCluster(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	dir := t.TempDir()
	write(t, dir, map[string]string{"silent.yaml": kubeconfigOf("https://" + listener.Addr().String())})
	t.Chdir(dir)
	for _, command := range [][]string{{"new", "Widget", "granite"}, {"new", "Widget", "granite", "--record", "kinds"}, {"why", "Widget/granite"}} {
		got := maasctl(t, "", append(command, "--kubeconfig", "silent.yaml", "--timeout", "200ms")...)
		if got.code != cli.Failure || !strings.Contains(got.errOut, "asking https://127.0.0.1:") {
			t.Errorf("%v: exit %d: %s", command, got.code, got.errOut)
		}
	}
	if left, err := filepath.Glob("kinds/*"); err != nil || len(left) > 0 {
		t.Errorf("it wrote %v (%v)", left, err)
	}
}

// A large object and a large CRD are read, and nothing of the secrets is written.
func TestNewOfLargeInput(t *testing.T) {
	dir := t.TempDir()
	var notes, properties strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&notes, "    note%d: \"%s\"\n", i, strings.Repeat("x", 50))
		fmt.Fprintf(&properties, "                note%d: {type: string, description: \"%s\"}\n", i, strings.Repeat("y", 100))
	}
	write(t, dir, map[string]string{
		"crd.yaml":    strings.Replace(widgetCRD, "                url: {type: string}\n", properties.String()+"                url: {type: string}\n", 1),
		"object.yaml": seenWidget + "  notes:\n" + notes.String() + "spec: {env: [{name: HF_TOKEN, value: very-secret-thing}]}\n",
	})
	t.Chdir(dir)
	if got := maasctl(t, "", "new", "--crd", "crd.yaml", "-f", "object.yaml"); got.code != cli.OK {
		t.Fatalf("exit %d: %s", got.code, got.errOut)
	}
	for _, name := range []string{"kind.yaml", "cases.yaml", "sources.yaml"} {
		content, err := os.ReadFile(filepath.Join("Widget", name))
		if err != nil || strings.Contains(string(content), "very-secret-thing") {
			t.Errorf("%s: %v, or a secret is in it", name, err)
		}
	}
}
