package crd_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/crd"
)

// definition is a CRD as somebody writes it.
func definition(plural string) string {
	return "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: " + plural + ".example.com}\n" +
		"spec: {group: example.com, scope: Namespaced, names: {plural: " + plural + ", kind: " + plural + "}, versions: []}\n"
}

// CRDs come from whoever publishes them: files of any other content, of any
// length, and what is no file at all.
func TestRead(t *testing.T) {
	padded := func(size int) string { // with a document that holds nothing, which is not parsed
		text := definition("widgets") + "---\n"
		return text + "# " + strings.Repeat("x", size-len(text)-3) + "\n"
	}
	for name, test := range map[string]struct {
		files map[string]string
		path  string
		want  []string
		says  string
	}{
		"a file":                  {map[string]string{"a.yaml": definition("widgets")}, "a.yaml", []string{"widgets.example.com"}, ""},
		"several in a file":       {map[string]string{"a.yaml": definition("widgets") + "---\n" + definition("gadgets")}, "a.yaml", []string{"widgets.example.com", "gadgets.example.com"}, ""},
		"other objects beside":    {map[string]string{"a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n" + definition("widgets")}, "a.yaml", []string{"widgets.example.com"}, ""},
		"a folder":                {map[string]string{"a.yaml": definition("widgets"), "b.yml": definition("gadgets"), "README.md": "CustomResourceDefinition", "kustomization.yaml": "resources: []\n"}, ".", []string{"widgets.example.com", "gadgets.example.com"}, ""},
		"in JSON":                 {map[string]string{"a.json": `{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "a"}}`}, "a.json", []string{"a"}, ""},
		"no CRD":                  {map[string]string{"a.yaml": "a: 1\n"}, "a.yaml", nil, "no CustomResourceDefinition in "},
		"nothing there":           {nil, "a.yaml", nil, "no such file or directory"},
		"as long as it may be":    {map[string]string{"a.yaml": padded(16 << 20)}, "a.yaml", []string{"widgets.example.com"}, ""},
		"a byte longer":           {map[string]string{"a.yaml": padded(16<<20 + 1)}, "a.yaml", nil, "it has 16777217 bytes, and a file of CRDs may have 16777216"},
		"too long, in a folder":   {map[string]string{"a.yaml": definition("widgets"), "b.yaml": padded(16<<20 + 1)}, ".", nil, "b.yaml"},
		"a key twice":             {map[string]string{"a.yaml": definition("widgets") + "spec: {}\n"}, "a.yaml", nil, "a.yaml"},
		"half a million values":   {map[string]string{"a.yaml": definition("widgets") + "x: [" + strings.Repeat("1,", 500_000) + "]\n"}, "a.yaml", nil, "it may have 400000 values"},
		"a pipe without a writer": {map[string]string{"pipe": ""}, "pipe", nil, "it is no regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, content := range test.files {
				path := filepath.Join(dir, file)
				if file == "pipe" {
					if err := syscall.Mkfifo(path, 0o600); err != nil {
						t.Fatal(err)
					}
					continue
				}
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			crds, err := crd.Read(filepath.Join(dir, test.path))
			var got []string
			for _, c := range crds {
				got = append(got, c.Name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want it to say %q", err, test.says)
			}
		})
	}
}
