package reflector

import (
	"sync"
	"time"

	"k8s.io/utils/clock"
)

// proven is how long a watch has to last for what was read to count as true since
// it began: one that goes on from an expired version is opened, and ended at once.
const proven = time.Second

// link is how one type stands with the API server.
type link struct {
	clock clock.PassiveClock

	mu sync.Mutex
	// down is since when it is not connected; zero while it is.
	down time.Time
	// was is what down was before the last connection, which began at up.
	up, was time.Time
}

func (l *link) connected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down.IsZero() && !l.up.IsZero() {
		return
	}
	l.up, l.was, l.down = l.clock.Now(), l.down, time.Time{}
}

func (l *link) lost() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.down.IsZero() {
		return
	}
	l.down = l.clock.Now()
	if !l.was.IsZero() && l.down.Sub(l.up) < proven {
		l.down = l.was
	}
}

// since is when it was lost; zero while it is connected.
func (l *link) since() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}
