package referent

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// However the objects have come and changed, an index finds those that looking at
// each would find.
func TestLookUpsFindWhatMatches(t *testing.T) {
	asked := queries(t)
	const names = "abcdefgh"
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(seed, seed))
			one := func(of string) string { i := chance.IntN(len(of)); return of[i : i+1] }
			s := newStore(func(o *unstructured.Unstructured) *unstructured.Unstructured { return o.DeepCopy() }, clocktesting.NewFakePassiveClock(time.Time{}))
			s.changed, s.moved = func(Change) {}, func(State) {}
			s.update(func(u *syncState) { u.streaming = true })
			there := map[string]*unstructured.Unstructured{}
			do := func(err error) {
				if err != nil {
					t.Fatal(err)
				}
			}
			do(s.Replace(nil, "1"))
			for range 200 {
				pod := pod(one("xy"), one(names), one("123"), one("12"))
				key := pod.GetNamespace() + "/" + pod.GetName()
				switch chance.IntN(10) {
				case 0:
					there = map[string]*unstructured.Unstructured{key: pod}
					do(s.Replace([]any{pod}, "1"))
				case 1, 2, 3:
					delete(there, key)
					do(s.Delete(pod))
				default:
					there[key] = pod
					do(s.Update(pod))
				}
				for _, query := range asked {
					var want []string
					for key, object := range there {
						if query.Matches(object) {
							want = append(want, key)
						}
					}
					found, _ := s.matching(query)
					var got []string
					for _, object := range found {
						got = append(got, object.GetNamespace()+"/"+object.GetName())
					}
					slices.Sort(want)
					slices.Sort(got)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("%s (-want +got):\n%s", query, diff)
					}
				}
			}
		})
	}
}

func pod(namespace, name, app, node string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": map[string]any{"namespace": namespace, "name": name, "labels": map[string]any{"app": app, "of": "all"}},
		"spec":     map[string]any{"on": []any{node, "any"}},
	}}
}

// queries are what a kind asks that selects in every way.
func queries(tb testing.TB) []kind.Query {
	tb.Helper()
	language, err := kind.NewLanguage()
	if err != nil {
		tb.Fatal(err)
	}
	mk := &v1alpha1.ModelKind{}
	if err := yaml.Unmarshal([]byte(`
metadata: {name: widget}
spec:
  name: Widget
  description: selects in every way
  referent: {group: example.com, kind: Widget, versions: [v1]}
  subjects:
    - {as: named, object: {group: "", kind: Pod, versions: [v1], name: [{constant: a}]}}
    - {as: labelled, object: {group: "", kind: Pod, versions: [v1], labels: {app: "1"}}}
    - {as: both, object: {group: "", kind: Pod, versions: [v1], labels: {of: all, app: "2"}}}
    - {as: saying, object: {group: "", kind: Pod, versions: [v1], fields: {"$.spec.on[*]": "1"}}}
    - {as: mixed, object: {group: "", kind: Pod, versions: [v1], labels: {app: "3"}, fields: {"$.spec.on[*]": "2"}}}
  health: [{is: Ready, when: [{of: named, path: $, exists: true}]}, {is: Ready, when: [{of: labelled, match: Any, path: $, exists: true}]},
    {is: Ready, when: [{of: both, match: Any, path: $, exists: true}]}, {is: Ready, when: [{of: saying, match: Any, path: $, exists: true}]},
    {is: Ready, when: [{of: mixed, match: Any, path: $, exists: true}]}]
  noFailure: it is for a test
  endpoint: [{path: $.status.url}]
`), mk); err != nil {
		tb.Fatal(err)
	}
	k, err := language.CompileSpec("widget", mk)
	if err != nil {
		tb.Fatal(err)
	}
	model, widget := &v1alpha1.MaaSModel{}, &unstructured.Unstructured{Object: map[string]any{"apiVersion": "example.com/v1", "kind": "Widget"}}
	widget.SetNamespace("x")
	widget.SetName("w")
	asked := k.Observe(model, widget, kind.Objects(nil), endpoint.Rules{}).Reads
	return append(asked, kind.Query{Kind: "Pod", Versions: []string{"v1"}, Namespace: "y", All: true})
}
