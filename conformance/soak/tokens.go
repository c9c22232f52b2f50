package soak

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// judgeAfter is how long an arrival waits to be judged: what was published just
// before it has been read by then.
const judgeAfter = 3 * time.Second

// tokens counts those that came to a backend which was no model's endpoint.
type tokens struct {
	// within is how long the API may go on with an endpoint that was withdrawn.
	within  time.Duration
	start   time.Time
	before  func(time.Time) []string
	waiting []arrival

	mu sync.Mutex
	// published has when each host was last known to be an endpoint.
	published map[string]time.Time
	faults    []*Fault
}

// publish notes the endpoints that there are.
func (t *tokens) publish(now time.Time, hosts []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.published == nil {
		t.published = map[string]time.Time{}
	}
	for _, host := range hosts {
		t.published[host] = now
	}
}

// look judges those arrivals that have waited. calmSince is as for judge.look: what
// came before it is judged with more patience.
func (t *tokens) look(now, calmSince time.Time, arrivals []arrival) {
	t.waiting = append(t.waiting, arrivals...)
	t.waiting = slices.DeleteFunc(t.waiting, func(a arrival) bool {
		if now.Sub(a.at) < judgeAfter || a.at.After(calmSince) && now.Sub(calmSince) < judgeAfter {
			return false
		}
		t.one(a, calmSince)
		return true
	})
}

func (t *tokens) one(a arrival, calmSince time.Time) {
	found := ""
	t.mu.Lock()
	last, known := t.published[a.host]
	t.mu.Unlock()
	switch {
	case len(a.authorization) != 1 || !isCallers(a.authorization[0]):
		found = fmt.Sprintf("an Authorization that is no caller's as it was sent, %d times", len(a.authorization))
	case !strings.HasSuffix(a.host, "."+string(a.backend)+"."+domain):
		found = "a backend of another sort: " + string(a.backend)
	case !known:
		found = "a host that never was an endpoint"
	case a.at.Sub(last) > t.within && a.at.Sub(calmSince) > t.within:
		found = fmt.Sprintf("a host that was an endpoint %s before", a.at.Sub(last).Round(time.Second))
	}
	if found == "" {
		return
	}
	t.faults = append(t.faults, &Fault{What: tokenAstray, Who: a.host, At: a.at.Sub(t.start),
		Expected: "a caller's token at the endpoint of a MaaSModel", Found: found, Before: t.before(a.at)})
}

// isCallers says whether an Authorization is what one of the callers sends.
func isCallers(authorization string) bool {
	return slices.ContainsFunc(callers(), func(c Caller) bool { return c.authorization() == authorization })
}
