package phase_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// However far off the clock was that wrote since when a backend is not ready,
// and however the clock jumps while that is waited for, a model is not kept
// Ready for longer than the dwell by a clock that goes on. It is looked at
// again no sooner than in a second, and looking twice changes nothing.
func TestSkewNeverHoldsLonger(t *testing.T) {
	const dwell = 10 * time.Second
	lagging := observe(stale, dwelling(dwell))
	skews := []time.Duration{-24 * time.Hour, -dwell, -time.Second, -time.Millisecond, 0,
		time.Millisecond, time.Second, dwell, dwell + time.Second, 24 * time.Hour}
	m := newMachine(t)
	for _, written := range skews {
		for _, jump := range skews {
			now := noon.Add(48 * time.Hour)
			status := decide(t, m, ready(t, m), lagging, now.Add(written)).Status
			// The first look is by the clock of before the jump.
			d := decide(t, m, status, lagging, now)
			now = now.Add(jump)
			held := time.Duration(0)
			for d = decide(t, m, d.Status, lagging, now); d.Held; d = decide(t, m, d.Status, lagging, now) {
				if d.Recheck < time.Second || d.Recheck > dwell {
					t.Fatalf("written %s off, jump of %s: looks again in %s", written, jump, d.Recheck)
				}
				again := decide(t, m, d.Status, lagging, now)
				if diff := cmp.Diff(d.Status, again.Status); diff != "" {
					t.Fatalf("written %s off, jump of %s: looking twice changes (-first +second):\n%s", written, jump, diff)
				}
				now, held = now.Add(d.Recheck), held+d.Recheck
				// Stored times are in whole seconds, so a look may come one later.
				if held > dwell+time.Second {
					t.Fatalf("written %s off, jump of %s: still held after %s", written, jump, held)
				}
			}
		}
	}
}
