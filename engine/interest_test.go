package engine

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

func TestInterests(t *testing.T) {
	service := schema.GroupKind{Kind: "Service"}
	byName := kind.Query{Kind: "Service", Versions: []string{"v1"}, Namespace: "llm", Name: "a"}
	byLabel := kind.Query{Kind: "Service", Versions: []string{"v1"}, Namespace: "llm", Labels: map[string]string{"app": "a"}}
	model := func(name string) types.NamespacedName { return types.NamespacedName{Namespace: "llm", Name: name} }
	object := func(name, app string) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{}}
		o.SetNamespace("llm")
		o.SetName(name)
		o.SetLabels(map[string]string{"app": app})
		return o
	}
	i := newDependencyIndex()
	for name, queries := range map[string][]kind.Query{"named": {byName}, "labelled": {byLabel}, "both": {byName, byLabel}, "none": nil} {
		if news := i.set(model(name), queries); news != (len(queries) > 0) {
			t.Errorf("%s: interest in %v is news: %v", name, queries, news)
		}
		if i.set(model(name), slices.Clone(queries)) {
			t.Errorf("%s: the same interest is news", name)
		}
	}
	for name, test := range map[string]struct {
		change referent.Change
		want   []string
	}{
		"an object of that name comes":   {referent.Change{After: object("a", "x")}, []string{"both", "named"}},
		"an object with that label goes": {referent.Change{Before: object("z", "a")}, []string{"both", "labelled"}},
		"an object loses the label":      {referent.Change{Before: object("z", "a"), After: object("z", "b")}, []string{"both", "labelled"}},
		"an object nobody asked for":     {referent.Change{Before: object("z", "b"), After: object("z", "c")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, concerned := range i.concerned(service, test.change) {
				got = append(got, concerned.Name)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, name := range []string{"named", "labelled", "both"} {
		i.set(model(name), nil)
	}
	if len(i.byModel)+len(i.byType) > 0 {
		t.Errorf("left behind when nobody is interested any more: %v, %v", i.byModel, i.byType)
	}
}
