package modelkind

import (
	"context"
	"log/slog"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// announceHeld tells of a plan that is new, or that harms others than it did: not of
// every model that comes or goes.
func (r *Reporter) announceHeld(ctx context.Context, resource *Resource, status v1alpha1.ModelKindStatus) {
	before, after := meta.FindStatusCondition(resource.Status.Conditions, v1alpha1.ConditionHeld), meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionHeld)
	if after == nil || before != nil && before.Reason == after.Reason && before.ObservedGeneration == after.ObservedGeneration && harmedIn(resource.Status.Plan) == harmedIn(status.Plan) {
		return
	}
	level, severity := slog.LevelInfo, corev1.EventTypeNormal
	if after.Reason == v1alpha1.ReasonWouldBeRefused || harmedIn(status.Plan) > 0 {
		level, severity = slog.LevelWarn, corev1.EventTypeWarning
	}
	r.Events.Eventf(&v1alpha1.ModelKind{ObjectMeta: resource.ObjectMeta}, nil, severity, after.Reason, "Plan", "%s", syntax.Message(after.Message, maxNote))
	r.Resources.options.Log.LogAttrs(ctx, level, "ModelKind is held back", slog.String("name", resource.Name),
		slog.String("reason", after.Reason), slog.String("message", after.Message))
}

func harmedIn(p *v1alpha1.KindPlan) int32 {
	if p == nil {
		return 0
	}
	return p.Harmed
}
