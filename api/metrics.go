package api

import (
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"
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
			Name: "maas_api_overloaded_requests_total", Help: "Requests turned away, by what was short: the flags max-requests, probes-in-flight or peer-probe-rate, or cpu.",
		}, []string{"limit"}),
	}
	for _, limit := range []string{limitRequests, limitProbes, limitPeers, limitCPU} {
		m.overloaded.WithLabelValues(limit) // 0 is a value: what is absent cannot rise
	}
	registry.MustRegister(m.duration, m.inFlight, m.incomplete, m.abandoned, m.overloaded,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "maas_api_catalog_models", Help: "Models with an endpoint, whoever may use them."},
			func() float64 {
				if s := source.Snapshot(); s != nil {
					return float64(len(s.Entries()))
				}
				return 0
			}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "maas_api_left_out_models", Help: "Models that are not listed because of --max-namespace-bytes."},
			func() float64 {
				if s := source.Snapshot(); s != nil {
					return float64(s.LeftOut)
				}
				return 0
			}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "maas_api_unreadable_models", Help: "Models that are not listed because their spec is not made as a MaaSModel's is."},
			func() float64 {
				if s := source.Snapshot(); s != nil {
					return float64(s.Unreadable)
				}
				return 0
			}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "maas_api_catalog_age_seconds", Help: "Time since the catalog last changed; -1 before it was first read."},
			func() float64 {
				if s := source.Snapshot(); s != nil {
					return clock.Since(s.RenderedAt).Seconds()
				}
				return -1
			}))
	return m
}
