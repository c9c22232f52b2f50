package access

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// recollection has at hand where a caller's verdicts on the targets of a whole list
// are remembered, each in the place of its target. To look up 10,000 of them one by
// one takes longer than all the rest of a list.
type recollection struct {
	targets []*Target
	cells   []atomic.Pointer[cell]
}

// of says whether the recollection is of exactly this list.
func (r *recollection) of(targets []*Target) bool {
	return len(r.targets) == len(targets) && (len(targets) == 0 || &r.targets[0] == &targets[0])
}

// recollections are those of the callers who list, one each. They hold as many
// verdicts as are remembered, and one is let go when its caller has not listed for as
// long as a verdict is believed: all of them have run out by then.
type recollections struct {
	byCaller *otter.Cache[callerKey, *recollection]
}

func newRecollections(ttl time.Duration, most int) (*recollections, error) {
	byCaller, err := otter.New(&otter.Options[callerKey, *recollection]{
		MaximumWeight:    uint64(most), //nolint:gosec // positive
		Weigher:          func(_ callerKey, r *recollection) uint32 { return uint32(min(len(r.cells), math.MaxUint32)) },
		ExpiryCalculator: otter.ExpiryAccessing[callerKey, *recollection](ttl),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of whole lists: %w", err)
	}
	return &recollections{byCaller}, nil
}

// at gives the caller's recollection of the targets, a new one where none is kept.
func (rs *recollections) at(key callerKey, targets []*Target) *recollection {
	if kept, ok := rs.byCaller.GetIfPresent(key); ok && kept.of(targets) {
		return kept
	}
	r := &recollection{targets: targets, cells: make([]atomic.Pointer[cell], len(targets))}
	rs.byCaller.Set(key, r)
	return r
}

// recallAt is recall of a caller's verdict on the target in a place of a list; without
// a recollection of that list it is looked up.
func (m *memory) recallAt(list *recollection, place int, caller *Caller, target *Target, now int64) (remembered, bool) {
	if list == nil {
		return m.recall(caller.decisionKey(target))
	}
	if kept := list.cells[place].Load(); kept != nil {
		if known, ok := m.read(kept); ok && now < known.checked+int64(m.believed(known.verdict)) {
			return known, true
		}
	}
	kept, known, ok := m.find(caller.decisionKey(target))
	if ok {
		list.cells[place].Store(kept)
	}
	return known, ok
}
