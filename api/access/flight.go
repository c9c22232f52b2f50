package access

import (
	"slices"
	"sync"
	"time"
)

// answer is what came of asking one target.
type answer struct {
	remembered
	retryAfter time.Duration
	// late means that the asker did not wait for the answer to a trial, tooLate that
	// this process may not have seen the answer.
	late, tooLate bool
}

// arrival is the answer to the question with a number.
type arrival struct {
	question int
	answer   answer
}

// asker is where the answer to a question is sent. There is room in the channel
// for one answer to each question.
type asker struct {
	arrivals chan<- arrival
	question int
}

func (a asker) tell(what answer) { a.arrivals <- arrival{a.question, what} }

// flights are the probes under way, with all who asked the same while they are.
// Each asker is told once.
type flights struct {
	mu     sync.Mutex
	askers map[decisionKey][]asker
}

func newFlights() *flights { return &flights{askers: map[decisionKey][]asker{}} }

// join shares a probe that is under way, if there is one.
func (f *flights) join(key decisionKey, who asker) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	askers, underWay := f.askers[key]
	if underWay {
		f.askers[key] = append(askers, who)
	}
	return underWay
}

// begin says that a probe is under way now, for the asker if there is one; false
// means that another was faster, which the asker shares.
func (f *flights) begin(key decisionKey, who ...asker) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	askers, underWay := f.askers[key]
	f.askers[key] = append(askers, who...)
	return !underWay
}

// leave tells an asker, by what, that it need not wait any longer.
func (f *flights) leave(key decisionKey, who asker, what answer) {
	f.mu.Lock()
	askers := f.askers[key]
	place := slices.Index(askers, who)
	if place >= 0 {
		f.askers[key] = slices.Delete(askers, place, place+1)
	}
	f.mu.Unlock()
	if place >= 0 {
		who.tell(what)
	}
}

// land tells everybody the answer.
func (f *flights) land(key decisionKey, what answer) {
	f.mu.Lock()
	askers := f.askers[key]
	delete(f.askers, key)
	f.mu.Unlock()
	for _, who := range askers {
		who.tell(what)
	}
}
