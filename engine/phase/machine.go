package phase

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/looplab/fsm"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// ErrIllegalTransition is wrapped by every error of Decide. The table is total,
// so it means a bug in this package and not a fault of a model or a backend.
var ErrIllegalTransition = errors.New("illegal transition")

// Machine decides phases. It is safe for concurrent use, and no decision leaves
// a trace in it.
type Machine struct {
	// fsms are *fsm.FSM at rest: making one costs more than all else of a decision.
	fsms *sync.Pool
}

// New makes a Machine and checks its table: total over phases and events, no
// two rows for the same of them, no unknown names. The error joins all faults,
// each wrapping ErrTable.
func New() (*Machine, error) { return newMachine(table) }

func newMachine(rows []row) (*Machine, error) {
	if err := check(rows); err != nil {
		return nil, err
	}
	return interpret(rows), nil
}

// interpret makes the Machine of a table, which may be any.
func interpret(rows []row) *Machine {
	var transitions []fsm.EventDesc
	for _, r := range rows {
		from := make([]string, len(r.From))
		for i, p := range r.From {
			from[i] = string(p)
		}
		transitions = append(transitions, fsm.EventDesc{Name: string(r.Event), Src: from, Dst: string(r.To)})
	}
	return &Machine{fsms: &sync.Pool{New: func() any { return fsm.NewFSM("", transitions, nil) }}}
}

// fire gives the phase that an event leads to. Each call has an FSM of its own,
// and keeps a cancelled context from it: cancelled in the middle of an event,
// an FSM stays in transition for ever.
func (m *Machine) fire(ctx context.Context, from v1alpha1.Phase, event Event) (v1alpha1.Phase, error) {
	machine, _ := m.fsms.Get().(*fsm.FSM)
	defer m.fsms.Put(machine)
	machine.SetState(string(from))
	err := machine.Event(context.WithoutCancel(ctx), string(event))
	if stayed, ok := errors.AsType[fsm.NoTransitionError](err); ok {
		err = stayed.Err
	}
	if err != nil {
		return "", fmt.Errorf("%w: event %s in phase %s: %w", ErrIllegalTransition, event, from, err)
	}
	return v1alpha1.Phase(machine.Current()), nil
}

// known reads a stored phase: an empty one, or one that only another version
// of the controller knows, counts as Pending.
func known(stored v1alpha1.Phase) v1alpha1.Phase {
	if slices.Contains(phases, stored) {
		return stored
	}
	return v1alpha1.PhasePending
}
