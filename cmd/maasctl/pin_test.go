package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// widgetCRD has a plural that nobody would guess, and a version that is not
// served.
const widgetCRD = `apiVersion: v1
kind: Namespace
metadata: {name: widgets}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgetry.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgetry}
  versions:
    - name: v2
      served: true
      storage: true
      schema: &schema
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: integer}}}
            status:
              type: object
              properties:
                url: {type: string}
                phase: {type: string, enum: [Up, Down]}
                observedGeneration: {type: integer, format: int64}
                conditions:
                  type: array
                  items:
                    type: object
                    properties: {type: {type: string}, status: {type: string}, reason: {type: string}, message: {type: string}}
    - name: v1alpha1
      served: false
      storage: false
      schema: *schema
`

func TestPin(t *testing.T) {
	service := strings.NewReplacer("group: example.com", `group: ""`, "kind: Widget", "kind: Service", "versions: [v2]", "versions: [v1]",
		"condition: Ready, status: \"True\"", "path: $.spec.clusterIP, exists: true", "$.status.url", "$.spec.externalName").Replace(spec("built"))
	widget := []string{"--crd", "crd.yaml", "--upstream", "example.com=example/widgets@v1.2.3"}
	cases := map[string]struct {
		spec string
		args []string
		code int
		// says are parts of the output.
		says []string
	}{
		"a CRD among other objects":       {spec("pinned"), widget, cli.OK, []string{"pinned/referent.yaml: Widget of example/widgets v1.2.3"}},
		"a built-in type needs no CRD":    {service, nil, cli.OK, []string{"referent.yaml: Service of k8s.io/api v"}},
		"a kind that reads no object":     {strings.Split(spec("pinned"), "  referent:")[0] + "  noReferent: it is no object of Kubernetes\n  noEndpoint: set spec.endpointOverride\n", nil, cli.OK, []string{"needs no pin"}},
		"a path that the CRD lacks":       {strings.Replace(spec("pinned"), "$.status.url", "$.status.urll", 1), widget, cli.Failure, []string{"pinned/kind.yaml:", "did you mean url?", "1 fault"}},
		"a version that is not served":    {strings.Replace(spec("pinned"), "versions: [v2]", "versions: [v1alpha1]", 1), widget, cli.Failure, []string{"does not have Widget served in v1alpha1, there is v2"}},
		"no CRD of the type":              {spec("pinned"), nil, cli.Failure, []string{"what was given has no Widget.example.com"}},
		"nobody said where it comes from": {spec("pinned"), widget[:2], cli.Failure, []string{"--upstream", "Widget.example.com (crd.yaml)"}},
		"a file that is not there":        {spec("pinned"), []string{"--crd", "none.yaml"}, cli.Failure, []string{"--crd", "none.yaml"}},
		"a file without a CRD":            {spec("pinned"), []string{"--crd", "pinned/kind.yaml"}, cli.Failure, []string{"holds no CustomResourceDefinition"}},
		"an upstream without its release": {spec("pinned"), []string{"--upstream", "example/widgets"}, cli.Usage, []string{"PROJECT@VERSION"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			folder := "pinned"
			if strings.Contains(c.spec, "name: built") {
				folder = "built"
			}
			write(t, dir, map[string]string{"crd.yaml": widgetCRD, folder + "/kind.yaml": c.spec})
			t.Chdir(dir)
			got := maasctl(t, "", append([]string{"pin", folder}, c.args...)...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d", got.code, c.code)
			}
			for _, part := range c.says {
				if !strings.Contains(got.out+got.errOut, part) {
					t.Errorf("%q is missing in:\n%s%s", part, got.out, got.errOut)
				}
			}
			if lint := maasctl(t, "", "lint", folder); c.code == cli.OK && lint.code != cli.OK {
				t.Errorf("lint does not take the pin:\n%s", lint.out)
			}
			if _, err := os.Stat(filepath.Join(folder, "referent.yaml")); c.code != cli.OK && err == nil {
				t.Error("there is a pin in spite of faults")
			}
		})
	}
}

