package engine

import (
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
)

// boundedEvents tells of what happens to models as far as people can read it. When
// thousands of models change at one time their Events would cost the API server as
// much as their statuses do, which say the same, and so does the log.
type boundedEvents struct {
	events.EventRecorder
	clock clock.PassiveClock
	// room has how many of each type may be told.
	room    map[string]*rate.Limiter
	dropped *prometheus.CounterVec
}

// bounded lets 100 Events of type Normal and 500 Warnings through at a time, and then
// five and twenty a second.
func bounded(recorder events.EventRecorder, clock clock.PassiveClock, dropped *prometheus.CounterVec) *boundedEvents {
	room := map[string]*rate.Limiter{
		corev1.EventTypeNormal:  rate.NewLimiter(5, 100),
		corev1.EventTypeWarning: rate.NewLimiter(20, 500),
	}
	for eventType := range room {
		dropped.WithLabelValues(eventType) // 0 is said as well.
	}
	return &boundedEvents{recorder, clock, room, dropped}
}

// Eventf is part of events.EventRecorder.
func (b *boundedEvents) Eventf(regarding, related runtime.Object, eventType, reason, action, note string, args ...any) {
	if room := b.room[eventType]; room != nil && !room.AllowN(b.clock.Now(), 1) {
		b.dropped.WithLabelValues(eventType).Inc()
		return
	}
	b.EventRecorder.Eventf(regarding, related, eventType, reason, action, note, args...)
}
