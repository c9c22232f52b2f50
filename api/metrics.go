package api

import (
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/catalog"
)

type metrics struct {
	duration   *prometheus.HistogramVec
	inFlight   prometheus.Gauge
	incomplete prometheus.Counter
	abandoned  prometheus.Counter
	overloaded *prometheus.CounterVec
}

// The limits because of which requests are turned away.
const (
	limitRequests = "max-requests"
	limitProbes   = "probes-in-flight"
	limitCPU      = "cpu"
	limitPeers    = "peer-probe-rate"
	limitWatches  = "max-watches"
)

func newMetrics(registry prometheus.Registerer, source snapshots, clock clock.PassiveClock) *metrics {
	m := &metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "maas_api_request_duration_seconds", Help: "Time to answer a request, by route and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 1.5, 2.5},
		}, []string{"route", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "maas_api_requests_in_flight", Help: "Requests under way."}),
		incomplete: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "maas_api_incomplete_lists_total", Help: "Lists sent while some endpoints could not be asked.",
		}),
		abandoned: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "maas_api_abandoned_requests_total", Help: "Requests whose client had left before they were looked at.",
		}),
		overloaded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maas_api_overloaded_requests_total", Help: "Requests turned away, by what was short: the flags max-requests, probes-in-flight, peer-probe-rate or max-watches, or cpu.",
		}, []string{"limit"}),
	}
	for _, limit := range []string{limitRequests, limitProbes, limitPeers, limitCPU, limitWatches} {
		m.overloaded.WithLabelValues(limit) // 0 is a value: what is absent cannot rise
	}
	gauge := func(name, help string, unread float64, of func(*catalog.Snapshot) float64) prometheus.GaugeFunc {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			if s := source.Snapshot(); s != nil {
				return of(s)
			}
			return unread
		})
	}
	disconnected := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "maas_api_catalog_disconnected_seconds", Help: "Time since changes of MaaSModels come here no more; 0 while they do.",
	}, func() float64 {
		if since := source.DisconnectedSince(); !since.IsZero() {
			return clock.Since(since).Seconds()
		}
		return 0
	})
	registry.MustRegister(disconnected, m.duration, m.inFlight, m.incomplete, m.abandoned, m.overloaded,
		gauge("maas_api_catalog_models", "Models with an endpoint, whoever may use them.", 0,
			func(s *catalog.Snapshot) float64 { return float64(len(s.Entries())) }),
		gauge("maas_api_left_out_models", "Models that are not listed because of --max-namespace-bytes.", 0,
			func(s *catalog.Snapshot) float64 { return float64(s.LeftOut) }),
		gauge("maas_api_unreadable_models", "Models that are not listed because their spec is not made as a MaaSModel's is.", 0,
			func(s *catalog.Snapshot) float64 { return float64(s.Unreadable) }),
		gauge("maas_api_catalog_age_seconds", "Time since the catalog last changed; -1 before it was first read.", -1,
			func(s *catalog.Snapshot) float64 { return clock.Since(s.RenderedAt).Seconds() }))
	return m
}
