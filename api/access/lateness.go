package access

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"
)

// latenessInterval is how often lateness is measured.
const latenessInterval = 20 * time.Millisecond

// lateness is how late this process does what it has to do at a time: because it has
// too little CPU for its work, or was stopped. What an endpoint has answered meanwhile
// was not read.
type lateness struct {
	clock    clock.Clock
	observed prometheus.Histogram

	mu sync.Mutex
	// total since the start, but for what is late after due.
	total time.Duration
	due   time.Time
}

func newLateness(clock clock.Clock, registry prometheus.Registerer) *lateness {
	l := &lateness{clock: clock, observed: prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "maas_api_lateness_seconds",
		Help:    "How late this process wakes up, measured every 20 ms: it has too little CPU where that is more than a few milliseconds.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
	})}
	registry.MustRegister(l.observed)
	return l
}

// measure runs until ctx ends. It allocates nothing, however often it wakes up.
func (l *lateness) measure(ctx context.Context) {
	l.begin()
	timer := l.clock.NewTimer(latenessInterval)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C():
			l.woken()
			timer.Reset(latenessInterval)
		}
	}
}

func (l *lateness) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due = l.clock.Now().Add(latenessInterval)
}

func (l *lateness) woken() {
	l.mu.Lock()
	defer l.mu.Unlock()
	late := l.now()
	l.total += late
	l.due = l.clock.Now().Add(latenessInterval)
	l.observed.Observe(late.Seconds())
}

// now is how late the process is at the moment.
func (l *lateness) now() time.Duration {
	if l.due.IsZero() {
		return 0
	}
	return max(0, l.clock.Since(l.due))
}

// soFar is how late the process has been altogether.
func (l *lateness) soFar() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total + l.now()
}
