package soak

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A seed has the same things happen each time, and another one others.
func TestPlanIsOfTheSeed(t *testing.T) {
	t.Parallel()
	const lasts = 5 * time.Minute
	if diff := cmp.Diff(Plan(7, lasts, 30), Plan(7, lasts, 30)); diff != "" {
		t.Errorf("the same seed plans otherwise:\n%s", diff)
	}
	if cmp.Equal(Plan(7, lasts, 30), Plan(8, lasts, 30)) {
		t.Error("another seed plans the same")
	}
}

// Whatever the seed, a plan has what a run is judged by.
func TestPlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lasts time.Duration
		rests int
	}{
		"the shortest":       {2 * restFor, 1},
		"the one of go test": {80 * time.Second, 1},
		"some minutes":       {6 * time.Minute, 4},
		"an hour":            {time.Hour, 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(20) {
				steps := Plan(seed, test.lasts, 30)
				rests := 0
				var last, lastHeavy time.Duration
				for _, s := range steps {
					if s.At < last {
						t.Fatalf("seed %d: %s comes after %s", seed, s, last)
					}
					last = s.At
					switch s.Do {
					case mend:
						rests++
					case kill, freeze, setCRD, setKind:
						if lastHeavy > 0 && s.At-lastHeavy < heavyPause {
							t.Errorf("seed %d: %s is %s after the one before", seed, s, s.At-lastHeavy)
						}
						lastHeavy = s.At
					}
					if s.Do == kill && s.Target != theServer && s.At > test.lasts/3+90*time.Second {
						t.Errorf("seed %d: %s leaves no time to see whether anything grows", seed, s)
					}
				}
				if rests != test.rests || steps[len(steps)-1].Do != mend || last+restFor != test.lasts {
					t.Errorf("seed %d: %d rests, want %d; it ends with %s and lasts %s", seed, rests, test.rests, steps[len(steps)-1], last+restFor)
				}
			}
		})
	}
}
