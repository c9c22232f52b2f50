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
	// changes counts how often one of the caller's verdicts became another. Told is the
	// whole list as of one of these counts, narrowed are the last few selections of it.
	changes  atomic.Uint64
	told     atomic.Pointer[told]
	narrowed [8]atomic.Pointer[told]
	// looking is set while one list of the caller looks again.
	looking atomic.Bool
}

// lookAgain is how often in the lifetime of a verdict one of a caller's lists looks
// which permissions are to be renewed, at most. The others are told as before meanwhile.
const lookAgain = 50

// told is what a caller was told of a list, all of it from memory: of a selection, or
// where that is zero of the whole.
type told struct {
	verdicts *Verdicts
	summary  Summary
	of       Selection
	recalled int
	changes  uint64
	// looked is when it was found out, until how long it is in force at most, both in
	// nanoseconds since 1970.
	looked, until int64
}

// holds says whether the caller would be told the same now.
func (t *told) holds(list *recollection, now int64) bool {
	return t != nil && now < t.until && t.changes == list.changes.Load()
}

// at is where what was told of a selection is kept. Two that share a place take it from
// each other.
func (r *recollection) at(of Selection) *atomic.Pointer[told] {
	if of == (Selection{}) {
		return &r.told
	}
	return &r.narrowed[int(of[0])%len(r.narrowed)]
}

func (r *recollection) keep(what *told) { r.at(what.of).Store(what) }

// tell is what the caller was told before of a selection, or of the whole list, if that
// holds; nil has it looked up. Looks is set where that is to find out what is to be
// renewed: others are told as before until looking is cleared. Pause is the time between
// two of these.
func (r *recollection) tell(of Selection, now, pause int64) (before *told, looks bool) {
	before = r.at(of).Load()
	if !before.holds(r, now) || before.of != of {
		before = r.told.Load()
	}
	switch {
	case !before.holds(r, now):
		return nil, false
	case now >= before.looked+pause && r.looking.CompareAndSwap(false, true):
		return nil, true
	}
	return before, false
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

// changed says that a verdict of the caller became another one.
func (rs *recollections) changed(key callerKey) {
	if kept, ok := rs.byCaller.GetEntryQuietly(key); ok {
		kept.Value.changes.Add(1)
	}
}

// recallAll is what is remembered of the caller and the targets, or is not for
// endpoints to say.
func (c *Checker) recallAll(in inquiry, now int64) *tally {
	all := &tally{until: math.MaxInt64}
	for i, target := range in.targets {
		if target.settled != nil {
			in.set(i, *target.settled, Asked{})
			all.Decided++
			continue
		}
		if target.refused != nil {
			in.set(i, Refused, Asked{})
			if !target.reported.Swap(true) {
				c.reportRefusal(target, target.refused.Error())
			}
			continue
		}
		if target.asleep {
			verdict, asked := c.unwoken(in.caller, target, all)
			in.set(i, verdict, asked)
			continue
		}
		known, ok := c.memory.recallAt(in, i, now)
		if !ok {
			all.missed = append(all.missed, i)
			continue
		}
		in.set(i, known.verdict, Asked{known.checked, known.took})
		all.admitted = all.admitted || known.verdict == Allowed
		all.recalled++
		all.decided(known.checked)
		all.until = min(all.until, known.checked+int64(c.memory.believed(known.verdict)))
		if known.aged(now) {
			all.aged = append(all.aged, i)
		}
	}
	return all
}

// recallAt is recall of the caller's verdict on the target of an inquiry with a number;
// without a recollection of that list it is looked up.
func (m *memory) recallAt(in inquiry, number int, now int64) (remembered, bool) {
	target := in.targets[number]
	if in.list == nil {
		return m.recall(in.caller.decisionKey(target))
	}
	at := &in.list.cells[in.place(number)]
	if kept := at.Load(); kept != nil {
		if known, ok := m.read(kept); ok && now < known.checked+int64(m.believed(known.verdict)) {
			return known, true
		}
	}
	kept, known, ok := m.find(in.caller.decisionKey(target))
	if ok {
		at.Store(kept)
	}
	return known, ok
}
