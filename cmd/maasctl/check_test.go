package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/schemas"
)

// widgetFolder is a folder with a kind that has a pin, one that has none, and CRDs of
// later releases.
func widgetFolder(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	next := strings.NewReplacer("url:", "address:", "name: v1alpha1\n      served: false", "name: v3\n      served: true", "enum: [Up, Down]", "enum: [Up, Down, Asleep]").Replace(widgetCRD)
	write(t, ".", map[string]string{
		"pinned/kind.yaml":   spec("pinned"),
		"unpinned/kind.yaml": spec("unpinned"),
		"edited/kind.yaml":   spec("edited"),
		"faulty/kind.yaml":   strings.Replace(spec("faulty"), "description", "descripton", 1),
		"crd.yaml":           widgetCRD,
		"same/crd.yaml":      widgetCRD,
		"next/crd.yaml":      next,
		"v3/crd.yaml":        strings.NewReplacer("name: v2", "name: v3").Replace(widgetCRD),
		"more/a.yaml":        strings.Replace(widgetCRD, "served: false", "served: true", 1),
		"both/a.yaml":        widgetCRD,
		"both/b.yaml":        next,
		"twice/a.yaml":       widgetCRD,
		"twice/b.yaml":       widgetCRD + "# the same\n",
		"moved/crd.yaml":     strings.ReplaceAll(widgetCRD, "example.com", "example.org"),
		"other/crd.yaml":     strings.NewReplacer("example.com", "example.org", "Widget", "Gadget").Replace(widgetCRD),
		"half/crd.yaml":      widgetCRD[:len(widgetCRD)-60],
		"half/good.yaml":     widgetCRD,
		"none/config.yaml":   "kind: ConfigMap\n",
	})
	if err := os.Mkdir("empty", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pinned", "edited"} {
		if got := maasctl(t, "", "pin", "--crd", "crd.yaml", "--upstream", "example/widgets@v1", name); got.code != cli.OK {
			t.Fatalf("exit %d: %s%s", got.code, got.out, got.errOut)
		}
	}
	pin, err := os.ReadFile("edited/referent.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, ".", map[string]string{"edited/referent.yaml": strings.Replace(string(pin), "url", "uri", 1)})
}

func TestCheck(t *testing.T) {
	widgetFolder(t)
	cases := map[string]struct {
		args []string
		code int
		// says are parts of the output.
		says []string
	}{
		"the very file":                  {[]string{"pinned", "--crd", "crd.yaml"}, cli.OK, []string{"same        pinned: Widget.example.com, pinned from example/widgets v1, there is crd.yaml", "1 kind, 1 verdict: 1 same"}},
		"a folder":                       {[]string{"pinned", "--crd-dir", "same"}, cli.OK, []string{"same"}},
		"what is new":                    {[]string{"pinned", "--crd-dir", "more"}, cli.OK, []string{"compatible", "v1alpha1: is served now, and has everything that is read"}},
		"a field is gone":                {[]string{"pinned", "--crd-dir", "next"}, cli.Failure, []string{"broken", "pinned/kind.yaml:8: candidate url: spec.endpoint[0].path", "maasctl pin --crd PATH --upstream PROJECT@VERSION pinned"}},
		"a version is gone":              {[]string{"pinned", "--crd-dir", "v3"}, cli.Failure, []string{"is not served any more, there is v3", "write versions: [v3, v2]"}},
		"several files that differ":      {[]string{"pinned", "--crd-dir", "both"}, cli.Failure, []string{"both/a.yaml, both/b.yaml; each gets a verdict", "1 kind, 2 verdicts: 1 broken, 1 same"}},
		"several files that do not":      {[]string{"pinned", "--crd-dir", "twice"}, cli.OK, []string{"1 verdict: 1 same"}},
		"another group":                  {[]string{"pinned", "--crd-dir", "moved"}, cli.Failure, []string{"gone", "write alternatives: [{group: example.org, kind: Widget, versions: [v2]}]", "pinned/kind.yaml:6: referent"}},
		"types that are not installed":   {[]string{"pinned", "--crd-dir", "other"}, cli.OK, []string{"1 verdict: 1 absent"}},
		"and have to be":                 {[]string{"pinned", "--crd-dir", "other", "--require"}, cli.Failure, []string{"1 verdict: 1 absent"}},
		"a built-in kind":                {[]string{"--crd-dir", "other", "--kind", "Service"}, cli.OK, []string{"same        Service: EndpointSlice.discovery.k8s.io", "2 verdicts: 2 same"}},
		"all built-in kinds":             {[]string{"--crd-dir", "other"}, cli.OK, []string{"absent      llmisvc: LLMInferenceService.serving.kserve.io", "note: Endpoint reads no object"}},
		"a kinds-dir":                    {[]string{"--kinds-dir", ".", "--kind", "pinned", "--crd-dir", "same"}, cli.Usage, []string{"1 verdict: 1 same", "faulty/kind.yaml:5: spec.descripton"}},
		"half of a file":                 {[]string{"pinned", "--crd-dir", "half"}, cli.Usage, []string{"same", "half/crd.yaml: reading a CustomResourceDefinition: line 4: widgetry.example.com has no spec.versions[1].", "half of a file"}},
		"no CRD there":                   {[]string{"pinned", "--crd-dir", "none"}, cli.Usage, []string{"no verdict", "note: without a CustomResourceDefinition of apiextensions.k8s.io/v1, and passed over: none/config.yaml", "maasctl: none holds no"}},
		"an empty folder":                {[]string{"pinned", "--crd-dir", "empty"}, cli.Usage, []string{"empty holds no CustomResourceDefinition"}},
		"no folder":                      {[]string{"pinned", "--crd-dir", "nowhere", "--crd-dir", "next"}, cli.Usage, []string{"nowhere: no such file", "broken"}},
		"all kinds that are faulty":      {[]string{"pinned", "unpinned", "edited", "faulty", "nowhere", "--crd-dir", "next"}, cli.Usage, []string{"broken", "unpinned/kind.yaml: no referent.yaml beside it", "edited/referent.yaml:", "a pin is not edited", "faulty/kind.yaml:5: spec.descripton", "nowhere: cannot be read"}},
		"nothing to hold it against":     {[]string{"pinned"}, cli.Usage, []string{"--crd-dir DIR or --cluster"}},
		"two things to hold it against":  {[]string{"pinned", "--crd-dir", "same", "--cluster"}, cli.Usage, []string{"exclude each other"}},
		"a kind that is none":            {[]string{"--crd-dir", "same", "--kind", "lmisvc"}, cli.Usage, []string{"did you mean llmisvc?"}},
		"folders and a kinds-dir":        {[]string{"pinned", "--kinds-dir", ".", "--crd-dir", "same"}, cli.Usage, []string{"leave the KIND-DIRs out"}},
		"a kubeconfig that is not there": {[]string{"pinned", "--kubeconfig", "nowhere"}, cli.Usage, []string{"finding the cluster"}},
		"no time":                        {[]string{"pinned", "--cluster", "--timeout", "0s"}, cli.Usage, []string{"for example 30s"}},
		"a format that is none":          {[]string{"pinned", "--crd", "crd.yaml", "-o", "xml"}, cli.Usage, []string{"text, wide, json or yaml"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"check"}, c.args...)...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d:\n%s%s", got.code, c.code, got.out, got.errOut)
			}
			for _, part := range c.says {
				if !strings.Contains(got.out+got.errOut, part) {
					t.Errorf("%q is missing in:\n%s%s", part, got.out, got.errOut)
				}
			}
		})
	}
}

