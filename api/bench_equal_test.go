package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// Target: what is hidden and what is absent take equally long, for callers of
// whom nothing is remembered. Backends deny after 30 ms; each of the ids is asked
// for by as many callers as there are rounds (make it 200: -benchtime 200x).
// Shown, p10, p50 and p90: one model, hidden 31.3, 31.9 and 37.3 ms, absent 31.4, 31.8
// and 36.3 ms; a namespace, hidden 32.1, 32.7 and 39.8 ms, absent 32.1, 32.8 and 40.8 ms.
func BenchmarkHiddenAndAbsent(b *testing.B) {
	models := slowModels(b, 10, 0)
	for i, m := range models {
		no := startBackend(b, func(w http.ResponseWriter, _ *http.Request) {
			<-time.After(30 * time.Millisecond)
			w.WriteHeader(http.StatusUnauthorized)
		})
		m.Namespace, m.Status.Endpoint = fmt.Sprint("ns", i%4), no.URL
	}
	s := benchService(b, production(), models...)
	paths := map[string]string{
		"hidden": "/v1/models/m003", "absent": "/v1/models/absent", "unclean": "/v1/models/../m003",
		"hidden-ns": "/v1/models?namespace=ns1", "absent-ns": "/v1/models?namespace=absent",
	}
	took := map[string][]time.Duration{}
	for i := 0; b.Loop(); i++ {
		for name, path := range paths {
			started := time.Now()
			s.get(b, path, fmt.Sprint("stranger-", name, i))
			took[name] = append(took[name], time.Since(started))
		}
	}
	for name, all := range took {
		b.ReportMetric(milliseconds(percentile(all, .1)), name+"-p10-ms")
		b.ReportMetric(milliseconds(percentile(all, .5)), name+"-p50-ms")
		b.ReportMetric(milliseconds(percentile(all, .9)), name+"-p90-ms")
	}
}
