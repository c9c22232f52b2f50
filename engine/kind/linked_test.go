package kind_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/registry"
)

const (
	widgetSpec = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: widget}
spec:
  description: a backend
  referent: {group: example.com, kind: Widget, versions: [v1]}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  noFailure: widgets are repaired
  endpoint: [{path: $.status.url}]
`
	// handingSpec hands the widget of a ConfigMap's name on.
	handingSpec = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: handing}
spec:
  description: what another kind decides
  referent: {group: "", kind: ConfigMap, versions: [v1]}
  subjects: [{as: widget, object: {group: example.com, kind: Widget, versions: [v1]}}]
  health: [{of: widget, kind: Widget}]
  endpoint: [{of: widget, kind: Widget}]
`
)

// specs is a source of kind-specs.
func specs(texts map[string]string) registry.Source {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return registry.Source{Name: "kinds", FS: files}
}

// An entry of a roster has the kind as its models have it: its revision is one of
// what it hands on to as well, and so is what it reads.
func TestRosterOfLinkedKinds(t *testing.T) {
	t.Parallel()
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	roster, revisions := registry.New("kinds"), map[string]bool{}
	for _, texts := range []map[string]string{
		{"handing.yaml": handingSpec},
		{"handing.yaml": handingSpec, "widget.yaml": widgetSpec},
		{"handing.yaml": handingSpec, "widget.yaml": strings.Replace(widgetSpec, "condition: Ready", "condition: Serving", 1)},
	} {
		contents, err := parser.Source(specs(texts))
		if err != nil {
			t.Fatal(err)
		}
		roster = roster.Next(contents)
		inForce, ok := roster.Set().Lookup("handing")
		entry := roster.Entries()[0]
		if !ok || entry.InForce != inForce {
			t.Fatalf("%d files: the entry has %+v, the set %+v", len(texts), entry.InForce, inForce)
		}
		if revisions[inForce.Revision()] {
			t.Errorf("%d files: the revision is one that was there before", len(texts))
		}
		revisions[inForce.Revision()] = true
	}
}

// Who hands on through another kind needs what both read.
func TestHandsOnTo(t *testing.T) {
	t.Parallel()
	outer := strings.NewReplacer("name: handing", "name: outer", "group: \"\", kind: ConfigMap", "group: example.org, kind: Outer",
		"group: example.com, kind: Widget, versions", "group: \"\", kind: ConfigMap, versions", "kind: Widget}", "kind: handing}").Replace(handingSpec)
	set, err := registry.Load(specs(map[string]string{"a.yaml": handingSpec, "b.yaml": widgetSpec, "c.yaml": outer}))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"Outer": {"handing", "Widget"}, "handing": {"Widget"}, "Widget": nil}
	got := map[string][]string{}
	for _, k := range set.Kinds() {
		got[k.Name()] = nil
		for _, other := range k.HandsOnTo() {
			got[k.Name()] = append(got[k.Name()], other.Name())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The name that a spec does not say is that of the referent's kind, also where
// the spec has faults; and saying one that is in lower case is no waste.
func TestNameThatIsNotSaid(t *testing.T) {
	t.Parallel()
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change   []string
		want     string
		warnings int
	}{
		"left out":                        {nil, "Widget", 0},
		"left out of a spec with a fault": {[]string{"is: Ready", "is: Redy"}, "Widget", 0},
		"left out, of another kind":       {[]string{"name: widget", "name: gadget"}, "gadget", 0},
		"written without need":            {[]string{"spec:\n", "spec:\n  name: Widget\n"}, "Widget", 1},
		"that of the object":              {[]string{"spec:\n", "spec:\n  name: widget\n"}, "widget", 0},
		"that of the object, needlessly":  {[]string{"name: widget", "name: gadget", "spec:\n", "spec:\n  name: gadget\n"}, "gadget", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := parser.Document("kinds", "kind.yaml", []byte(strings.NewReplacer(test.change...).Replace(widgetSpec)))
			if err != nil || doc.Name != test.want {
				t.Fatalf("the name is %q (%v), want %q", doc.Name, err, test.want)
			}
			if doc.Kind != nil && len(doc.Kind.Warnings()) != test.warnings {
				t.Errorf("warnings: %v, want %d", doc.Kind.Warnings(), test.warnings)
			}
		})
	}
}
