package access

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sony/gobreaker/v2"

	"github.com/maas-kinds/maas/engine/kind"
)

type metrics struct {
	duration     probeDurations
	inFlight     prometheus.Gauge
	hits, misses prometheus.Counter
	refused      prometheus.Counter
}

func newMetrics(registry prometheus.Registerer, kinds *kind.Live, bs *breakers[targetKey], waiting func() float64) *metrics {
	lookups := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "maas_api_verdict_lookups_total",
		Help: "Look-ups of remembered verdicts, by result: hit or miss.",
	}, []string{"result"})
	m := &metrics{
		duration: probeDurations{kinds: kinds, seen: &sync.Map{}, HistogramVec: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "maas_api_probe_duration_seconds",
			Help:    "Time until an endpoint answered a probe, by model kind and outcome.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
		}, []string{"kind", "outcome"})},
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "maas_api_probes_in_flight", Help: "Probes under way.",
		}),
		hits: lookups.WithLabelValues("hit"), misses: lookups.WithLabelValues("miss"),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "maas_api_refused_endpoints_total",
			Help: "Endpoints that credentials may not be sent to, each counted once a reason; the log names them.",
		}),
	}
	registry.MustRegister(m.duration, m.inFlight, lookups, m.refused, newBreakerStates(bs),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "maas_api_waiting_callers", Help: "Callers whose questions wait until others have asked theirs.",
		}, waiting))
	return m
}

func (m *metrics) verdicts(hits, misses int) {
	m.hits.Add(float64(hits))
	m.misses.Add(float64(misses))
}

func (m *metrics) probed(kindName string, result outcome, took time.Duration) {
	m.duration.WithLabelValues(kindName, string(result)).Observe(took.Seconds())
	m.duration.observed(kindName)
}

// breakerStates counts breakers by state when metrics are collected.
type breakerStates struct {
	breakers *breakers[targetKey]
	desc     *prometheus.Desc
}

func newBreakerStates(bs *breakers[targetKey]) breakerStates {
	return breakerStates{bs, prometheus.NewDesc("maas_api_breakers",
		"Endpoint breakers by state: closed, half-open or open.", []string{"state"}, nil)}
}

// Describe implements prometheus.Collector.
func (s breakerStates) Describe(ch chan<- *prometheus.Desc) { ch <- s.desc }

// Collect implements prometheus.Collector.
func (s breakerStates) Collect(ch chan<- prometheus.Metric) {
	counts := s.breakers.states()
	for _, state := range []gobreaker.State{gobreaker.StateClosed, gobreaker.StateHalfOpen, gobreaker.StateOpen} {
		ch <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, float64(counts[state]), state.String())
	}
}
