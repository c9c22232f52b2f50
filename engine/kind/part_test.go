package kind_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// partSpec hands on those entries of a shelf that have the name of the ConfigMap.
const partSpec = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: part}
spec:
  description: what another kind decides about a part
  referent: {group: "", kind: ConfigMap, versions: [v1]}
  subjects:
    - {as: shelves, object: {group: example.com, kind: Shelf, versions: [v1], labels: {models: "{name}"}}}
    - {as: own, of: shelves, PATH, where: [{path: $.model, equals: {value: name}}]}
  health: [{of: shelves, kind: Shelf}]
  endpoint: [{of: shelves, kind: Shelf, only: own}]
`

const shelfSpec = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: shelf}
spec:
  description: what is on a shelf
  referent: {group: example.com, kind: Shelf, versions: [v1]}
  subjects: [{as: slots, all: PATH}]
  health: [{is: Ready, when: [{path: $.metadata.name, exists: true}]}]
  noFailure: shelves hold
  endpoint: [{of: slots, path: $.url}]
`

// What another kind sees of objects, where it is the entries of a subject only.
func TestPartOfAnObject(t *testing.T) {
	t.Parallel()
	const passedOver = "no entry of shelves: $.spec.slots[*] counts as own"
	for name, test := range map[string]struct {
		path    string
		shelves []string
		want    string
		// note is what the trace says of the candidate that yields nothing.
		note string
	}{
		"entries of a list": {"all: '$.spec.slots[*]'", []string{
			`{slots: [{model: qwen, url: "http://qwen.example.com"}, {model: phi, url: "http://phi.example.com"}]}`}, "http://phi.example.com", ""},
		"the first of them": {"each: '$.spec.slots[*]'", []string{
			`{slots: [{model: qwen, url: "http://qwen.example.com"}, {model: phi, url: "http://a.example.com"}, {model: phi, url: "http://b.example.com"}]}`}, "http://a.example.com", ""},
		"members of a map": {"all: '$.spec.slots[*]'", []string{
			`{slots: {a: {model: qwen, url: "http://qwen.example.com"}, b: {model: phi, url: "http://phi.example.com"}}}`}, "http://phi.example.com", ""},
		"a list further down": {"all: '$.spec.case.slots[*]'", []string{
			`{case: {slots: [{model: qwen, url: "http://qwen.example.com"}, {model: phi, url: "http://phi.example.com"}]}}`}, "http://phi.example.com", ""},
		"an object without an entry is passed over": {"all: '$.spec.slots[*]'", []string{
			`{slots: [{model: qwen, url: "http://qwen.example.com"}]}`,
			`{slots: [{model: phi, url: "http://phi.example.com"}]}`}, "http://phi.example.com", ""},
		"and so is the candidate where none has one": {"all: '$.spec.slots[*]'", []string{
			`{slots: [{model: qwen, url: "http://qwen.example.com"}]}`}, "", passedOver},
		"there is no such list": {"all: '$.spec.slots[*]'", []string{`{}`}, "", passedOver},
		"it is no list":         {"all: '$.spec.slots[*]'", []string{`{slots: none}`}, "", passedOver + ": $.spec.slots is a string, and a list is expected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, path, _ := strings.Cut(test.path, ": ")
			set, err := registry.Load(specs(map[string]string{
				"part.yaml": strings.Replace(partSpec, "PATH", test.path, 1), "shelf.yaml": strings.Replace(shelfSpec, "PATH", path, 1)}))
			if err != nil {
				t.Fatal(err)
			}
			k, _ := set.Lookup("part")
			var beside, before kind.Objects
			for i, spec := range test.shelves {
				shelf := referent(t, `{apiVersion: example.com/v1, kind: Shelf, metadata: {name: s`+string(rune('a'+i))+`, namespace: llm, labels: {models: phi}}, spec: `+spec+`}`)
				beside, before = append(beside, shelf), append(before, shelf.DeepCopy())
			}
			model := referent(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: phi, namespace: llm}}")
			o := k.Explain(&v1alpha1.MaaSModel{}, model, beside, endpoint.Rules{})
			if o.Endpoint.URL != test.want {
				t.Errorf("got %q (%s), want %q", o.Endpoint.URL, o.Endpoint.Message, test.want)
			}
			if diff := cmp.Diff(before, beside); diff != "" {
				t.Errorf("what was read is changed (-before +after):\n%s", diff)
			}
			if note := noteOf(o, "endpoint", "shelves"); test.want == "" && note != test.note {
				t.Errorf("the trace says %q, want %q", note, test.note)
			}
		})
	}
}

// noteOf is what a trace says of a rule that yields nothing.
func noteOf(o kind.Observation, stage, rule string) string {
	for _, step := range o.Trace {
		if step.Stage == stage && step.Rule == rule && !step.Matched {
			return step.Note
		}
	}
	return ""
}
