package referent

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/engine/kind"
)

func TestAim(t *testing.T) {
	widget := kind.Referent{Group: "example.com", Kind: "Widget", Versions: []string{"v1", "v1beta1"}}
	at := func(version string) target {
		return target{kind: schema.GroupVersionKind{Group: "example.com", Version: version, Kind: "Widget"}, resource: "widgets", namespaced: true, crd: "1"}
	}
	serving := func(versions ...string) served {
		return served{resource: "widgets", namespaced: true, versions: versions, crd: "1"}
	}
	for name, test := range map[string]struct {
		served      served
		want        target
		wantState   State
		wantMessage string
	}{
		"the preferred version, whatever the server's order": {serving("v1beta1", "v1"), at("v1"), Starting, ""},
		"the next one when the preferred is not served":      {serving("v2", "v1beta1"), at("v1beta1"), Starting, ""},
		"none that is read": {serving("v3", "v2"), target{}, VersionNotServed,
			"Widget.example.com is served as v2 and v3 only, and read as v1 or v1beta1: serve one of these versions, or use a kind-spec that reads a served one"},
		"defined with every version switched off": {serving(), target{}, VersionNotServed,
			"Widget.example.com is defined, and none of its versions is served: set served: true for v1 or v1beta1 in its CustomResourceDefinition"},
		"not known": {served{}, target{}, NotInstalled,
			"the API server does not serve Widget.example.com: install the backend, or its CustomResourceDefinition"},
		"nobody can tell": {served{fault: "the server is unavailable"}, target{}, Starting,
			"the API server does not say whether it serves Widget.example.com, which is asked again: the server is unavailable"},
		"defined under a name that is taken": {served{crd: "1", versions: []string{"v1"}, pending: "\"Widget\" is already in use"}, target{}, NotInstalled,
			`Widget.example.com is defined but not served yet: "Widget" is already in use`},
	} {
		t.Run(name, func(t *testing.T) {
			got, state, message := selectVersion(widget, test.served)
			if got != test.want || state != test.wantState || message != test.wantMessage {
				t.Errorf("selectVersion gives %+v, %s, %q\nwant %+v, %s, %q", got, state, message, test.want, test.wantState, test.wantMessage)
			}
		})
	}
}

func TestDefinition(t *testing.T) {
	const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com, uid: "1", resourceVersion: "7", annotations: {note: long}, managedFields: [{manager: kubectl}]}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Widget, plural: widgets, singular: widget}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
    - {name: v1beta1, served: false, storage: false}
status: {conditions: CONDITIONS}
`
	for name, test := range map[string]struct {
		conditions string
		want       served
	}{
		"established": {`[{type: NamesAccepted, status: "True"}, {type: Established, status: "True"}]`,
			served{resource: "widgets", versions: []string{"v1"}, crd: "1"}},
		"not looked at yet": {`[]`,
			served{resource: "widgets", versions: []string{"v1"}, crd: "1", pending: "its CustomResourceDefinition is not established"}},
		"refused": {`[{type: NamesAccepted, status: "False", message: Widget is taken}, {type: Established, status: "False"}]`,
			served{resource: "widgets", versions: []string{"v1"}, crd: "1", pending: "Widget is taken"}},
	} {
		t.Run(name, func(t *testing.T) {
			object := parse(t, crd)
			conditions := []any{}
			if err := yaml.Unmarshal([]byte(test.conditions), &conditions); err != nil {
				t.Fatal(err)
			}
			if err := unstructured.SetNestedSlice(object.Object, conditions, "status", "conditions"); err != nil {
				t.Fatal(err)
			}
			kept := projectDefinition(object)
			if diff := cmp.Diff(kept.Object, projectDefinition(kept).Object); diff != "" {
				t.Errorf("projecting twice differs from once:\n%s", diff)
			}
			if _, whole, _ := unstructured.NestedFieldNoCopy(kept.Object, "spec", "versions", "schema"); whole || kept.GetAnnotations() != nil || kept.GetManagedFields() != nil {
				t.Errorf("keeps more than it reads: %v", kept.Object)
			}
			d, err := parseDefinition(kept)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, d.served(), cmp.AllowUnexported(served{})); diff != "" {
				t.Errorf("offer (-want +got):\n%s", diff)
			}
			if got, want := d.groupKind(), (schema.GroupKind{Group: "example.com", Kind: "Widget"}); got != want {
				t.Errorf("is of %s, want %s", got, want)
			}
		})
	}
}

func parse(t testing.TB, text string) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
		t.Fatal(err)
	}
	return object
}
