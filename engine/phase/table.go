package phase

import (
	"errors"
	"fmt"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Event is what an observation means for a model's phase.
type Event string

// The events. Exactly one of them is fired per decision.
const (
	// BackendReady: ready at the current generation, with a valid endpoint.
	BackendReady Event = "BackendReady"
	// BackendProgressing: not ready, a status of an earlier generation, or no
	// endpoint yet; it may heal by itself.
	BackendProgressing Event = "BackendProgressing"
	// ReferenceLost: the referent or its type is absent, or it is being deleted.
	ReferenceLost Event = "ReferenceLost"
	// BackendFailed: the backend reports a failure, or an endpoint that may
	// not be published.
	BackendFailed Event = "BackendFailed"
	// ReferenceRefused: the kind is unknown or the reference is not permitted.
	ReferenceRefused Event = "ReferenceRefused"
)

// events and phases span the table, in the order in which they are shown.
var (
	events = []Event{BackendReady, BackendProgressing, ReferenceLost, BackendFailed, ReferenceRefused}
	phases = []v1alpha1.Phase{v1alpha1.PhasePending, v1alpha1.PhaseReady, v1alpha1.PhaseUnhealthy, v1alpha1.PhaseFailed}
)

// Phases are all phases, in the order in which they are shown.
func Phases() []v1alpha1.Phase { return slices.Clone(phases) }

// row sends every phase of From to To when the event is fired.
type row struct {
	Event Event
	From  []v1alpha1.Phase
	To    v1alpha1.Phase
}

// table is the whole state machine. Whoever was Ready once becomes Unhealthy
// where a newcomer stays Pending: the difference between an outage and a start.
var table = []row{
	{BackendReady, phases, v1alpha1.PhaseReady},
	{BackendProgressing, []v1alpha1.Phase{v1alpha1.PhasePending, v1alpha1.PhaseFailed}, v1alpha1.PhasePending},
	{BackendProgressing, []v1alpha1.Phase{v1alpha1.PhaseReady, v1alpha1.PhaseUnhealthy}, v1alpha1.PhaseUnhealthy},
	{ReferenceLost, []v1alpha1.Phase{v1alpha1.PhasePending, v1alpha1.PhaseFailed}, v1alpha1.PhasePending},
	{ReferenceLost, []v1alpha1.Phase{v1alpha1.PhaseReady, v1alpha1.PhaseUnhealthy}, v1alpha1.PhaseUnhealthy},
	{BackendFailed, phases, v1alpha1.PhaseFailed},
	{ReferenceRefused, phases, v1alpha1.PhaseFailed},
}

// ErrTable is wrapped by every fault that New finds in the transition table.
var ErrTable = errors.New("faulty transition table")

// check reports every fault of a table: looplab/fsm accepts them all, lets the
// last of two rows win and finds a missing one only when the event is fired.
func check(rows []row) error {
	type cell struct {
		event Event
		from  v1alpha1.Phase
	}
	seen := map[cell]int{}
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%w: "+format, append([]any{ErrTable}, args...)...))
	}
	for _, r := range rows {
		if !slices.Contains(events, r.Event) {
			fault("unknown event %q", r.Event)
		}
		if !slices.Contains(phases, r.To) {
			fault("event %s leads to unknown phase %q", r.Event, r.To)
		}
		for _, from := range r.From {
			if !slices.Contains(phases, from) {
				fault("event %s leaves unknown phase %q", r.Event, from)
			}
			seen[cell{r.Event, from}]++
		}
	}
	for _, event := range events {
		for _, from := range phases {
			switch seen[cell{event, from}] {
			case 0:
				fault("no row for event %s in phase %s", event, from)
			case 1:
			default:
				fault("more than one row for event %s in phase %s", event, from)
			}
		}
	}
	return errors.Join(faults...)
}
