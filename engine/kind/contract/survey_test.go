package contract_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind/contract"
)

// Everything that can be read is found, and everything that cannot is said, at once.
func TestLook(t *testing.T) {
	half, _, _ := strings.Cut(widgets, "      served:")
	others := strings.NewReplacer("Widget", "Gadget", "widgets", "gadgets").Replace(widgets)
	list := "apiVersion: v1\nkind: List\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(widgets), "\n", "\n  ") + "\n"
	cases := map[string]struct {
		files map[string]string
		paths []string
		// want are file and kind of what is found, without what holds no CRD, and
		// faults a part of each.
		want, without, faults []string
	}{
		"several in a file, at any depth": {map[string]string{"a/b/all.yaml": widgets + "---\n" + others}, nil, []string{"a/b/all.yaml Widget", "a/b/all.yaml Gadget"}, nil, nil},
		"as kubectl prints several":       {map[string]string{"dump.yaml": list}, nil, []string{"dump.yaml Widget"}, nil, nil},
		"one type in two files":           {map[string]string{"v1.yaml": widgets, "v2.yaml": widgets}, nil, []string{"v1.yaml Widget", "v2.yaml Widget"}, nil, nil},
		"something else beside it":        {map[string]string{"crd.yaml": widgets, "cm.yaml": "kind: ConfigMap\n", "empty.yaml": "", "notes.txt": "x"}, nil, []string{"crd.yaml Widget"}, []string{"cm.yaml", "empty.yaml"}, nil},
		"half of a file is good YAML":     {map[string]string{"crd.yaml": others, "half.yaml": half}, nil, []string{"crd.yaml Gadget"}, nil, []string{"half.yaml: reading a CustomResourceDefinition: line 1: widgets.contract.example.com has no spec.versions[0].served"}},
		"and half of a line is not": {map[string]string{"crd.yaml": others, "half.yaml": widgets[:len(widgets)-9]}, nil, []string{"crd.yaml Gadget"}, nil,
			[]string{"half.yaml: reading a CustomResourceDefinition: "}},
		"what is good in a file with a fault": {map[string]string{"crd.yaml": half + "---\n" + others + "---\n" + half}, nil, []string{"crd.yaml Gadget"}, nil,
			[]string{"crd.yaml: reading a CustomResourceDefinition: line 1: widgets.contract.example.com has no"}},
		"a patch of kustomize": {map[string]string{"crd.yaml": widgets, "patch.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec: {conversion: {strategy: None}}\n"}, nil,
			[]string{"crd.yaml Widget"}, []string{"patch.yaml"}, nil},
		"a template":                 {map[string]string{"crd.yaml": "{{- if .Values.crds }}\n" + widgets + "{{ end }}\n"}, nil, nil, nil, []string{"write out what it makes first"}},
		"nothing there":              {nil, nil, nil, nil, []string{"holds no CustomResourceDefinition"}},
		"a folder that is not there": {nil, []string{"none", "."}, nil, nil, []string{"none: no such file", "holds no CustomResourceDefinition"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for file, content := range c.files {
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if c.paths == nil {
				c.paths = []string{"."}
			}
			s := contract.Look(c.paths...)
			var got []string
			for _, found := range s.Contracts {
				got = append(got, found.Path+" "+found.Kind)
			}
			if diff := cmp.Diff([][]string{c.want, c.without}, [][]string{got, s.Without}); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if len(s.Faults) != len(c.faults) {
				t.Fatalf("faults: %v", s.Faults)
			}
			for i, part := range c.faults {
				if !strings.Contains(fmt.Sprint(s.Faults[i]), part) {
					t.Errorf("%q is missing in: %v", part, s.Faults[i])
				}
			}
		})
	}
}
