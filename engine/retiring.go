package engine

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

// announceRetiring tells once of each stage at the end of a model's lifecycle.
func (r *reconciler) announceRetiring(model *v1alpha1.MaaSModel, decision phase.Decision) {
	before := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionRetiring)
	now := meta.FindStatusCondition(decision.Status.Conditions, v1alpha1.ConditionRetiring)
	if now == nil || before != nil && before.Reason == now.Reason {
		return
	}
	r.events.Eventf(model, nil, corev1.EventTypeWarning, now.Reason, "Retire", "%s", syntax.Message(now.Message, maxNote))
}

// collectRetiring counts models by the stage that their condition names.
func (g *gauges) collectRetiring(metrics chan<- prometheus.Metric, models []v1alpha1.MaaSModel) {
	counts := reasonsOf(models, v1alpha1.ConditionRetiring)
	for _, reason := range []string{v1alpha1.ReasonDeprecated, v1alpha1.ReasonRetiresSoon, v1alpha1.ReasonRetired} {
		metrics <- prometheus.MustNewConstMetric(g.retiring, prometheus.GaugeValue, float64(counts[reason]), reason)
	}
}
