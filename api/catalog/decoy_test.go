package catalog

import (
	"fmt"
	"slices"
	"testing"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

// names are those of n ids.
func names(t *testing.T, n int) []access.Name {
	t.Helper()
	callers, err := access.NewCallers(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]access.Name, n)
	for i := range all {
		all[i] = callers.Name(fmt.Sprint("absent-", i))
	}
	return all
}

// owner says whose endpoint a target is, "namespace/name".
func owner(s *Snapshot, target *access.Target) string {
	e := s.entries[slices.Index(s.targets, target)]
	return e.Namespace + "/" + e.Name
}

// What takes long for no reason but that something else came or went is absent.
func TestDecoysStayWhileTheyExist(t *testing.T) {
	var before []*v1alpha1.MaaSModel
	for i := range 30 {
		before = append(before, model(fmt.Sprint("ns", i%3), fmt.Sprint("m", i), 1))
	}
	const gone, come = "ns0/m0", "ns9/new"
	after := append(slices.Clone(before[1:]), model("ns9", "new", 2))
	r := newRenderer(t)
	first, second := render(t, r, before...), render(t, r, after...)
	for i, name := range names(t, 500) {
		was, is := first.Decoys(name), second.Decoys(name)
		if len(was) != access.MaxDecoys || len(is) != access.MaxDecoys {
			t.Fatalf("%d and %d decoys, want %d", len(was), len(is), access.MaxDecoys)
		}
		if !slices.Equal(was, first.Decoys(name)) {
			t.Fatalf("absent-%d has other decoys the second time", i)
		}
		if a, b := owner(first, was[0]), owner(second, is[0]); a != b && a != gone && b != come {
			t.Errorf("absent-%d: %s took the place of %s", i, b, a)
		}
	}
}

// Whoever may edit one namespace must not become everybody's decoy, and so see
// at its own backends which names are absent.
func TestNamespacesHaveEqualShares(t *testing.T) {
	models := []*v1alpha1.MaaSModel{model("a", "one", 1), model("b", "one", 1), model("c", "one", 1)}
	for i := range 200 {
		models = append(models, model("greedy", fmt.Sprint("m", i), 1))
	}
	s := render(t, newRenderer(t), models...)
	const ids = 4000
	share := map[string]int{}
	for _, name := range names(t, ids) {
		share[s.entries[slices.Index(s.targets, s.Decoys(name)[0])].Namespace]++
	}
	for _, namespace := range []string{"a", "b", "c", "greedy"} {
		if got := share[namespace]; got < ids/4*8/10 || got > ids/4*12/10 {
			t.Errorf("%s stands in for %d of %d names, want about a quarter: %v", namespace, got, ids, share)
		}
	}
}

func TestDecoysAreEndpointsThatAreAsked(t *testing.T) {
	at := func(endpoint string) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) { m.Status.Endpoint = endpoint }
	}
	unasked := func(m *v1alpha1.MaaSModel) { m.Status.Kind = "ExternalModel" }
	s := render(t, newRenderer(t), model("a", "evil", 1, at("https://evil.test")), model("a", "open", 1, unasked),
		model("a", "none", 1, noEndpoint), model("b", "asked", 1))
	for _, name := range names(t, 50) {
		if got := s.Decoys(name); len(got) != 1 || owner(s, got[0]) != "b/asked" {
			t.Fatalf("%d decoys, want b/asked alone", len(got))
		}
	}
	if got := render(t, newRenderer(t)).Decoys(access.Name{}); len(got) != 0 {
		t.Errorf("%d decoys in an empty catalog", len(got))
	}
}

// Absent names must not take longer for being looked up.
func BenchmarkDecoys10000(b *testing.B) {
	var models []*v1alpha1.MaaSModel
	for i := range 10_000 {
		models = append(models, model(fmt.Sprint("ns", i%20), fmt.Sprint("m", i), 1))
	}
	s := render(b, newRenderer(b), models...)
	for i := 0; b.Loop(); i++ {
		s.Decoys(access.Name{byte(i), byte(i >> 8)})
	}
}
