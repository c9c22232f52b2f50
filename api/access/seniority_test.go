package access

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Half as many callers again as may wait ask all the time: as one is served, the next
// one asks. Whoever was told to come again is served before those who came later, and
// not when chance has a place for it.
func TestWhoComesAgainIsServedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := DefaultLimits()
		limits.PerCheck, limits.InFlight = 4, 16
		c, n := newTestChecker(t, limits)
		defer c.Close()
		targets := models(t, c, n, "team", 25, takes(20*time.Millisecond, http.StatusOK))
		const clients, callers = 80, 400
		var next, cameAgain atomic.Int64
		var mu sync.Mutex
		var longest time.Duration
		var group sync.WaitGroup
		started := time.Now()
		for i := range clients {
			group.Go(func() {
				pass(time.Duration(i) * time.Microsecond)
				for n := next.Add(1); n <= callers; n = next.Add(1) {
					who := caller(t, fmt.Sprint("caller", n))
					took := elapsed(func() {
						for {
							summary := c.Check(t.Context(), who, targets, make([]Decision, len(targets)))
							if summary.Busy == 0 {
								return
							}
							cameAgain.Add(1)
							pass(time.Duration(math.Ceil(summary.Busy.Seconds())) * time.Second)
						}
					})
					mu.Lock()
					longest = max(longest, took)
					mu.Unlock()
				}
			})
		}
		group.Wait()
		// What it takes where all wait in one row, and to come back twice.
		most := time.Since(started)*clients/callers + 4*time.Second
		t.Logf("%d callers in %v, told %d times to come again, at most %v", callers, time.Since(started), cameAgain.Load(), longest)
		if longest > most || cameAgain.Load() == 0 {
			t.Errorf("one was served after %v, want %v at most; they were told %d times to come again, want some", longest, most, cameAgain.Load())
		}
	})
}

// A caller that is turned away again and again gets no further in front than others
// may, and one that was served is as new.
func TestSeniorityIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := newSeniority()
		if err != nil {
			t.Fatal(err)
		}
		defer s.close()
		p := &party{asking: time.Now()}
		for range 5 {
			s.turnedAway(p)
			pass(4 * time.Second)
			p.asking = s.of(p.key.caller, time.Now())
		}
		if ahead := time.Since(p.asking); ahead != seniorFor {
			t.Errorf("it is %v in front, want %v", ahead, seniorFor)
		}
		s.served(p)
		if ahead := time.Since(s.of(p.key.caller, time.Now())); ahead != 0 {
			t.Errorf("after it was served it is %v in front", ahead)
		}
	})
}
