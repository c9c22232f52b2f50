package attacks

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/attacks/isolate"
)

// attack is one row: something that a backend or a caller tries.
type attack struct {
	name string
	// why it would matter if it worked.
	why string
	// try does it. What is to come of it is said with the methods expect of the
	// scene; that no token goes astray is looked at after every row.
	try func(s *scene)
	// notices are the planted faults with which the row has to fail.
	notices []fault
	// long rows are left out of the short form, and so are spare ones, which are
	// like another row of their group: planted faults are noticed by either.
	long, spare bool
	// alone keeps other rows from running at the time: what the row measures or
	// takes is the whole process's.
	alone bool
}

// leftOut is the row for the long form alone.
func (a attack) leftOut() attack {
	a.long = true
	return a
}

// whole says whether everything is played, or the short form.
func whole() bool { return os.Getenv("MAAS_ATTACKS") == "whole" }

// rows are all attacks, by group.
func rows() map[string][]attack {
	return map[string][]attack{
		"backends": slices.Concat(thin(redirects(), 3), credentials(), thin(echoes(), 4), thin(garbage(), 3), endless(), thin(leftovers(), 3), thin(ambiguous(), 3),
			thin(certificates(), 5), thin(addresses(), 8), thin(rebinding(), 3)),
		"callers": slices.Concat(thin(presented(), 3), thin(forwarded(), 4), sharing(), secrets(), thin(paths(), 8), thin(methods(), 3), thin(origins(), 4),
			thin(smuggled(), 3), sizes(), multiplexed()),
	}
}

// thin leaves one row of so many to the short form: the rows of a group are alike.
func thin(group []attack, many int) []attack {
	slices.SortFunc(group, func(a, b attack) int { return strings.Compare(a.name, b.name) })
	for i := range group {
		group[i].spare = i%many != 0
	}
	return group
}

func TestAttacks(t *testing.T) {
	isolate.Require(t)
	w := newWorld(t)
	names := map[string]bool{}
	for group, attacks := range rows() {
		for _, a := range attacks {
			name := group + "/" + a.name
			if names[name] || a.why == "" {
				t.Errorf("%s: there are two rows of this name, or it does not say why", name)
			}
			names[name] = true
			t.Run(name, func(t *testing.T) {
				if (a.long || a.spare) && !whole() {
					t.Skip("only make attacks plays this row")
				}
				if !a.alone {
					t.Parallel()
				}
				for _, failure := range w.play(t, a, "") {
					t.Errorf("%s: %s", a.why, failure)
				}
			})
		}
	}
	t.Logf("%d attacks", len(names))
}

// play tries an attack against the API, or one with a fault, and gives what was
// not as it has to be.
func (w *world) play(t *testing.T, a attack, f fault) []string {
	s := w.newScene(t, f)
	a.try(s)
	s.finish()
	return s.failures()
}
