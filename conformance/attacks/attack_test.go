package attacks

import (
	"os"
	"slices"
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
	// long rows are left out of the short form.
	long bool
	// alone keeps other rows from running at the time: what the row measures or
	// takes is the whole process's.
	alone bool
}

// whole says whether everything is played, or the short form.
func whole() bool { return os.Getenv("MAAS_ATTACKS") == "whole" }

// rows are all attacks, by group.
func rows() map[string][]attack {
	return map[string][]attack{
		"backends": slices.Concat(redirects(), credentials(), echoes(), garbage(), endless(), leftovers(), ambiguous(), certificates(), addresses(), rebinding()),
		"callers":  slices.Concat(presented(), forwarded(), sharing(), secrets(), paths(), methods(), origins(), smuggled(), sizes(), multiplexed()),
	}
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
				if a.long && !whole() {
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
