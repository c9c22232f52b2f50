package outage_test

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// bound is how long after the API server answers again both programs may take to
// know what is true.
const bound = 10 * time.Second

// An API server that was away is followed again soon after it answers.
func TestStopped(t *testing.T) {
	s := newScene(t, false)
	s.play(t, func(lasts time.Duration) {
		s.plane.StopServer(t)
		s.last(t, lasts)
		s.plane.StartServer(t)
	})
}

// So is one that nothing came from, while no connection was closed.
func TestSilent(t *testing.T) {
	s := newScene(t, true)
	s.play(t, func(lasts time.Duration) {
		s.line.Silence()
		s.last(t, lasts)
		s.line.Hear()
	})
}

// play has outages one after the other, and holds each to the bound. OUTAGE_ROUNDS
// measures instead: how often an outage of 20 s and one of 60 s are played.
func (s *scene) play(t *testing.T, outage func(lasts time.Duration)) {
	t.Helper()
	rounds, err := strconv.Atoi(os.Getenv("OUTAGE_ROUNDS"))
	measuring := err == nil
	lengths := []time.Duration{20 * time.Second, time.Minute}
	if !measuring {
		rounds, lengths = 1, []time.Duration{0}
	}
	for _, lasts := range lengths {
		for round := range rounds {
			name := fmt.Sprintf("%d-%d", int(lasts.Seconds()), round)
			for _, model := range []string{"-backend", "-model", "-gone"} {
				s.add(t, name+model)
			}
			outage(lasts)
			took := s.change(t, name)
			t.Logf("%s for %v: status after a change of the backend %.2f s, of the model %.2f s, list %.2f s",
				t.Name(), lasts, took.backend.Seconds(), took.model.Seconds(), took.list.Seconds())
			if !measuring && max(took.backend, took.model, took.list) > bound {
				t.Errorf("this is to take %v at most", bound)
			}
			s.tells(t, measuring)
		}
	}
}

// last lets the outage last, or for as long as it takes until the API has said of
// its list that it may be out of date, and then gives none.
func (s *scene) last(t *testing.T, lasts time.Duration) {
	t.Helper()
	if lasts > 0 {
		select {
		case <-t.Context().Done():
		case <-time.After(lasts):
		}
		return
	}
	s.answers(t, "/v1/models", http.StatusOK, true)
	for _, path := range []string{"/v1/models", "/v1/models/any", "/readyz"} {
		s.answers(t, path, http.StatusServiceUnavailable, true)
	}
}

// tells holds the API to what it says after an outage.
func (s *scene) tells(t *testing.T, measuring bool) {
	t.Helper()
	if measuring {
		return
	}
	for _, path := range []string{"/v1/models", "/readyz"} {
		s.answers(t, path, http.StatusOK, false)
	}
	for _, line := range []string{"watching MaaSModels was interrupted", "watching MaaSModels again"} {
		if got := strings.Count(s.log.String(), line); got != 1 {
			t.Errorf("the log says %q %d times, want once", line, got)
		}
	}
}
