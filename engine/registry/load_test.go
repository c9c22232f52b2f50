package registry_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

func spec(name string, aliases ...string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: ` + name + `}
spec:
  description: a widget
  aliases: [` + strings.Join(aliases, ", ") + `]
  referent: {group: example.com, kind: Widget, versions: [v1]}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
`)}
}

func TestLoadSources(t *testing.T) {
	for name, test := range map[string]struct {
		sources []registry.Source
		names   []string
		faults  []string
	}{
		"a folder a kind": {
			sources: []registry.Source{{FS: fstest.MapFS{"A/kind.yaml": spec("A"), "B/kind.yaml": spec("B"), "B/README.md": {}}}},
			names:   []string{"A", "B"},
		},
		"files side by side, as a mounted ConfigMap has them": {
			sources: []registry.Source{{FS: fstest.MapFS{"a.yaml": spec("A"), "b.yml": spec("B"), "..data/a.yaml": spec("A"), "notes.txt": {}}}},
			names:   []string{"A", "B"},
		},
		"the folder of one kind": {
			sources: []registry.Source{{FS: fstest.MapFS{"kind.yaml": spec("A"), "referent.yaml": {Data: []byte("other")}, "cases.yaml": {Data: []byte("other")}, "sources.yaml": {Data: []byte("other")}}}},
			names:   []string{"A"},
		},
		"a later source replaces a kind of the same name": {
			sources: []registry.Source{
				{Name: "built-in", FS: fstest.MapFS{"A/kind.yaml": spec("A", "X"), "B/kind.yaml": spec("B")}},
				{Name: "extra", FS: fstest.MapFS{"A/kind.yaml": spec("A", "Y")}}},
			names: []string{"A", "B"},
		},
		"two specs claim a name: both are refused, others are not": {
			sources: []registry.Source{{FS: fstest.MapFS{"A/kind.yaml": spec("A"), "b.yaml": spec("A"), "C/kind.yaml": spec("C")}}},
			names:   []string{"C"},
			faults:  []string{"A/kind.yaml:3: metadata.name", "b.yaml:3: metadata.name"},
		},
		"an alias of one is the name of the other, across sources": {
			sources: []registry.Source{
				{Name: "built-in", FS: fstest.MapFS{"A/kind.yaml": spec("A")}},
				{Name: "extra", FS: fstest.MapFS{"B/kind.yaml": spec("B", "A")}}},
			faults: []string{"built-in/A/kind.yaml:3: metadata.name", "extra/B/kind.yaml:6: spec.aliases[0]"},
		},
		"one bad file does not take the good ones with it": {
			sources: []registry.Source{{FS: fstest.MapFS{"A/kind.yaml": spec("A"), "B/kind.yaml": {Data: []byte("a: [")}}}},
			names:   []string{"A"},
			faults:  []string{"B/kind.yaml:1: not valid YAML"},
		},
		"no number without an end": {
			sources: []registry.Source{{FS: fstest.MapFS{"a.yaml": {Data: []byte("spec:\n  description: .inf\n  endpoint: [{path: $.a, port: -.INF}]\n  probe: {accept: [.nan]}\n")}}}},
			faults:  []string{"a.yaml:1: apiVersion", "a.yaml:1: kind", "a.yaml:1: metadata", "a.yaml:1: spec.health", "a.yaml:1: spec.referent", "a.yaml:2: spec.description: .inf is not a finite number", "a.yaml:3: spec.endpoint[0].port: -.INF is not a finite number", "a.yaml:4: spec.probe.accept[0]: .nan is not a finite number"},
		},
		"a file that is too large is not read": {
			sources: []registry.Source{{FS: fstest.MapFS{"a.yaml": {Data: make([]byte, 1<<20+1)}}}},
			faults:  []string{"a.yaml:1: cannot be read: it has 1048577 bytes"},
		},
		"a folder without a kind-spec is a mistake": {
			sources: []registry.Source{{FS: fstest.MapFS{"A/kinds.yaml": spec("A")}}},
			faults:  []string{"A: the folder has no kind.yaml"},
		},
		"nothing at all is a mistake": {
			sources: []registry.Source{{Name: "extra", FS: fstest.MapFS{}}},
			faults:  []string{"extra: no kind-spec here"},
		},
		"the name is the folder's": {
			sources: []registry.Source{{FS: fstest.MapFS{"A/kind.yaml": spec("B")}}},
			faults:  []string{"A/kind.yaml:3: metadata.name: \"B\" is not the name of its folder"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			set, err := registry.Load(test.sources...)
			compareLoad(t, set, err, test.names, test.faults)
		})
	}
}

func compareLoad(t *testing.T, set *kind.Set, err error, names, wantFaults []string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, names...), set.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	var faults syntax.Faults
	errors.As(err, &faults)
	if len(faults) != len(wantFaults) {
		t.Fatalf("got faults\n%v\nwant %v", faults, wantFaults)
	}
	for i, want := range wantFaults {
		if !strings.HasPrefix(faults[i].String(), want) {
			t.Errorf("got fault %s, want %s…", faults[i], want)
		}
	}
}

func TestLoadTogether(t *testing.T) {
	one := fstest.MapFS{"A/kind.yaml": spec("A"), "B/kind.yaml": spec("B")}
	for name, test := range map[string]struct {
		sources []registry.Source
		names   []string
		faults  []string
	}{
		"a name claimed in two sources replaces nothing": {
			sources: []registry.Source{{Name: "x", FS: one}, {Name: "y", FS: fstest.MapFS{"A/kind.yaml": spec("A")}}},
			names:   []string{"B"},
			faults:  []string{"x/A/kind.yaml:3: metadata.name", "y/A/kind.yaml:3: metadata.name"},
		},
		"a file that two sources reach does not collide with itself": {
			sources: []registry.Source{{Name: "x", FS: one}, {Name: "x/A", FS: fstest.MapFS{"kind.yaml": spec("A")}}},
			names:   []string{"A", "B"},
		},
		"one file of a folder, whatever it and its neighbours are called": {
			sources: []registry.Source{{Name: "x", File: "a.spec", FS: fstest.MapFS{"a.spec": spec("A"), "kind.yaml": spec("B")}}},
			names:   []string{"A"},
		},
		"one file that is not there": {
			sources: []registry.Source{{Name: "x", File: "a.yaml", FS: one}},
			faults:  []string{"x/a.yaml:1: cannot be read: file does not exist"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			set, err := registry.LoadTogether(test.sources...)
			compareLoad(t, set, err, test.names, test.faults)
		})
	}
}

// A revision is of what a spec says, not of how it is laid out.
func TestRevision(t *testing.T) {
	load := func(content string) string {
		set, err := registry.Load(registry.Source{FS: fstest.MapFS{"a.yaml": {Data: []byte(content)}}})
		if err != nil {
			t.Fatal(err)
		}
		return set.Kinds()[0].Revision()
	}
	base := string(spec("A").Data)
	if load(base) != load("# a comment\n"+strings.ReplaceAll(base, "{name: A}", "\n  name: \"A\"")) {
		t.Error("layout and comments change the revision")
	}
	if load(base) == load(strings.ReplaceAll(base, "$.status.url", "$.status.uri")) {
		t.Error("another path gives the same revision")
	}
}
