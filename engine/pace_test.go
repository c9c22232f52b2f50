package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
)

// attempt is one at a time after noon, and for how long it has to wait.
type attempt struct{ at, wait time.Duration }

func TestPaces(t *testing.T) {
	burstAt := func(at time.Duration) []attempt {
		attempts := make([]attempt, burst)
		for i := range attempts {
			attempts[i].at = at
		}
		return attempts
	}
	const ms = time.Millisecond
	for name, test := range map[string][]attempt{
		"a few changes are written at once":     burstAt(0),
		"then one per pause":                    append(burstAt(0), attempt{0, pause}, attempt{400 * ms, 600 * ms}, attempt{pause, 0}, attempt{pause, pause}),
		"waiting costs nothing":                 append(burstAt(0), attempt{0, pause}, attempt{0, pause}, attempt{pause, 0}),
		"who was silent may take a burst again": append(burstAt(0), burstAt(burst*pause)...),
		"and no more than one, however long":    append(append(burstAt(0), burstAt(time.Hour)...), attempt{time.Hour, pause}),
		"a clock that goes back gives one, too": append(burstAt(time.Hour), append(burstAt(0), attempt{0, pause})...),
		"one that goes forward gives a burst":   append(burstAt(0), burstAt(time.Hour)...),
	} {
		t.Run(name, func(t *testing.T) {
			p := newBackoffs()
			noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
			got := make([]attempt, len(test))
			for i, a := range test {
				got[i] = attempt{a.at, p.take(types.NamespacedName{Name: "granite"}, noon.Add(a.at))}
			}
			if diff := cmp.Diff(test, got, cmp.AllowUnexported(attempt{})); diff != "" {
				t.Errorf("attempts (-want +got):\n%s", diff)
			}
		})
	}
}

// A model has a pace of its own, and leaves nothing behind.
func TestPacesArePerModel(t *testing.T) {
	p, now := newBackoffs(), time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	loud, quiet := types.NamespacedName{Name: "loud"}, types.NamespacedName{Name: "quiet"}
	for p.take(loud, now) == 0 {
	}
	if wait := p.take(quiet, now); wait != 0 {
		t.Errorf("another model waits %s", wait)
	}
	p.forget(loud)
	p.forget(quiet)
	if len(p.spent) > 0 {
		t.Errorf("%d models are remembered after they are gone", len(p.spent))
	}
}

// Whatever the clock does, a write waits for a pause at most, and while it goes
// on there are no more than a burst and one per pause.
func FuzzPaces(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 200, 13, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, steps []byte) {
		now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		spent, passed, written := time.Time{}, time.Duration(0), 0
		for _, step := range steps {
			// 250 and more set the clock back by an hour: a new beginning.
			if step >= 250 {
				now, passed, written = now.Add(-time.Hour), 0, 0
			} else {
				passed += time.Duration(step) * 10 * time.Millisecond
				now = now.Add(time.Duration(step) * 10 * time.Millisecond)
			}
			var wait time.Duration
			if spent, wait = spend(spent, now); wait > pause || wait < 0 {
				t.Fatalf("waits %s", wait)
			}
			if wait == 0 {
				written++
			}
		}
		if atMost := burst + int(passed/pause); written > atMost {
			t.Fatalf("%d writes in %s, at most %d", written, passed, atMost)
		}
	})
}