// The output for people, and the one for programs as its schema has it.
func TestCheckOutput(t *testing.T) {
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := syntax.CompileSchema(schemas.Check)
	if err != nil {
		t.Fatal(err)
	}
	widgetFolder(t)
	for name, args := range map[string][]string{
		"broken": {"pinned", "--crd-dir", "both"},
		"gone":   {"pinned", "--crd-dir", "moved"},
		"faults": {"pinned", "unpinned", "--crd-dir", "half", "--crd-dir", "none", "--crd-dir", "nowhere"},
	} {
		for _, format := range []string{"text", "json", "yaml"} {
			t.Run(name+"-"+format, func(t *testing.T) {
				got := maasctl(t, "", append([]string{"check", "-o", format}, args...)...)
				if format == "text" {
					golden.Compare(t, filepath.Join(home, "testdata", "check", name+".text"), got.out+got.errOut)
					return
				}
				documents := syntax.ReadDocuments(format, []byte(got.out))
				if len(documents) != 1 || got.errOut != "" {
					t.Fatalf("%d documents, and %s", len(documents), got.errOut)
				}
				if err := schema.Validate(documents[0]); err != nil {
					t.Fatal(err)
				}
				if faults := documents[0].Faults(); len(faults) > 0 {
					t.Errorf("it is not as its schema says:\n%s", faults)
				}
				if format == "yaml" {
					golden.Compare(t, filepath.Join(home, "testdata", "check", name+".yaml"), got.out)
				}
			})
		}
	}
}
