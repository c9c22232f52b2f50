package engine

import (
	"cmp"
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/identity"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

// gauges are read from the caches at scrape time, so that what is deleted
// leaves no series behind.
type gauges struct {
	ctx     context.Context //nolint:containedctx // A scrape brings none; this is the engine's.
	models  client.Reader
	kinds   *kind.Live
	watches *referent.Watches
	book    *identity.Book

	phase    *prometheus.Desc
	unlisted *prometheus.Desc
	retiring *prometheus.Desc
	watch    *prometheus.Desc
	ids      *prometheus.Desc
	unstored *prometheus.Desc
	dropped  *prometheus.Desc
}

func newGauges(ctx context.Context, models client.Reader, kinds *kind.Live, watches *referent.Watches, book *identity.Book) *gauges {
	return &gauges{
		ctx: ctx, models: models, kinds: kinds, watches: watches, book: book,
		phase: prometheus.NewDesc("maas_model_phase",
			"1 for the phase that a MaaSModel is in, 0 for the others.",
			[]string{"namespace", "name", "kind", "phase"}, nil),
		unlisted: prometheus.NewDesc("maas_models_unlisted",
			"Ready MaaSModels that the API shows to nobody, by the flag that keeps it from it.", []string{"flag"}, nil),
		retiring: prometheus.NewDesc("maas_models_retiring",
			"MaaSModels that are deprecated, retire within 30 days or have retired, by the reason of their condition Retiring.", []string{"reason"}, nil),
		watch: prometheus.NewDesc("maas_referent_watch",
			"1 for the state that the watch on a referent type is in, 0 for the others.",
			[]string{"group", "version", "kind", "state"}, nil),
		ids: prometheus.NewDesc("maas_model_ids",
			"Names that are held for a namespace: used by a MaaSModel as its id, or unused since the last one was deleted.",
			[]string{"state"}, nil),
		unstored: prometheus.NewDesc("maas_model_ids_unstored",
			"Names that are held in memory only. More than 0 for a minute means that they cannot be stored: the log says why.", nil, nil),
		dropped: prometheus.NewDesc("maas_model_ids_dropped_total",
			"Unused names that were let go because there were too many.", nil, nil),
	}
}

// Describe is part of prometheus.Collector.
func (g *gauges) Describe(descs chan<- *prometheus.Desc) {
	descs <- g.phase
	descs <- g.unlisted
	descs <- g.retiring
	descs <- g.watch
	descs <- g.ids
	descs <- g.unstored
	descs <- g.dropped
}

// Collect is part of prometheus.Collector.
func (g *gauges) Collect(metrics chan<- prometheus.Metric) {
	models := &v1alpha1.MaaSModelList{}
	if err := g.models.List(g.ctx, models, client.UnsafeDisableDeepCopy); err != nil {
		metrics <- prometheus.NewInvalidMetric(g.phase, err)
	}
	kinds := g.kinds.Set()
	phases := []v1alpha1.Phase{v1alpha1.PhasePending, v1alpha1.PhaseReady, v1alpha1.PhaseUnhealthy, v1alpha1.PhaseFailed}
	for _, model := range models.Items {
		current := cmp.Or(model.Status.Phase, v1alpha1.PhasePending)
		for _, phase := range phases {
			metrics <- prometheus.MustNewConstMetric(g.phase, prometheus.GaugeValue, oneIf(phase == current),
				model.Namespace, model.Name, kindLabel(kinds, &model), string(phase))
		}
	}
	g.collectUnlisted(metrics, models.Items)
	g.collectRetiring(metrics, models.Items)
	for _, health := range g.watches.View().Health() {
		gvk := health.Type
		for _, state := range referent.States {
			metrics <- prometheus.MustNewConstMetric(g.watch, prometheus.GaugeValue, oneIf(state == health.State),
				gvk.Group, gvk.Version, gvk.Kind, string(state))
		}
	}
	g.collectIDs(metrics)
}

// collectUnlisted counts models by the first flag that their condition names.
func (g *gauges) collectUnlisted(metrics chan<- prometheus.Metric, models []v1alpha1.MaaSModel) {
	counts := reasonsOf(models, v1alpha1.ConditionUnlisted)
	for reason, flag := range flags() {
		metrics <- prometheus.MustNewConstMetric(g.unlisted, prometheus.GaugeValue, float64(counts[reason]), flag)
	}
}

// reasonsOf counts the models that have a condition, by its reason.
func reasonsOf(models []v1alpha1.MaaSModel, condition string) map[string]int {
	counts := map[string]int{}
	for _, model := range models {
		if c := meta.FindStatusCondition(model.Status.Conditions, condition); c != nil {
			counts[c.Reason]++
		}
	}
	return counts
}

// collectIDs counts the names that are held.
func (g *gauges) collectIDs(metrics chan<- prometheus.Metric) {
	counts := g.book.Counts()
	metrics <- prometheus.MustNewConstMetric(g.ids, prometheus.GaugeValue, float64(counts.Used), "used")
	metrics <- prometheus.MustNewConstMetric(g.ids, prometheus.GaugeValue, float64(counts.Unused), "unused")
	metrics <- prometheus.MustNewConstMetric(g.unstored, prometheus.GaugeValue, float64(counts.Unstored))
	metrics <- prometheus.MustNewConstMetric(g.dropped, prometheus.CounterValue, float64(counts.Dropped))
}

func oneIf(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
