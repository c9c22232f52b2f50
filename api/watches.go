package api

import (
	"container/list"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"
)

const (
	// maxCallerWatches is how many watches one caller may have at a time.
	maxCallerWatches = 8
	// watchRetry is when a watch may be tried again that there was no room for.
	watchRetry = 10 * time.Second
)

// endReason is why a watch has ended, as its client and the metrics are told.
type endReason string

const (
	// endLifetime: it has had its time, and may begin anew.
	endLifetime endReason = "lifetime"
	// endShutdown: this replica is shutting down.
	endShutdown endReason = "shutting_down"
	// endOutOfDate: the cluster has not been heard of for --max-stale.
	endOutOfDate endReason = "models_out_of_date"
	// endDisplaced: others needed its place, and no backend lets its caller in.
	endDisplaced endReason = "displaced"
	// endClient: the client has left. This one, and those below, no client reads.
	endClient endReason = "client_left"
	// endUnread: the client did not read in time.
	endUnread endReason = "unread"
	// endFault: a fault of this service.
	endFault endReason = "fault"
)

// watches bounds how many watches there are. Whoever comes when there are as many takes
// the place of the oldest whose caller no backend has let in: made-up tokens keep
// nobody from watching. Where there is none, the newcomer is turned away.
type watches struct {
	most  int
	clock clock.Clock

	mu sync.Mutex
	// open has *watchPlace, the oldest in front.
	open     *list.List
	byCaller map[[32]byte]int
	// isClosed is set at shutdown, when closing is closed.
	isClosed bool
	closing  chan struct{}
	ended    *prometheus.CounterVec
}

// watchPlace is the place of one watch.
type watchPlace struct {
	caller [32]byte
	// at is where it stands; nil once it has ended, or was displaced.
	at *list.Element
	// isStranger is set while no backend is known to let the caller in. It is not of one
	// whose first list is still being asked.
	isStranger bool
	displaced  chan struct{}
}

// newWatches makes room for so many watches. Each may hold a connection that nobody
// displaces, so they get half of those at most.
func newWatches(most, connections int, clock clock.Clock) *watches {
	w := &watches{
		most: min(most, connections/2), clock: clock, open: list.New(), byCaller: map[[32]byte]int{}, closing: make(chan struct{}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maas_api_watches_ended_total", Help: "Watches that have ended, by reason.",
		}, []string{"reason"}),
	}
	for _, reason := range []endReason{endLifetime, endShutdown, endOutOfDate, endDisplaced, endClient, endUnread, endFault} {
		w.ended.WithLabelValues(string(reason)) // 0 is a value: what is absent cannot rise
	}
	return w
}

// enter takes in a watch, which has to leave in the end.
func (w *watches) enter(caller [32]byte) (*watchPlace, *apiError) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.isClosed:
		return nil, draining()
	case w.byCaller[caller] >= maxCallerWatches:
		return nil, tooManyOfCaller()
	case w.open.Len() >= w.most && !w.displace():
		return nil, turnedAway(watchRetry, "This replica has as many watches as it may (--max-watches). Try again when Retry-After says, or ask for the list.")
	}
	place := &watchPlace{caller: caller, displaced: make(chan struct{})}
	place.at = w.open.PushBack(place)
	w.byCaller[caller]++
	return place, nil
}

// displace makes room.
func (w *watches) displace() bool {
	for at := w.open.Front(); at != nil; at = at.Next() {
		if place, ok := at.Value.(*watchPlace); ok && place.isStranger {
			w.remove(place)
			close(place.displaced)
			return true
		}
	}
	return false
}

// know says whether a backend lets the caller of a watch in.
func (w *watches) know(place *watchPlace, isLetIn bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	place.isStranger = !isLetIn
}

// leave takes out a watch.
func (w *watches) leave(place *watchPlace) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remove(place)
}

func (w *watches) remove(place *watchPlace) {
	if place.at == nil {
		return
	}
	w.open.Remove(place.at)
	place.at = nil
	if w.byCaller[place.caller]--; w.byCaller[place.caller] == 0 {
		delete(w.byCaller, place.caller)
	}
}

// close ends all watches, and lets none begin.
func (w *watches) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.isClosed {
		w.isClosed = true
		close(w.closing)
	}
}

func (w *watches) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open.Len()
}

func tooManyOfCaller() *apiError {
	return &apiError{status: http.StatusTooManyRequests, kind: typeRateLimit, code: "rate_limit_exceeded", retryAfter: watchRetry,
		message: "These credentials have 8 watches, which is as many as a caller may have. End one of them, or use it."}
}

// Describe implements prometheus.Collector.
func (w *watches) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(w, ch) }

// Collect implements prometheus.Collector.
func (w *watches) Collect(ch chan<- prometheus.Metric) {
	desc := prometheus.NewDesc("maas_api_watches", "Watches that are open.", nil, nil)
	ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(w.count()))
	w.ended.Collect(ch)
}
