package engine

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// burst is how many attempts at a write one model's status may take in a row,
// and pause how far apart they are after these. A backend that flips ten times
// a second would otherwise have every flip stored in etcd and sent to whoever
// watches, and two writers that undo each other would do so without end.
const (
	burst = 10
	pause = time.Second
)

// backoffs says when the status of a model may be written. What may not be written
// yet is not lost: it is decided again when the pause is over, on what is true
// then.
type backoffs struct {
	mu sync.Mutex
	// spent is, per model, when the last of its attempts will be made up for.
	spent map[types.NamespacedName]time.Time
}

func newBackoffs() *backoffs {
	return &backoffs{spent: map[types.NamespacedName]time.Time{}}
}

// take spends an attempt of a model's, or says how long there is none: more
// than 0 and never more than pause.
func (p *backoffs) take(model types.NamespacedName, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	next, wait := spend(p.spent[model], now)
	p.spent[model] = next
	return wait
}

// forget makes room of a model that is gone.
func (p *backoffs) forget(model types.NamespacedName) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.spent, model)
}

// spend adds a pause to what is spent already, if that leaves no more than a
// burst ahead of now. What lies further ahead was written down before the clock
// went back, and says nothing any more.
func spend(spent, now time.Time) (next time.Time, wait time.Duration) {
	const full = burst * pause
	if spent.Before(now) || spent.After(now.Add(full)) {
		spent = now
	}
	if wait = spent.Add(pause).Sub(now) - full; wait > 0 {
		return spent, wait
	}
	return spent.Add(pause), 0
}
