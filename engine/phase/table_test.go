package phase

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func TestTheTableIsSound(t *testing.T) {
	if _, err := New(); err != nil {
		t.Fatal(err)
	}
}

func TestAFaultyTableIsReported(t *testing.T) {
	cases := map[string]struct {
		change func([]row) []row
		want   []string
	}{
		"an event without rows would be illegal everywhere": {
			change: func(rows []row) []row {
				return slices.DeleteFunc(rows, func(r row) bool { return r.Event == BackendFailed })
			},
			want: []string{
				"no row for event BackendFailed in phase Pending",
				"no row for event BackendFailed in phase Ready",
				"no row for event BackendFailed in phase Unhealthy",
				"no row for event BackendFailed in phase Failed",
			},
		},
		"one missing phase would be illegal there": {
			change: func(rows []row) []row {
				rows[0].From = []v1alpha1.Phase{v1alpha1.PhasePending, v1alpha1.PhaseReady, v1alpha1.PhaseFailed}
				return rows
			},
			want: []string{"no row for event BackendReady in phase Unhealthy"},
		},
		"of two rows looplab/fsm silently takes the last": {
			change: func(rows []row) []row {
				return append(rows, row{ReferenceLost, []v1alpha1.Phase{v1alpha1.PhaseReady}, v1alpha1.PhaseFailed})
			},
			want: []string{"more than one row for event ReferenceLost in phase Ready"},
		},
		"a phase named twice in one row is a slip as well": {
			change: func(rows []row) []row {
				rows[1].From = append(slices.Clone(rows[1].From), v1alpha1.PhasePending)
				return rows
			},
			want: []string{"more than one row for event BackendProgressing in phase Pending"},
		},
		"a source that no status ever holds": {
			change: func(rows []row) []row {
				return append(rows, row{BackendReady, []v1alpha1.Phase{"Deleting"}, v1alpha1.PhaseReady})
			},
			want: []string{`event BackendReady leaves unknown phase "Deleting"`},
		},
		"a target that the API server refuses": {
			change: func(rows []row) []row {
				rows[0].To = "Running"
				return rows
			},
			want: []string{`event BackendReady leads to unknown phase "Running"`},
		},
		"an event that classify never picks, and all faults at once": {
			change: func(rows []row) []row {
				return append(rows[1:], row{"BackendGone", []v1alpha1.Phase{v1alpha1.PhaseReady}, v1alpha1.PhaseFailed})
			},
			want: []string{
				`unknown event "BackendGone"`,
				"no row for event BackendReady in phase Pending",
				"no row for event BackendReady in phase Ready",
				"no row for event BackendReady in phase Unhealthy",
				"no row for event BackendReady in phase Failed",
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := newMachine(c.change(slices.Clone(table)))
			if !errors.Is(err, ErrTable) {
				t.Fatalf("error %v does not wrap ErrTable", err)
			}
			got := strings.Split(strings.ReplaceAll(err.Error(), ErrTable.Error()+": ", ""), "\n")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

// No checked table has an illegal transition, so this one is not checked.
func TestAnIllegalTransitionIsTyped(t *testing.T) {
	m := interpret([]row{{BackendReady, []v1alpha1.Phase{v1alpha1.PhasePending}, v1alpha1.PhaseReady}})
	for name, event := range map[string]Event{
		"the event has no row for the phase": BackendReady,
		"the event has no row at all":        BackendFailed,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := m.fire(t.Context(), v1alpha1.PhaseFailed, event); !errors.Is(err, ErrIllegalTransition) {
				t.Errorf("error %v does not wrap ErrIllegalTransition", err)
			}
		})
	}
}
