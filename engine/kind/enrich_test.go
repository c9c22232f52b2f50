package kind_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// sizes of what is shown of a model: bytes of texts, and entries and bytes of lists.
type sizes struct{ name, description, entries, bytes int }

func sizesOf(info *v1alpha1.ModelInfo) sizes {
	if info == nil {
		return sizes{}
	}
	return sizes{len(info.DisplayName), len(info.Description), len(info.Capabilities), len(strings.Join(info.Capabilities, ""))}
}

// What is shown of a model to everybody is bounded, whoever says it, cannot
// steer a terminal, and the trace tells what was left out.
func TestEnrichmentIsBounded(t *testing.T) {
	k := widget(t, `  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
  model:
    displayName: [{path: $.spec.title}]
    description: [{path: $.spec.text}]
    capabilities: [{path: "$.spec.can[*]"}]
`)
	words := func(n, length int) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = fmt.Sprintf("%0*d", length, i)
		}
		return list
	}
	joined := func(list []any) string { return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]") }
	for name, test := range map[string]struct {
		spec        map[string]any
		annotations map[string]string
		want        sizes
		note        string
	}{
		"a name as long as may be":       {spec: map[string]any{"title": strings.Repeat("x", 256)}, want: sizes{name: 256}},
		"a name that is longer":          {spec: map[string]any{"title": strings.Repeat("x", 257)}, want: sizes{name: 256}, note: "it is cut to 256 bytes"},
		"a name that steers a terminal":  {spec: map[string]any{"title": "Gran\u202eite\x1b[2J\u009b"}, want: sizes{name: 10}, note: "control characters, or marks that cannot be seen, are left out"},
		"a description as long":          {spec: map[string]any{"text": strings.Repeat("x", 2048)}, want: sizes{description: 2048}},
		"a description of a megabyte":    {spec: map[string]any{"text": strings.Repeat("x", 1<<20)}, want: sizes{description: 2048}, note: "it is cut to 2048 bytes"},
		"as many entries as may be":      {spec: map[string]any{"can": words(64, 2)}, want: sizes{entries: 64, bytes: 128}},
		"one entry more":                 {spec: map[string]any{"can": words(65, 2)}, want: sizes{entries: 64, bytes: 128}, note: "no more than 64 entries are taken"},
		"a hundred thousand entries":     {spec: map[string]any{"can": words(100_000, 6)}, want: sizes{entries: 64, bytes: 384}, note: "no more than 64 entries are taken"},
		"entries as long as may be":      {spec: map[string]any{"can": words(16, 256)}, want: sizes{entries: 16, bytes: 4096}},
		"as many long ones as fit":       {spec: map[string]any{"can": words(17, 256)}, want: sizes{entries: 16, bytes: 4096}, note: "no more than 4096 bytes are taken"},
		"an entry that is too long":      {spec: map[string]any{"can": []any{strings.Repeat("y", 257), "b"}}, want: sizes{entries: 1, bytes: 1}, note: "entries of more than 256 bytes are left out"},
		"an entry that cannot be seen":   {spec: map[string]any{"can": []any{"a\u200b", "a"}}, want: sizes{entries: 1, bytes: 1}, note: "control characters, or marks that cannot be seen, are left out"},
		"an annotation of 250 kilobytes": {annotations: map[string]string{v1alpha1.AnnotationDescription: strings.Repeat("x", 250<<10)}, want: sizes{description: 2048}, note: "it is cut to 2048 bytes"},
		"an annotation of many entries":  {annotations: map[string]string{v1alpha1.AnnotationCapabilities: joined(words(10_000, 20))}, want: sizes{entries: 64, bytes: 1280}, note: "no more than 64 entries are taken"},
		"other annotations and labels":   {annotations: map[string]string{"example.com/x": strings.Repeat("x", 250<<10)}},
	} {
		t.Run(name, func(t *testing.T) {
			model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Annotations: test.annotations, Labels: map[string]string{"x": strings.Repeat("x", 1<<20)}}}
			object := &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "example.com/v1", "kind": "Widget", "metadata": map[string]any{"name": "a"}, "spec": test.spec,
			}}
			got := k.Explain(model, object, kind.Objects(nil), endpoint.Rules{})
			if diff := cmp.Diff(test.want, sizesOf(got.Model), cmp.AllowUnexported(sizes{})); diff != "" {
				t.Errorf("sizes (-want +got):\n%s", diff)
			}
			if notes := notesOfModel(got); notes != test.note {
				t.Errorf("got the notes %q, want %q", notes, test.note)
			}
		})
	}
}
