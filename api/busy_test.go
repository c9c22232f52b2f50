package api

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// A caller for whom no probe is left is told when to come again, for a list and for
// one model alike, and not that there is no such model.
func TestTooManyOthersAsk(t *testing.T) {
	o := production()
	o.Limits.InFlight, o.Limits.PerCheck = 1, 1
	o.Limits.Budget, o.Limits.ProbeTimeout = 2*time.Second, 2*time.Second
	asked := make(chan struct{}, 10)
	end := make(chan struct{})
	backend := startBackend(t, func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-end:
		case <-r.Context().Done():
		}
	})
	s := startService(t, o, model("a/one", backend.URL))
	var first sync.WaitGroup
	first.Go(func() {
		if got := s.get(t, "/v1/models", "first"); got.StatusCode != http.StatusOK {
			t.Errorf("the caller who came first: status %d", got.StatusCode)
		}
	})
	<-asked
	var others sync.WaitGroup
	for _, path := range []string{"/v1/models", "/v1/models/a/one", "/v1/models/a/none"} {
		others.Go(func() {
			got := s.get(t, path, "caller of "+path)
			if got.StatusCode != http.StatusServiceUnavailable || got.code(t) != "overloaded" || got.Header.Get("Retry-After") != "1" {
				t.Errorf("%s: status %d, Retry-After %q: %s", path, got.StatusCode, got.Header.Get("Retry-After"), got.body)
			}
		})
	}
	others.Wait()
	close(end)
	first.Wait()
	s.shows(t, `maas_api_overloaded_requests_total{limit="probes-in-flight"} 3`)
}
