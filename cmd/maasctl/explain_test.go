package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/golden"
)

// result is what a process would leave behind.
type result struct {
	code        int
	out, errOut string
}

func maasctl(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(t.Context(), "maasctl", args, ioStreams{in: strings.NewReader(stdin), out: &out, err: &errOut})
	return result{code, out.String(), errOut.String()}
}

// widget explains one of this package's fixtures.
func widget(t *testing.T, file string, args ...string) result {
	t.Helper()
	return maasctl(t, "", append([]string{"explain", "--kinds-dir", "testdata/kinds", "-f", filepath.Join("testdata/explain", file)}, args...)...)
}

func TestExplain(t *testing.T) {
	cases := map[string]struct {
		file string
		args []string
	}{
		"ready":                    {"ready.yaml", nil},
		"lagging-from-pending":     {"lagging.yaml", nil},
		"lagging-from-ready":       {"lagging.yaml", []string{"--phase", "Ready"}},
		"failed":                   {"failed.yaml", []string{"--phase", "Unhealthy"}},
		"loopback":                 {"loopback.yaml", nil},
		"loopback-allowed":         {"loopback.yaml", []string{"--allow-cidr", "10.0.0.0/8", "--allow-cidr", "127.0.0.0/8"}},
		"terminating-from-ready":   {"terminating.yaml", []string{"--phase", "Ready"}},
		"terminating-from-pending": {"terminating.yaml", []string{"--kind", "Gadget"}},
	}
	for name, c := range cases {
		for _, format := range []string{"text", "json"} {
			t.Run(name+"-"+format, func(t *testing.T) {
				got := widget(t, c.file, append(c.args, "-o", format)...)
				if got.code != cli.OK || got.errOut != "" {
					t.Fatalf("exit %d: %s", got.code, got.errOut)
				}
				golden.Compare(t, filepath.Join("testdata/explain", name+"."+format), got.out)
			})
		}
	}
}

// Programs read these keys; dwell is there only where one applies.
func TestExplainKeys(t *testing.T) {
	always := []string{"conditions", "endpoint", "event", "kind", "phase", "probe", "ready", "trace"}
	for name, c := range map[string]struct {
		phase string
		want  []string
	}{
		"nothing to dwell on":    {"Pending", always},
		"Ready outlives an edit": {"Ready", slices.Sorted(slices.Values(append([]string{"dwell"}, always...)))},
	} {
		t.Run(name, func(t *testing.T) {
			var decoded map[string]any
			if err := json.Unmarshal([]byte(widget(t, "lagging.yaml", "-o", "json", "--phase", c.phase).out), &decoded); err != nil {
				t.Fatal(err)
			}
			var got []string
			for key := range decoded {
				got = append(got, key)
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}

// However objects are written down, the first of them is explained.
func TestExplainInputs(t *testing.T) {
	content, err := os.ReadFile("testdata/explain/ready.yaml")
	if err != nil {
		t.Fatal(err)
	}
	object := string(content)
	indented := "- " + strings.ReplaceAll(strings.TrimSpace(object), "\n", "\n  ") + "\n"
	want := widget(t, "ready.yaml").out
	const unread = "note: %s is not looked at: the kind Widget does not read it beside this object\n"
	for name, c := range map[string]struct{ stdin, note string }{
		"the object alone":                   {object, ""},
		"comments and empty documents first": {"# from a cluster\n---\n\n--- # the widget\n" + object, ""},
		"a related object after it":          {object + "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n", fmt.Sprintf(unread, "Service s")},
		"a list, as kubectl prints several":  {"apiVersion: v1\nkind: List\nitems:\n" + indented + indented, fmt.Sprintf(unread, "Widget llm/granite")},
		"JSON": {`{"apiVersion": "example.com/v2", "kind": "Widget", "metadata": {"name": "granite", "namespace": "llm", "uid": "u1", "generation": 3},
			"spec": {"title": "Granite 3 8B"}, "status": {"observedGeneration": 3, "url": "https://widgets.example.com/llm/granite",
			"conditions": [{"type": "Ready", "status": "True"}]}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, c.stdin, "explain", "--kinds-dir", "testdata/kinds", "-f", "-")
			if diff := cmp.Diff(result{cli.OK, want, c.note}, got, cmp.AllowUnexported(result{})); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExplainReadsOtherVersionsWithANote(t *testing.T) {
	got := maasctl(t, "apiVersion: example.com/v9\nkind: Widget\nmetadata: {name: w}\n", "explain", "--kinds-dir", "testdata/kinds", "-f", "-")
	if got.code != cli.OK || !strings.Contains(got.errOut, "reads Widget in v2 or v1; this object is of example.com/v9") {
		t.Errorf("exit %d: %s", got.code, got.errOut)
	}
}

// readyOf is the condition Ready of an explanation.
func readyOf(t *testing.T, e explanation) evaluation.ConditionRow {
	t.Helper()
	for _, c := range e.Conditions {
		if c.Type == v1alpha1.ConditionReady {
			return c
		}
	}
	t.Fatalf("there is no condition Ready: %+v", e.Conditions)
	return evaluation.ConditionRow{}
}
