package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
	clocktesting "k8s.io/utils/clock/testing"
)

func widgetIn(phase, at string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "example.com/v1", "kind": "Widget", "metadata": map[string]any{"name": "granite", "resourceVersion": at},
		"status": map[string]any{"phase": phase, "lastHeartbeatTime": at},
	}}
}

// Each state that lasts is kept once, and the last one however it ends.
func TestRecorder(t *testing.T) {
	for name, c := range map[string]struct {
		// steps are phases that are seen, + for the settling time, and how it ends.
		steps  string
		states int
		want   string
		ended  bool
	}{
		"nothing but the first state":         {"+ stop", 9, "Pending", false},
		"each that lasts":                     {"+ Starting + Ready + stop", 9, "Pending Starting Ready", false},
		"one that does not last is no state":  {"+ Starting Ready + stop", 9, "Pending Ready", false},
		"nothing changes but times":           {"+ Pending Pending stop", 9, "Pending", false},
		"stopped before the last one settles": {"+ Starting + Ready stop", 9, "Pending Starting Ready", false},
		"stopped at once":                     {"stop", 9, "Pending", false},
		"as many as are wanted":               {"+ Starting +", 2, "Pending Starting", false},
		"the object is deleted":               {"+ Starting deleted", 9, "Pending Starting", false},
		"the watch ends":                      {"+ Starting refused", 9, "Pending Starting", true},
		"time is up":                          {"+ Starting + end", 9, "Pending Starting", false},
	} {
		t.Run(name, func(t *testing.T) {
			clock := clocktesting.NewFakeClock(time.Unix(0, 0))
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			events, saved, done := make(chan watch.Event), make(chan string), make(chan error, 1)
			var got []string
			r := recorder{clock: clock, settle: time.Second, duration: time.Hour, states: c.states,
				save: func(o *unstructured.Unstructured, _ time.Duration) error {
					saved <- fmt.Sprint(o.Object["status"].(map[string]any)["phase"])
					return nil
				}}
			go func() { done <- r.run(ctx, widgetIn("Pending", "0"), events) }()
			for i, step := range strings.Fields(c.steps) {
				// Once this is taken, everything before it was seen to.
				events <- watch.Event{Type: watch.Bookmark, Object: widgetIn("", "")}
				switch step {
				case "+":
					clock.Step(time.Second)
					got = append(got, <-saved)
				case "end":
					clock.Step(time.Hour)
				case "stop":
					stop()
				case "deleted":
					events <- watch.Event{Type: watch.Deleted, Object: widgetIn("", "")}
				case "refused":
					events <- watch.Event{Type: watch.Error}
				default:
					events <- watch.Event{Type: watch.Modified, Object: widgetIn(step, fmt.Sprint(i))}
				}
			}
			var err error
			for open := true; open; {
				select {
				case phase := <-saved:
					got = append(got, phase)
				case err = <-done:
					open = false
				}
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("states (-want +got):\n%s", diff)
			}
			if errors.Is(err, errEnded) != c.ended || err != nil && !c.ended {
				t.Errorf("error %v, want one: %v", err, c.ended)
			}
		})
	}
}
