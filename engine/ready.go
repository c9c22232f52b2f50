package engine

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// deadAfter is how long a watch may tell nothing before the process is called
// not ready. A restart of the API server takes less.
const deadAfter = time.Minute

// ready is a healthz.Checker. A replica that does not lead is ready to.
func (e *engine) ready(*http.Request) error {
	if !e.leads() {
		return nil
	}
	if watches := e.watches.Load(); watches == nil || watches.View().Kinds() == nil {
		return errors.New("the caches are not in sync")
	}
	return nil
}

// watching is a healthz.Checker: it fails while statuses may be wrong because a
// watch is dead. Types that are not installed, or may not be read, are said on
// the models concerned and are no failure of this process.
func (e *engine) watching(*http.Request) error {
	watches := e.watches.Load()
	if !e.leads() || watches == nil {
		return nil
	}
	now := e.options.Clock.Now()
	var dead []string
	for _, health := range watches.View().Health() {
		if health.Dead(now, deadAfter) {
			since := ""
			if !health.Since.IsZero() {
				since = " since " + health.Since.UTC().Format(time.RFC3339)
			}
			dead = append(dead, fmt.Sprintf("%s is %s%s", health.Type, health.State, since))
		}
	}
	if len(dead) == 0 {
		return nil
	}
	slices.Sort(dead)
	return fmt.Errorf("the API server answers no watch on: %s", strings.Join(dead, "; "))
}

func (e *engine) leads() bool {
	select {
	case <-e.manager.Elected():
		return true
	default:
		return false
	}
}
