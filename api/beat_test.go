package api

import (
	"testing"
	"time"
)

func TestBeat(t *testing.T) {
	at := func(d time.Duration) time.Time { return time.Unix(1_700_000_000, 0).Add(d) } // a round of phase 0 begins
	for name, test := range map[string]struct {
		phase, now, next time.Duration
		rounds           int64 // since 1,700,000,000 s
	}{
		"at a beat, the next one":          {0, 0, time.Second, 0},
		"just before one":                  {0, time.Second - 1, 1, 0},
		"between":                          {0, 1300 * time.Millisecond, 700 * time.Millisecond, 0},
		"the round is not over":            {0, 10*time.Second - 1, 1, 0},
		"the next round":                   {0, 10 * time.Second, time.Second, 1},
		"a caller of another phase":        {300 * time.Millisecond, 0, 300 * time.Millisecond, -1},
		"its beat":                         {300 * time.Millisecond, 300 * time.Millisecond, time.Second, 0},
		"its round":                        {9300 * time.Millisecond, 9299 * time.Millisecond, time.Millisecond, -1},
		"its next round":                   {9300 * time.Millisecond, 9300 * time.Millisecond, time.Second, 0},
		"a look that took long misses one": {0, 25500 * time.Millisecond, 500 * time.Millisecond, 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := beat{test.phase}
			if got := b.next(at(test.now)); got != test.next {
				t.Errorf("the next look is in %v, want %v", got, test.next)
			}
			if got := b.round(at(test.now)) - (beat{}).round(at(0)); got != test.rounds {
				t.Errorf("round %d, want %d", got, test.rounds)
			}
		})
	}
}

// Every caller has a phase within a round, and keeps it.
func TestBeatOfCallers(t *testing.T) {
	for _, first := range []byte{0, 1, 127, 128, 255} {
		key := [32]byte{first, first, first, first, first, first, first, first}
		if b := beatOf(key); b.phase < 0 || b.phase >= roundEvery || b != beatOf(key) {
			t.Errorf("phase %v", b.phase)
		}
	}
}
