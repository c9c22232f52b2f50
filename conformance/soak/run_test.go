package soak

import (
	"strings"
	"sync"
	"testing"
)

// Those who act and those who look tell of the play at the same time, and a writer may
// be one that bears only one of them.
func TestSayAtTheSameTime(t *testing.T) {
	t.Parallel()
	const times = 100
	var progress strings.Builder
	s := &session{Options: Options{Progress: &progress}}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range times {
				s.say("a line")
			}
		})
	}
	all.Wait()
	if got := strings.Count(progress.String(), "a line\n"); got != 4*times {
		t.Errorf("%d of %d lines were told whole", got, 4*times)
	}
}
