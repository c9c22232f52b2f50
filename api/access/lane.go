package access

import (
	"math"
	"slices"
	"time"
)

// minDelay is the least time after which somebody who was turned away may come
// again.
const minDelay = time.Second

// minRoom is how many may wait however slow those before them were: the models that
// held them up hold up nobody behind them, see errand.
const minRoom = 16

// lane has the parties of one sort of callers: how many seats those that have begun
// hold, and those that wait, in the order of callers.
type lane struct {
	// most is how many seats they may hold, patience how long one may wait.
	most     int
	patience time.Duration
	// waitsOut is set where nobody is turned away early, although most wait in vain: they
	// have the rest of their answer meanwhile, and would come again at once.
	waitsOut bool

	// begun is how many hold seats, taken how many seats those are.
	begun, taken, waiting int
	// queues has one for each caller with parties that wait, the next in front.
	queues []*callerQueue
	// held is how long those that have left last held seats, in the mean; 0 means that
	// nobody has.
	held time.Duration
}

// callerQueue has the parties of one caller that wait. Its turn comes before those that
// have been waiting since later.
type callerQueue struct {
	caller  callerKey
	since   time.Time
	parties []*party
}

// begin gives a party its seats.
func (l *lane) begin(p *party, now time.Time) {
	p.hasBegun, p.since = true, now
	l.begun++
	l.taken += p.seats
}

// leave takes a party's seats back.
func (l *lane) leave(p *party, now time.Time) {
	const weight = 8 // of what was before against this one
	held := min(now.Sub(p.since), l.patience)
	if l.held > 0 {
		held = ((weight-1)*l.held + held) / weight
	}
	l.held = held
	l.begun--
	l.taken -= p.seats
}

// push lets a party wait.
func (l *lane) push(p *party) {
	l.waiting++
	if i := l.queueOf(p); i >= 0 {
		l.queues[i].parties = append(l.queues[i].parties, p)
		return
	}
	later := len(l.queues)
	for later > 0 && l.queues[later-1].since.After(p.asking) {
		later--
	}
	l.queues = slices.Insert(l.queues, later, &callerQueue{p.key.caller, p.asking, []*party{p}})
}

func (l *lane) queueOf(p *party) int {
	return slices.IndexFunc(l.queues, func(q *callerQueue) bool { return q.caller == p.key.caller })
}

// pop takes the first party of the next caller, whose others wait until all other
// callers had their turn.
func (l *lane) pop(now time.Time) *party {
	q := l.queues[0]
	p := q.parties[0]
	q.since, q.parties = now, q.parties[1:]
	l.waiting--
	l.queues = toBack(l.queues, 0, len(q.parties) > 0)
	return p
}

// pace is the time between two that begin, while some wait.
func (l *lane) pace() time.Duration { return l.held / time.Duration(max(1, l.begun)) }

// room is how many may wait: those that would begin while one has patience, as far
// as can be foreseen. A few may always wait and see.
func (l *lane) room() int {
	if l.held == 0 || l.waitsOut {
		return math.MaxInt
	}
	return max(minRoom, int(l.patience/max(1, l.pace())))
}

// delay is when somebody who is turned away may come again: when so few are before
// it that it would begin while it has patience.
func (l *lane) delay() time.Duration {
	return max(minDelay, time.Duration(l.waiting)*l.pace()-l.patience)
}

// last is whoever has to go first: the caller with most parties has one too many,
// among equals the one whose turn would come last.
func (l *lane) last() *party {
	longest := l.queues[0]
	for _, q := range l.queues {
		if len(q.parties) >= len(longest.parties) {
			longest = q
		}
	}
	return longest.parties[len(longest.parties)-1]
}

func (l *lane) remove(p *party) {
	i := l.queueOf(p)
	q := l.queues[i]
	q.parties = slices.DeleteFunc(q.parties, func(other *party) bool { return other == p })
	l.waiting--
	if len(q.parties) == 0 {
		l.queues = slices.Delete(l.queues, i, i+1)
	}
}