// A pin is made anew from the very same file without saying where it comes
// from, and is then the same to the byte.
func TestPinAgain(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"crd.yaml": widgetCRD, "pinned/kind.yaml": spec("pinned")})
	t.Chdir(dir)
	var pins []string
	for _, args := range [][]string{{"--upstream", "example/widgets@v1.2.3"}, nil} {
		got := maasctl(t, "", append([]string{"pin", "pinned", "--crd", "crd.yaml"}, args...)...)
		if got.code != cli.OK {
			t.Fatalf("exit %d: %s%s", got.code, got.out, got.errOut)
		}
		content, err := os.ReadFile("pinned/referent.yaml")
		if err != nil {
			t.Fatal(err)
		}
		pins = append(pins, string(content))
	}
	if diff := cmp.Diff(pins[0], pins[1]); diff != "" {
		t.Error(diff)
	}
	write(t, dir, map[string]string{"crd.yaml": widgetCRD + "# another release\n"})
	if got := maasctl(t, "", "pin", "pinned", "--crd", "crd.yaml"); got.code != cli.Failure || !strings.Contains(got.errOut, "--upstream") {
		t.Errorf("the file changed: exit %d: %s", got.code, got.errOut)
	}
}

// The committed pins are what the real CRDs give. A kind whose pin is of another file
// than the one at hand is left out, aloud: some CRDs are too large to have at hand.
func TestCommittedPins(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute under the race detector")
	}
	crds := testenv.CRDDir(t)
	const committed = "../../kinds"
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(committed)); err != nil {
		t.Fatal(err)
	}
	pins, err := filepath.Glob(filepath.Join(committed, "*", "referent.yaml"))
	if err != nil || len(pins) == 0 {
		t.Fatalf("no pins (%v)", err)
	}
	shipped := filepath.Join(testenv.Root(t), "config", "crd")
	atHand, err := contract.Files(crds, shipped)
	if err != nil {
		t.Fatal(err)
	}
	others := map[string]string{}
	for _, file := range pins {
		if other := otherFile(t, file, atHand); other != "" {
			others[file] = other
			if err := os.RemoveAll(filepath.Join(dir, filepath.Base(filepath.Dir(file)))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(others) > len(pins)/2 {
		t.Fatalf("most pins are of other files than those in %s: %v", crds, others)
	}
	if out, err := build(t)(t, "pin", "--crd", crds, "--crd", shipped, dir); err != nil {
		t.Fatalf("pinning: %v\n%s", err, out)
	}
	for _, file := range pins {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			if other := others[file]; other != "" {
				t.Skip(other)
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(dir, filepath.Base(filepath.Dir(file)), "referent.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("run maasctl pin (-want +got):\n%s", diff)
			}
		})
	}
}

// otherFile says which type of a pin is from another file than the one at hand; "" where
// none is.
func otherFile(t *testing.T, file string, atHand []contract.Contract) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pin, err := contract.ReadPin(file, content)
	if err != nil {
		t.Fatal(err)
	}
	for _, pinned := range pin.Contracts {
		i := slices.IndexFunc(atHand, func(now contract.Contract) bool { return now.GroupKind() == pinned.GroupKind() })
		_, builtIn, err := contract.BuiltIn(pinned.GroupKind())
		switch {
		case err != nil:
			t.Fatal(err)
		case i >= 0 && atHand[i].Source.SHA256 != pinned.Source.SHA256:
			return fmt.Sprintf("%s is pinned from %s %s, and the file at hand is another one", pinned.GroupKind(), pinned.Source.Project, pinned.Source.Version)
		case i < 0 && !builtIn:
			return fmt.Sprintf("%s is pinned from %s %s, and no file of it is at hand", pinned.GroupKind(), pinned.Source.Project, pinned.Source.Version)
		}
	}
	return ""
}
