package engine

import (
	"math/rand/v2"
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

// Whoever asked what, and however that has changed, those are woken whose answers a
// change may change.
func TestInterestsAreThoseThatMatch(t *testing.T) {
	t.Parallel()
	pods := schema.GroupKind{Kind: "Pod"}
	chance := rand.New(rand.NewPCG(1, 2))
	one := func(of string) string { i := chance.IntN(len(of)); return of[i : i+1] }
	query := func() kind.Query {
		q := kind.Query{Kind: "Pod", Versions: []string{"v1"}, Namespace: one("xy")}
		switch chance.IntN(4) {
		case 0:
			q.Name = one("abc")
		case 1:
			q.All = true
		case 2:
			q.Labels = map[string]string{"app": one("123")}
		default:
			q.Labels = map[string]string{"app": one("123"), "of": "all", "tier": one("12")}
		}
		return q
	}
	pod := func() *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{}}
		o.SetNamespace(one("xy"))
		o.SetName(one("abc"))
		o.SetLabels(map[string]string{"app": one("123"), "of": "all", "tier": one("12")})
		return o
	}
	i, asked := newDependencyIndex(), map[string][]kind.Query{}
	for range 2000 {
		name := one("klmnop")
		asked[name] = nil
		for range chance.IntN(4) {
			asked[name] = append(asked[name], query())
		}
		i.set(types.NamespacedName{Namespace: "models", Name: name}, asked[name])
		change := referent.Change{Before: pod(), After: pod()}
		var want, got []string
		for name, queries := range asked {
			if slices.ContainsFunc(queries, func(q kind.Query) bool { return q.Matches(change.Before) || q.Matches(change.After) }) {
				want = append(want, name)
			}
		}
		for _, model := range i.concerned(pods, change) {
			got = append(got, model.Name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}
