package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/events"
	clocktesting "k8s.io/utils/clock/testing"
)

// How many of so many Events at one time, and of as many again after a minute, are
// told. What is not told is counted.
func TestBoundedEvents(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		eventType string
		at        int
		want      [2]int
	}{
		"a few":                      {corev1.EventTypeNormal, 20, [2]int{20, 20}},
		"a start of thousands":       {corev1.EventTypeNormal, 5000, [2]int{100, 100}},
		"a rack of models goes down": {corev1.EventTypeWarning, 400, [2]int{400, 400}},
		"all models go down":         {corev1.EventTypeWarning, 5000, [2]int{500, 500}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, clock, m := events.NewFakeRecorder(2*test.at), clocktesting.NewFakePassiveClock(time.Unix(1, 0)), newMetrics()
			recorder := bounded(fake, clock, m.droppedEvents)
			var got [2]int
			for round := range got {
				before := len(fake.Events)
				for range test.at {
					recorder.Eventf(nil, nil, test.eventType, "Ready", "Resolve", "it is ready")
				}
				got[round] = len(fake.Events) - before
				clock.SetTime(clock.Now().Add(time.Minute))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
