package authors_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/install"
)

// attack is one row: something that an author writes.
type attack struct {
	name string
	// why it would matter if it worked.
	why string
	// author changes the folder, which else is as harmless leaves it.
	author func(s *scene)
	// command is the line after maasctl; it is run in the folder.
	command []string
	// exit code that is right.
	exit int
	// says are parts of the output: what is bad is named.
	says []string
	// lacks may not be in the output.
	lacks []string
	// writes are the files, by path.Match in the folder, that the command may
	// make or change. There is nothing else that it may.
	writes []string
	// also looks at what else has to hold, and gives what does not.
	also func(s *scene, o outcome) []string
	// notices are the planted faults with which the row has to fail.
	notices []fault
	// long rows are left out of the short form.
	long bool
}

// findings is the exit code of rows whose text may be right or wrong in its
// place: with 0 it is shown, with 1 it is named.
const findings = -2

// whole says whether everything is played, or the short form.
func whole() bool { return os.Getenv("MAAS_ATTACKS") == "whole" }

// rows are all attacks.
func rows() []attack {
	return slices.Concat(thin(documents(), 30), thin(sizes(), 5), thin(budgets(), 5), thin(versions(), 7), thin(links(), 30), thin(waits(), 12), thin(names(), 20),
		thin(texts(), 60), formats(), thin(roles(), 3), writing(), thin(clusters(), 4))
}

// thin leaves one row of so many to the short form: the rows of a group are alike.
func thin(group []attack, many int) []attack {
	slices.SortFunc(group, func(a, b attack) int { return strings.Compare(a.name, b.name) })
	for i := range group {
		group[i].long = group[i].long || i%many != 0
	}
	return group
}

func TestAuthors(t *testing.T) {
	install.Sources(t)
	t.Parallel()
	seen := map[string]bool{}
	for _, a := range rows() {
		if seen[a.name] || a.why == "" {
			t.Errorf("%s: there are two rows of this name, or it does not say why", a.name)
		}
		seen[a.name] = true
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			if a.long && !whole() {
				t.Skip("only make attacks plays this row")
			}
			for _, failure := range a.play(t, sound) {
				t.Errorf("%s: %s", a.why, failure)
			}
		})
	}
	t.Logf("%d attacks", len(seen))
}

// The command lines of all rows go well where there is nothing hostile, so that
// no row passes because of a word that is wrong in its command.
func TestHarmless(t *testing.T) {
	t.Parallel()
	controls := map[string]attack{}
	for _, a := range rows() {
		if slices.Contains(a.command, kubeconfig) {
			continue // that the cluster was asked is what such a row has to say
		}
		if line := strings.Join(a.command, " "); !a.long || whole() {
			// Some rows may write less than the command does when all is well.
			controls[line] = attack{command: a.command, writes: append(controls[line].writes, a.writes...)}
		}
	}
	// A draft is written where there is none yet.
	drafts := []string{"out", "out/*", "out/*/*", "out/*/*/*"}
	for line, control := range controls {
		if slices.Contains(control.command, "new") {
			control.writes = drafts
		}
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			for _, failure := range control.play(t, sound) {
				t.Error(failure)
			}
		})
	}
}

// play lets an author at work and runs the command, of maasctl or of one with a
// fault. It gives what was not as it has to be.
func (a attack) play(t testing.TB, f fault) []string {
	s := newScene(t)
	if a.author != nil {
		a.author(s)
	}
	before := s.snapshot()
	o := s.run(f, a.command)
	failures := a.judge(s, o)
	return append(failures, changes(before, s.snapshot(), a.writes)...)
}
