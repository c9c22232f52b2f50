package registry_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// turn is what the sources hold at one moment, and what follows from that.
type turn struct {
	why string
	// sources that hold something else than before; nil files for one that
	// cannot be read.
	sources map[string]fstest.MapFS
	// inForce has "name from file: aliases" for every kind.
	inForce []string
	// refused has "name: fault" for every newer revision that is not in force.
	refused []string
}

var broken = &fstest.MapFile{Data: []byte("apiVersion: maas.opendatahub.io/v1alpha1\nkind: ModelKind\nmetadata: {name: A}\nspec: {}\n")}

// What is in force after each of a row of changes.
func TestRoster(t *testing.T) {
	for name, turns := range map[string][]turn{
		"a broken revision leaves the last good one, and everything else goes on": {
			{"two kinds", dir(fstest.MapFS{"a.yaml": spec("A", "X"), "b.yaml": spec("B")}), []string{"A dir/a.yaml X", "B dir/b.yaml"}, nil},
			{"one breaks, one changes", dir(fstest.MapFS{"a.yaml": broken, "b.yaml": spec("B", "Y")}), []string{"A dir/a.yaml X", "B dir/b.yaml Y"}, []string{"A dir/a.yaml:4"}},
			{"it is no YAML at all any more", dir(fstest.MapFS{"a.yaml": {Data: []byte("a: [")}, "b.yaml": spec("B", "Y")}), []string{"A dir/a.yaml X", "B dir/b.yaml Y"}, []string{"A dir/a.yaml:1"}},
			{"and is mended", dir(fstest.MapFS{"a.yaml": spec("A", "Z"), "b.yaml": spec("B", "Y")}), []string{"A dir/a.yaml Z", "B dir/b.yaml Y"}, nil},
			{"and goes", dir(fstest.MapFS{"b.yaml": spec("B", "Y")}), []string{"B dir/b.yaml Y"}, nil},
		},
		"a file that moves takes its last good revision along": {
			{"here", dir(fstest.MapFS{"a.yaml": spec("A", "X")}), []string{"A dir/a.yaml X"}, nil},
			{"there, broken", dir(fstest.MapFS{"c.yaml": broken}), []string{"A dir/a.yaml X"}, []string{"A dir/c.yaml:4"}},
		},
		"a refused duplicate that is deleted harms nobody": {
			{"one holds the name", dir(fstest.MapFS{"b.yaml": spec("A", "X")}), []string{"A dir/b.yaml X"}, nil},
			{"another, first in order of files, wants it", dir(fstest.MapFS{"a.yaml": spec("A", "Y"), "b.yaml": spec("A", "X")}), []string{"A dir/b.yaml X"}, nil},
			{"and gives up", dir(fstest.MapFS{"b.yaml": spec("A", "X")}), []string{"A dir/b.yaml X"}, nil},
		},
		"the name passes on when its holder is deleted": {
			{"one holds the name", dir(fstest.MapFS{"b.yaml": spec("A", "X")}), []string{"A dir/b.yaml X"}, nil},
			{"another wants it", dir(fstest.MapFS{"a.yaml": spec("A", "Y"), "b.yaml": spec("A", "X")}), []string{"A dir/b.yaml X"}, nil},
			{"the holder goes", dir(fstest.MapFS{"a.yaml": spec("A", "Y")}), []string{"A dir/a.yaml Y"}, nil},
		},
		"of two that come together the first holds the name": {
			{"both at once", dir(fstest.MapFS{"a.yaml": spec("A", "X"), "b.yaml": spec("A", "Y")}), []string{"A dir/a.yaml X"}, nil},
		},
		"who claims an alias that is taken stays as it was": {
			{"apart", dir(fstest.MapFS{"a.yaml": spec("A", "X"), "b.yaml": spec("B", "Y")}), []string{"A dir/a.yaml X", "B dir/b.yaml Y"}, nil},
			{"B wants X too", dir(fstest.MapFS{"a.yaml": spec("A", "X"), "b.yaml": spec("B", "X", "Z")}), []string{"A dir/a.yaml X", "B dir/b.yaml Y"}, []string{"B dir/b.yaml:6"}},
			{"A leaves X to it", dir(fstest.MapFS{"a.yaml": spec("A"), "b.yaml": spec("B", "X", "Z")}), []string{"A dir/a.yaml", "B dir/b.yaml X Z"}, nil},
		},
		"who loses to one that loses itself loses nothing": {
			{"B wants Q of A and P, C wants P", dir(fstest.MapFS{"a.yaml": spec("A", "Q"), "b.yaml": spec("B", "P", "Q"), "c.yaml": spec("C", "P")}), []string{"A dir/a.yaml Q", "C dir/c.yaml P"}, []string{"B dir/b.yaml:6"}},
		},
		"two that each want the other's alias as well stay as they were": {
			{"apart", dir(fstest.MapFS{"a.yaml": spec("A", "X"), "b.yaml": spec("B", "Y")}), []string{"A dir/a.yaml X", "B dir/b.yaml Y"}, nil},
			{"both want both", dir(fstest.MapFS{"a.yaml": spec("A", "X", "Y"), "b.yaml": spec("B", "X", "Y")}), []string{"A dir/a.yaml X", "B dir/b.yaml Y"}, []string{"A dir/a.yaml:6", "B dir/b.yaml:6"}},
		},
		"an override takes over the names of what it overrides": {
			{"C holds X in an earlier source, A is refused it", map[string]fstest.MapFS{"built-in": {"c.yaml": spec("C", "X")}, "dir": {}}, []string{"C built-in/c.yaml X"}, nil},
			{"another wants it", map[string]fstest.MapFS{"built-in": {"a.yaml": spec("A", "X"), "c.yaml": spec("C", "X")}}, []string{"C built-in/c.yaml X"}, []string{"A built-in/a.yaml:6"}},
			{"C is overridden with X", dir(fstest.MapFS{"c.yaml": spec("C", "X")}), []string{"C dir/c.yaml X"}, []string{"A built-in/a.yaml:6"}},
		},
		"a broken document that is overridden is no newer revision": {
			{"it breaks", map[string]fstest.MapFS{"built-in": {"a.yaml": broken}, "dir": {}}, nil, []string{"A built-in/a.yaml:4"}},
			{"it is overridden", dir(fstest.MapFS{"a.yaml": spec("A", "X")}), []string{"A dir/a.yaml X"}, nil},
		},
		"a good document that breaks while it is overridden is none either": {
			{"both", map[string]fstest.MapFS{"built-in": {"a.yaml": spec("A")}, "dir": {"a.yaml": spec("A", "X")}}, []string{"A dir/a.yaml X"}, nil},
			{"it breaks", map[string]fstest.MapFS{"built-in": {"a.yaml": broken}}, []string{"A dir/a.yaml X"}, nil},
		},
		"a kind.yaml at the root takes nothing with it": {
			{"two kinds", dir(fstest.MapFS{"a.yaml": spec("A"), "B/kind.yaml": spec("B")}), []string{"A dir/a.yaml", "B dir/B/kind.yaml"}, nil},
			{"a third is copied there", dir(fstest.MapFS{"a.yaml": spec("A"), "B/kind.yaml": spec("B"), "kind.yaml": spec("C")}), []string{"A dir/a.yaml", "B dir/B/kind.yaml", "C dir/kind.yaml"}, nil},
		},
		"what cannot be opened has not been deleted": {
			{"two kinds", dir(fstest.MapFS{"a.yaml": spec("A"), "B/kind.yaml": spec("B")}), []string{"A dir/a.yaml", "B dir/B/kind.yaml"}, nil},
			{"a pipe, and a link that leads nowhere", dir(fstest.MapFS{"a.yaml": {Mode: fs.ModeNamedPipe}, "B/kind.yaml": {Data: []byte("../gone"), Mode: fs.ModeSymlink}}), []string{"A dir/a.yaml", "B dir/B/kind.yaml"}, []string{"A dir/a.yaml:1", "B dir/B/kind.yaml:1"}},
		},
		"two that swap an alias at once": {
			{"apart", dir(fstest.MapFS{"a.yaml": spec("A", "X"), "b.yaml": spec("B", "Y")}), []string{"A dir/a.yaml X", "B dir/b.yaml Y"}, nil},
			{"swapped", dir(fstest.MapFS{"a.yaml": spec("A", "Y"), "b.yaml": spec("B", "X")}), []string{"A dir/a.yaml Y", "B dir/b.yaml X"}, nil},
		},
		"who falls back gets its alias back from who took it": {
			{"apart", dir(fstest.MapFS{"a.yaml": spec("A", "X"), "b.yaml": spec("B"), "c.yaml": spec("C", "Z")}), []string{"A dir/a.yaml X", "B dir/b.yaml", "C dir/c.yaml Z"}, nil},
			{"A wants Z of C and leaves X, which B takes", dir(fstest.MapFS{"a.yaml": spec("A", "Z"), "b.yaml": spec("B", "X"), "c.yaml": spec("C", "Z")}), []string{"A dir/a.yaml X", "B dir/b.yaml", "C dir/c.yaml Z"}, []string{"A dir/a.yaml:6", "B dir/b.yaml:6"}},
		},
		"a later source overrides, for as long as it is there": {
			{"both", map[string]fstest.MapFS{"built-in": {"A/kind.yaml": spec("A", "X")}, "dir": {"a.yaml": spec("A", "Y")}}, []string{"A dir/a.yaml Y"}, nil},
			{"the override breaks", dir(fstest.MapFS{"a.yaml": broken}), []string{"A dir/a.yaml Y"}, []string{"A dir/a.yaml:4"}},
			{"the override goes", dir(fstest.MapFS{}), []string{"A built-in/A/kind.yaml X"}, nil},
		},
		"an override that was never good leaves what it would override": {
			{"both", map[string]fstest.MapFS{"built-in": {"A/kind.yaml": spec("A", "X")}, "dir": {"a.yaml": broken}}, []string{"A built-in/A/kind.yaml X"}, []string{"A dir/a.yaml:4"}},
		},
		"an alias that a kind of an earlier source holds is not overridden": {
			{"both", map[string]fstest.MapFS{"built-in": {"A/kind.yaml": spec("A", "X")}, "dir": {"b.yaml": spec("B", "X")}}, []string{"A built-in/A/kind.yaml X"}, []string{"B dir/b.yaml:6"}},
			{"unless its kind is", dir(fstest.MapFS{"a.yaml": spec("A"), "b.yaml": spec("B", "X")}), []string{"A dir/a.yaml", "B dir/b.yaml X"}, nil},
		},
		"a source that cannot be read keeps what it had": {
			{"readable", dir(fstest.MapFS{"a.yaml": spec("A", "X")}), []string{"A dir/a.yaml X"}, nil},
			{"not readable", dir(nil), []string{"A dir/a.yaml X"}, nil},
		},
		"a name that nobody holds says why": {
			{"broken from the start", dir(fstest.MapFS{"a.yaml": broken}), nil, []string{"A dir/a.yaml:4"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			roster := registry.New("built-in", "dir")
			for _, turn := range turns {
				roster = roster.Next(contentsOf(t, turn.sources)...)
				if diff := cmp.Diff(turn.inForce, inForce(roster.Set())); diff != "" {
					t.Errorf("%s: in force (-want +got):\n%s", turn.why, diff)
				}
				if diff := cmp.Diff(turn.refused, refusals(roster.Set())); diff != "" {
					t.Errorf("%s: refused (-want +got):\n%s", turn.why, diff)
				}
			}
		})
	}
}

func dir(files fstest.MapFS) map[string]fstest.MapFS { return map[string]fstest.MapFS{"dir": files} }

func contentsOf(t testing.TB, sources map[string]fstest.MapFS) []registry.Contents {
	t.Helper()
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	var all []registry.Contents
	for name, files := range sources {
		source := registry.Source{Name: name, FS: files}
		if files == nil {
			source.FS = unreadable{}
		}
		contents, err := parser.Source(source)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, contents)
	}
	return all
}

