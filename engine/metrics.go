package engine

import (
	"cmp"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/referent"
)

// Outcomes of a status write.
const (
	writeStored    = "stored"
	writeUnchanged = "unchanged"
	writePostponed = "postponed"
	writeConflict  = "conflict"
	writeGone      = "gone"
	writeFailed    = "failed"
)

// metrics are the engine's counters.
type metrics struct {
	reconciles  *prometheus.CounterVec
	writes      *prometheus.CounterVec
	transitions *prometheus.CounterVec
	illegal     prometheus.Counter
	// droppedEvents are by type.
	droppedEvents *prometheus.CounterVec
}

func newMetrics() *metrics {
	return &metrics{
		reconciles: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maas_reconciles_total", Help: "Reconciles of MaaSModels by outcome: ok or error.",
		}, []string{"outcome"}),
		writes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maas_status_writes_total",
			Help: "Decisions on a status by what became of them: stored, unchanged (not written), postponed (too many in a row: decided again within a second), conflict (decided again), gone or failed.",
		}, []string{"outcome"}),
		transitions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maas_transitions_total", Help: "Stored phase transitions of MaaSModels.",
		}, []string{"kind", "from", "to", "reason"}),
		illegal: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "maas_illegal_transitions_total", Help: "Events that the state machine refused. Anything but 0 is a bug.",
		}),
		droppedEvents: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "maas_events_dropped_total", Help: "Kubernetes Events about MaaSModels that were not written, because there were too many at one time.",
		}, []string{"type"}),
	}
}

// register takes the engine's metrics up, and returns what takes them away.
func (m *metrics) register(registerer prometheus.Registerer, gauges *gauges) (func(), error) {
	var registered []prometheus.Collector
	unregister := func() {
		for _, c := range registered {
			registerer.Unregister(c)
		}
	}
	for _, c := range []prometheus.Collector{m.reconciles, m.writes, m.transitions, m.illegal, m.droppedEvents, gauges} {
		if err := registerer.Register(c); err != nil {
			unregister()
			return nil, fmt.Errorf("registering metrics: %w", err)
		}
		registered = append(registered, c)
	}
	return unregister, nil
}

func (m *metrics) reconciled(err error) {
	outcome := "ok"
	if err != nil {
		outcome = "error"
	}
	m.reconciles.WithLabelValues(outcome).Inc()
}

// transitioned counts a stored transition.
func (m *metrics) transitioned(decision phase.Decision, watches *referent.Watches) {
	kind := cmp.Or(decision.Status.Kind, unknownLabel)
	m.transitions.WithLabelValues(kind, string(decision.From), string(decision.To), decision.Reason).Inc()
	// The kind may have gone, and its series with it, while the decision was stored.
	if _, ok := watches.View().Kinds().Lookup(kind); !ok && kind != unknownLabel {
		m.transitions.DeletePartialMatch(prometheus.Labels{"kind": kind})
	}
}

// forget drops the series of kinds that are no more, lest names that come and
// go fill the memory.
func (m *metrics) forget(before, after *kind.Set) {
	if before == nil {
		return
	}
	for _, name := range before.Names() {
		if k, ok := after.Lookup(name); !ok || k.Name() != name {
			m.transitions.DeletePartialMatch(prometheus.Labels{"kind": name})
		}
	}
}

// unknownLabel stands for every modelRef.kind that names no kind.
const unknownLabel = "unknown"

// kindLabel bounds what modelRef.kind can put into a label.
func kindLabel(kinds *kind.Set, model *v1alpha1.MaaSModel) string {
	if k, ok := kinds.Lookup(model.Spec.ModelRef.Kind); ok {
		return k.Name()
	}
	return unknownLabel
}
