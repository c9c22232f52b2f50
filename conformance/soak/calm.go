package soak

import (
	"sync"
	"time"
)

// calm knows which processes are disturbed, and since when they are not.
type calm struct {
	mu    sync.Mutex
	busy  map[string]int
	since map[string]time.Time
}

func newCalm() *calm { return &calm{busy: map[string]int{}, since: map[string]time.Time{}} }

// begin and end are of a disturbance of one process.
func (c *calm) begin(who string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy[who]++
}

func (c *calm) end(who string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy[who]--
	c.since[who] = time.Now()
}

// note says that a process is disturbed just now.
func (c *calm) note(who string) {
	c.begin(who)
	c.end(who)
}

// sinceAll is when the last disturbance of any of them ended: now while one goes on.
func (c *calm) sinceAll(who ...string) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	var last time.Time
	for _, one := range who {
		if c.busy[one] > 0 {
			return time.Now()
		}
		if c.since[one].After(last) {
			last = c.since[one]
		}
	}
	return last
}
