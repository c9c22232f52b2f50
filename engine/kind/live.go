package kind

import "sync"

// Live is the set of kinds in force. It is replaced as a whole while others
// read it, and is safe for concurrent use.
type Live struct {
	mu      sync.RWMutex
	set     *Set
	changed chan struct{}
}

// NewLive begins with a set.
func NewLive(set *Set) *Live {
	return &Live{set: set, changed: make(chan struct{})}
}

// Set is the set in force. Whoever decides something asks once and stays with
// the answer, so that a decision is made by one set.
func (l *Live) Set() *Set {
	set, _ := l.Watch()
	return set
}

// Watch is the set in force, and a channel that is closed when another one is.
func (l *Live) Watch() (*Set, <-chan struct{}) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.set, l.changed
}

// Lookup finds a kind of the set in force by its name or one of its aliases.
func (l *Live) Lookup(name string) (*Kind, bool) { return l.Set().Lookup(name) }

// Replace puts another set in force.
func (l *Live) Replace(set *Set) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set = set
	close(l.changed)
	l.changed = make(chan struct{})
}