func inForce(set *kind.Set) []string {
	var all []string
	for _, k := range set.Kinds() {
		all = append(all, strings.Join(append([]string{k.Name(), k.File()}, k.Aliases()...), " "))
	}
	return all
}

// refusals has the place of every kind's first fault.
func refusals(set *kind.Set) []string {
	var all []string
	for _, name := range []string{"A", "B", "C"} {
		if faults, refused := set.Refusal(name); refused {
			all = append(all, fmt.Sprintf("%s %s:%d", name, faults[0].File, faults[0].Line))
		}
	}
	slices.Sort(all)
	return all
}

// unreadable is a file system whose root is gone.
type unreadable struct{}

// Open is part of fs.FS.
func (unreadable) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// A newcomer is told who holds what it claims; the holder's models are not.
func TestRosterSaysWhoHoldsAName(t *testing.T) {
	files := fstest.MapFS{"a.yaml": spec("A"), "b.yaml": spec("A")}
	entries := registry.New("dir").Next(contentsOf(t, dir(files))...).Entries()
	got := map[string]string{}
	for _, entry := range entries {
		got[entry.File] = entry.Refused.Error()
	}
	want := map[string]string{
		"dir/a.yaml": "",
		"dir/b.yaml": `dir/b.yaml:3: metadata.name: "A" is held by dir/a.yaml: rename one, or remove this one`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
}
