package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	clocktesting "k8s.io/utils/clock/testing"
)

// What callers and kubelets are told while the cluster cannot be followed.
func TestStale(t *testing.T) {
	t.Parallel()
	backend := startBackend(t, admits("alice"))
	const never = 0
	for name, test := range map[string]struct {
		away, most time.Duration
		says       bool
		status     int
	}{
		"it is followed":                               {0, time.Minute, false, 200},
		"a watch that begins again is no news":         {5 * time.Second, time.Minute, false, 200},
		"the list is given, and said to be old":        {6 * time.Second, time.Minute, true, 200},
		"until the bound":                              {time.Minute, time.Minute, true, 200},
		"and is given as true no longer":               {61 * time.Second, time.Minute, true, 503},
		"without a bound it is, and said to be old":    {24 * time.Hour, never, true, 200},
		"a bound of one's own holds from when it does": {11 * time.Second, 10 * time.Second, true, 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := loopback()
			o.MaxStale = test.most
			s := startService(t, o, model("llm/granite", backend.URL))
			lost := time.Now().UTC()
			s.handler.clock = clocktesting.NewFakePassiveClock(lost.Add(test.away))
			if test.away > 0 {
				s.source.since.Store(&lost)
			}
			asOf := map[bool]string{true: lost.Format(checkedAtFormat)}[test.says]
			for _, path := range []string{"/v1/models", "/v1/models/granite", "/v1/models/absent", "/readyz"} {
				want := test.status
				if path == "/v1/models/absent" && want == http.StatusOK {
					want = http.StatusNotFound
				}
				got := s.get(t, path, "alice")
				if got.StatusCode != want || got.Header.Get(staleHeader) != asOf {
					t.Errorf("%s: status %d, %s %q, want %d, %q", path, got.StatusCode, staleHeader, got.Header.Get(staleHeader), want, asOf)
				}
				if want == http.StatusServiceUnavailable && (got.code(t) != "models_out_of_date" || got.Header.Get("Retry-After") != "5") {
					t.Errorf("%s: code %q, Retry-After %q", path, got.code(t), got.Header.Get("Retry-After"))
				}
			}
			s.checkReply(t, modelsPath, s.get(t, modelsPath, "alice"))
		})
	}
}

// The bytes of a list do not change while it grows older.
func TestStaleIsCached(t *testing.T) {
	t.Parallel()
	backend := startBackend(t, admits("alice"))
	s := startService(t, loopback(), model("llm/granite", backend.URL))
	tag := s.get(t, "/v1/models", "alice").Header.Get("ETag")
	lost := time.Now().Add(-30 * time.Second)
	s.source.since.Store(&lost)
	got := s.get(t, "/v1/models", "alice", header{"If-None-Match": tag})
	if got.StatusCode != http.StatusNotModified || got.Header.Get(staleHeader) == "" {
		t.Errorf("status %d, %s %q", got.StatusCode, staleHeader, got.Header.Get(staleHeader))
	}
	families, err := s.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if strings.HasSuffix(family.GetName(), "disconnected_seconds") {
			if value := family.GetMetric()[0].GetGauge().GetValue(); value < 30 {
				t.Errorf("%s is %v", family.GetName(), value)
			}
			return
		}
	}
	t.Error("there is no metric")
}
