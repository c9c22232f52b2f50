package authors_test

import (
	"slices"
	"strings"
	"testing"
)

// Every row fails with a maasctl that has the fault which the row is there to
// notice, and every fault is noticed. The short form plants each fault once.
func TestPlantedFaults(t *testing.T) {
	t.Parallel()
	planted := map[fault]int{}
	for _, a := range rows() {
		for _, f := range a.notices {
			planted[f]++
			if !slices.Contains(faults(), f) {
				t.Errorf("%s notices %q, which is no fault", a.name, f)
			}
			if planted[f] > 1 && !whole() {
				continue
			}
			t.Run(string(f)+"/"+a.name, func(t *testing.T) {
				t.Parallel()
				failures := a.play(t, f)
				if len(failures) == 0 {
					t.Errorf("a maasctl that %s passes the attack %q", f, a.name)
				}
				t.Logf("noticed: %.300s", strings.Join(failures, "\n"))
				for _, failure := range a.play(t, none) {
					t.Errorf("the row fails without a fault as well, so that nothing is known of it: %s", failure)
				}
			})
		}
	}
	for _, f := range faults() {
		if planted[f] == 0 {
			t.Errorf("no row notices a maasctl that %s", f)
		}
	}
}
