package kind_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// handing is a kind that hands an object of another type on to a kind.
func handing(name, objects, to string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: ` + strings.ToLower(name) + `}
spec:
  description: hands on
  referent: {group: example.com, kind: ` + name + `, versions: [v1]}
  subjects: [{as: next, object: {group: example.com, kind: ` + objects + `, versions: [v1]}}]
  health: [{of: next, kind: ` + to + `}]
  endpoint: [{of: next, kind: ` + to + `}]
`)}
}

func last(name string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: ` + strings.ToLower(name) + `}
spec:
  description: decides itself
  referent: {group: example.com, kind: ` + name + `, versions: [v1]}
  health: [{is: Ready, when: [{path: $.metadata.name, exists: true}]}]
  endpoint: [{constant: "http://models.example.com"}]
`)}
}

// What cannot be handed on is said where the kind is written that is to take it.
func TestHandingOnIsChecked(t *testing.T) {
	for name, test := range map[string]struct {
		kinds fstest.MapFS
		want  []string
	}{
		"two levels": {fstest.MapFS{"a.yaml": handing("A", "B", "B"), "b.yaml": handing("B", "C", "C"), "c.yaml": last("C")}, nil},
		"as many as may be": {fstest.MapFS{"a.yaml": handing("A", "B", "B"), "b.yaml": handing("B", "C", "C"), "c.yaml": handing("C", "D", "D"),
			"d.yaml": last("D")}, nil},
		"too many": {fstest.MapFS{"a.yaml": handing("A", "B", "B"), "b.yaml": handing("B", "C", "C"), "c.yaml": handing("C", "D", "D"),
			"d.yaml": handing("D", "E", "E"), "e.yaml": last("E")}, []string{
			"a.yaml:8: spec.health[0].kind: is the beginning of a chain of more than 4 kinds that hand on: A to B to C to D to E; hand on to a later one of them",
			"a.yaml:9: spec.endpoint[0].kind: is the beginning of a chain of more than 4 kinds that hand on: A to B to C to D to E; hand on to a later one of them",
		}},
		"a kind that is not there": {fstest.MapFS{"a.yaml": handing("A", "B", "Gone")}, []string{
			`a.yaml:8: spec.health[0].kind: no kind is called "Gone", and there is none for such objects: write one, or the rules here`,
			`a.yaml:9: spec.endpoint[0].kind: no kind is called "Gone", and there is none for such objects: write one, or the rules here`,
		}},
		"a kind that reads other objects": {fstest.MapFS{"a.yaml": handing("A", "B", "C"), "c.yaml": last("C")}, []string{
			"a.yaml:8: spec.health[0].kind: next is a B.example.com, and the kind C reads C.example.com: write the kind that does, or the rules here",
			"a.yaml:9: spec.endpoint[0].kind: next is a B.example.com, and the kind C reads C.example.com: write the kind that does, or the rules here",
		}},
		"a circle": {fstest.MapFS{"a.yaml": handing("A", "B", "B"), "b.yaml": handing("B", "A", "A")}, []string{
			"a.yaml:8: spec.health[0].kind: hands on in a circle: A to B to A; write the rules out in one of them",
			"a.yaml:9: spec.endpoint[0].kind: hands on in a circle: A to B to A; write the rules out in one of them",
			"b.yaml:8: spec.health[0].kind: hands on in a circle: B to A to B; write the rules out in one of them",
			"b.yaml:9: spec.endpoint[0].kind: hands on in a circle: B to A to B; write the rules out in one of them",
		}},
		"itself": {fstest.MapFS{"a.yaml": handing("A", "A", "A")}, []string{
			"a.yaml:8: spec.health[0].kind: hands on in a circle: A to A; write the rules out in one of them",
			"a.yaml:9: spec.endpoint[0].kind: hands on in a circle: A to A; write the rules out in one of them",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := registry.Load(registry.Source{FS: test.kinds})
			var got []string
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// parsed are the kinds of some files, without each other.
func parsed(t testing.TB, files fstest.MapFS) map[string]*kind.Kind {
	t.Helper()
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	contents, err := parser.Source(registry.Source{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]*kind.Kind{}
	for _, document := range contents.Documents {
		if len(document.Faults) > 0 {
			t.Fatal(document.Faults)
		}
		kinds[document.Name] = document.Kind
	}
	return kinds
}

// A kind may be taken away, or come to lead back, after others were made that hand
// on to it. Their models are then refused, and say why.
func TestHandingOnToNothing(t *testing.T) {
	object := referent(t, "{apiVersion: example.com/v1, kind: A, metadata: {name: granite, namespace: llm}}")
	alone, err := registry.Load(registry.Source{FS: fstest.MapFS{"c.yaml": last("C")}})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		files   fstest.MapFS
		missing string
	}{
		"not in force":          {fstest.MapFS{"a.yaml": handing("A", "B", "B")}, "B"},
		"itself":                {fstest.MapFS{"a.yaml": handing("A", "A", "A")}, "A"},
		"one of another object": {fstest.MapFS{"a.yaml": handing("A", "B", "C")}, "C"},
	} {
		t.Run(name, func(t *testing.T) {
			k := alone.Link(parsed(t, test.files)["A"])
			got := k.Observe(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}).Reference
			want := kind.Reference{State: kind.ReferenceRefused, Reason: v1alpha1.ReasonKindUnknown,
				Message: "the kind A hands on to the kind " + test.missing + ", which is not in force: add it, or mend the kind-spec"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A kind that hands on is another one when the kind that it hands on to is: what
// is decided follows from both.
func TestHandingOnChangesTheRevision(t *testing.T) {
	revision := func(files fstest.MapFS) string {
		set, err := registry.Load(registry.Source{FS: files})
		if err != nil {
			t.Fatal(err)
		}
		k, _ := set.Lookup("A")
		return k.Revision()
	}
	changed := last("C")
	changed.Data = []byte(strings.ReplaceAll(string(changed.Data), "models.", "others."))
	a, b := handing("A", "B", "B"), handing("B", "C", "C")
	before := revision(fstest.MapFS{"a.yaml": a, "b.yaml": b, "c.yaml": last("C")})
	after := revision(fstest.MapFS{"a.yaml": a, "b.yaml": b, "c.yaml": changed})
	if before == after {
		t.Error("a change two levels below changes nothing")
	}
}

// A kind that is linked to the kinds of a set is the one that it is in the set.
func TestLinkIsAsInTheSet(t *testing.T) {
	files := fstest.MapFS{"a.yaml": handing("A", "B", "B"), "b.yaml": handing("B", "C", "C"), "c.yaml": last("C")}
	set, err := registry.Load(registry.Source{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	for name, alone := range parsed(t, files) {
		k, _ := set.Lookup(name)
		for _, again := range []*kind.Kind{alone, k} {
			if got := set.Link(again).Revision(); got != k.Revision() {
				t.Errorf("%s linked is revision %s, and %s in the set", name, got, k.Revision())
			}
		}
	}
}
