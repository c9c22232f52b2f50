package access

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/maas-kinds/maas/engine/kind"
)

// probeDurations leaves out the series of kinds that are gone when metrics are
// collected: names that come and go must not fill the memory. Collecting is when it
// shows, and a probe that was under way when its kind went is covered as well.
type probeDurations struct {
	*prometheus.HistogramVec
	// kinds in force; nil keeps all.
	kinds *kind.Live
	// seen are the kinds with series.
	seen *sync.Map
}

// observed is called after a probe of a kind's was observed.
func (d probeDurations) observed(kindName string) {
	if _, ok := d.seen.Load(kindName); !ok {
		d.seen.Store(kindName, struct{}{})
	}
}

// Collect implements prometheus.Collector.
func (d probeDurations) Collect(to chan<- prometheus.Metric) {
	if d.kinds != nil {
		kinds := d.kinds.Set()
		d.seen.Range(func(name, _ any) bool {
			if label, _ := name.(string); !inForce(kinds, label) {
				d.seen.Delete(name)
				d.DeletePartialMatch(prometheus.Labels{"kind": label})
			}
			return true
		})
	}
	d.HistogramVec.Collect(to)
}

// inForce says whether a label names a kind of the set, or all kinds that are in none.
func inForce(kinds *kind.Set, label string) bool {
	k, ok := kinds.Lookup(label)
	return ok && k.Name() == label || label == UnknownKind
}
