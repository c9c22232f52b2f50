package kind_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
)

const identity = "apiVersion: example.com/v1, kind: Widget"

func TestProject(t *testing.T) {
	for name, test := range map[string]struct {
		parts, object, want string
	}{
		"identity is kept, the rest of metadata is not": {
			readyWhen + `{path: $.status.phase, equals: x}` + endWhen,
			"{" + identity + ", metadata: {name: a, namespace: b, uid: u, generation: 3, resourceVersion: '7', labels: {x: z}, managedFields: [{}]}, spec: {big: true}}",
			"{" + identity + ", metadata: {name: a, namespace: b, uid: u, resourceVersion: '7'}}",
		},
		"the generation is kept where there is a gate: else a change of the spec wakes nothing": {
			"  generation: $.status.observedGeneration\n" + readyWhen + `{path: $.status.phase, equals: x}` + endWhen,
			"{" + identity + ", metadata: {generation: 3}, status: {observedGeneration: 2}}",
			"{" + identity + ", metadata: {generation: 3}, status: {observedGeneration: 2}}",
		},
		"of conditions, the types and fields that are read: timestamps wake nothing": {
			readyWhen + `{condition: Ready, status: "True"}` + endWhen,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {conditions: [{type: Other, status: "True"}, {type: Ready, status: "True", reason: r, message: m, lastTransitionTime: now}]}}`,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {conditions: [{type: Ready, status: "True", reason: r, message: m}]}}`,
		},
		"a filter keeps every entry in place, and of each what the filter and the path read": {
			readyWhen + `{path: $.status.phase, equals: x}]}]` + "\n" + `  endpoint: [{path: '$.status.addresses[?@.name == "a" && @.url == $.status.url].url'}]` + "\n",
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {url: u, other: o, addresses: [{name: b, origin: {}, url: v}, 7, {name: a, models: [1, 2]}]}}`,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {url: u, addresses: [{name: b, url: v}, 7, {name: a}]}}`,
		},
		"a quoted sigil in a filter is no path": {
			readyWhen + `{path: $.status.phase, equals: x}]}]` + "\n" + `  endpoint: [{path: '$.status.list[?@["k$[0]"] == "@[1]$"].url'}]` + "\n",
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {list: [{"k$[0]": 1, url: u, x: z}]}}`,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {list: [{"k$[0]": 1, url: u}]}}`,
		},
		"an index keeps the entries before it": {
			readyWhen + `{path: "$.status.list[1].ready", equals: true}` + endWhen,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {list: [{ready: false, x: 1}, {ready: true, x: 2}, {x: 3}]}}`,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {list: [{ready: false}, {ready: true}, {}]}}`,
		},
		"a descendant path keeps everything": {
			readyWhen + `{path: $.status.phase, equals: x}]}]` + "\n" + "  endpoint: [{path: $..url}]\n",
			`{apiVersion: example.com/v1, kind: Widget, metadata: {labels: {}}, spec: {a: [{url: u}]}}`,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {labels: {}}, spec: {a: [{url: u}]}}`,
		},
		"a condition path and a path into the conditions": {
			readyWhen + `{condition: Ready, status: "True"}, {path: "$.status.conditions[0].severity", equals: Info}` + endWhen,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {conditions: [{type: Other, severity: Info, x: 1}, {type: Ready, status: "True", x: 1}]}}`,
			`{apiVersion: example.com/v1, kind: Widget, metadata: {}, status: {conditions: [{severity: Info}, {type: Ready, status: "True"}]}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := widget(t, test.parts)
			object := referent(t, test.object)
			before := object.DeepCopy()
			got := kind.Project(object, k)
			if diff := cmp.Diff(referent(t, test.want).Object, got.Object); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, object); diff != "" {
				t.Errorf("the object was changed:\n%s", diff)
			}
		})
	}
}

// Kinds that read the same type share a cache: each sees what it reads.
func TestProjectForSeveralKinds(t *testing.T) {
	a := widget(t, readyWhen+`{path: $.status.a.x, equals: 1}`+endWhen)
	b := widget(t, readyWhen+`{path: $.status.a.w, equals: 1}, {condition: Ready, status: "True"}`+endWhen)
	object := referent(t, `{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, status: {a: {x: 1, w: 2, z: 3}, conditions: [{type: Ready, status: "True"}]}}`)
	want := referent(t, `{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, status: {a: {x: 1, w: 2}, conditions: [{type: Ready, status: "True"}]}}`)
	if diff := cmp.Diff(want.Object, kind.Project(object, a, b).Object); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFields(t *testing.T) {
	k := widget(t, readyWhen+`{condition: Ready, status: "True"}, {path: "$.spec.list[0].x", equals: 1}]}]
  endpoint: [{path: $.status.url}, {path: '$.status.addresses[?@.url == $.status.primary.url].url'}]
`)
	want := [][]string{{"spec", "list"}, {"status", "addresses"}, {"status", "conditions"}, {"status", "primary", "url"}, {"status", "url"}}
	if diff := cmp.Diff(want, k.Fields()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
