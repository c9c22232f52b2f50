package engine

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/maas-kinds/maas/engine/kind/syntax"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/phase"
)

// writeStatus stores a decision if it says anything new. The model's
// resourceVersion guards the write: a decision on a status that has changed
// meanwhile is a conflict. The decision that is returned asks to be made again
// where its model's pace does not let it be stored yet.
func (r *reconciler) writeStatus(ctx context.Context, model *v1alpha1.MaaSModel, decision phase.Decision) (phase.Decision, error) {
	if equality.Semantic.DeepEqual(model.Status, decision.Status) {
		r.metrics.writes.WithLabelValues(writeUnchanged).Inc()
		return decision, nil
	}
	if wait := r.postponed(model, decision); wait > 0 {
		r.metrics.writes.WithLabelValues(writePostponed).Inc()
		decision.Recheck = wait
		return decision, nil
	}
	return decision, r.store(ctx, model, decision)
}

// postponed is how long a write has to wait. To withdraw an endpoint does not
// wait: callers would send their tokens there meanwhile. It needs no pace of its
// own, for an endpoint is published at one first.
func (r *reconciler) postponed(model *v1alpha1.MaaSModel, decision phase.Decision) time.Duration {
	if model.Status.Endpoint != "" && decision.Status.Endpoint == "" {
		return 0
	}
	return r.paces.take(client.ObjectKeyFromObject(model), r.clock.Now())
}

func (r *reconciler) store(ctx context.Context, model *v1alpha1.MaaSModel, decision phase.Decision) error {
	next := model.DeepCopy()
	next.Status = decision.Status
	r.writes.expect(client.ObjectKeyFromObject(model), decision.Status)
	err := r.client.Status().Update(ctx, next)
	switch {
	case err == nil:
		r.metrics.writes.WithLabelValues(writeStored).Inc()
		r.announce(ctx, model, decision)
		model.Status = decision.Status
		return nil
	case apierrors.IsNotFound(err):
		r.metrics.writes.WithLabelValues(writeGone).Inc()
		return nil
	case apierrors.IsConflict(err):
		r.metrics.writes.WithLabelValues(writeConflict).Inc()
	default:
		r.metrics.writes.WithLabelValues(writeFailed).Inc()
	}
	return fmt.Errorf("writing the status of the MaaSModel: %w", err)
}

// maxNote is what the API server takes as an event's note, in bytes.
const maxNote = 1024

// announce tells of a transition that is stored.
func (r *reconciler) announce(ctx context.Context, model *v1alpha1.MaaSModel, decision phase.Decision) {
	r.announceKind(model, decision)
	r.announceID(model, decision)
	r.announceUnlisted(model, decision)
	r.announceRetiring(model, decision)
	if decision.LeftOut > 0 {
		r.log.LogAttrs(ctx, slog.LevelWarn, "conditions that others had put into a status are left out: there were too many, or too large ones",
			slog.String("namespace", model.Namespace), slog.String("name", model.Name), slog.Int("leftOut", decision.LeftOut))
	}
	if decision.From == decision.To {
		return
	}
	severity := corev1.EventTypeNormal
	if decision.To == v1alpha1.PhaseUnhealthy || decision.To == v1alpha1.PhaseFailed {
		severity = corev1.EventTypeWarning
	}
	note := fmt.Sprintf("%s → %s: %s", decision.From, decision.To, decision.Message)
	r.events.Eventf(model, nil, severity, decision.Reason, "Resolve", "%s", syntax.Message(note, maxNote))
	r.metrics.transitioned(decision, r.referents)
	r.log.LogAttrs(ctx, slog.LevelInfo, "phase changed",
		slog.String("namespace", model.Namespace), slog.String("name", model.Name),
		slog.String("from", string(decision.From)), slog.String("to", string(decision.To)),
		slog.String("reason", decision.Reason), slog.String("message", decision.Message))
}

// announceKind tells that a newer revision of the model's kind was refused, once
// for each set of faults.
func (r *reconciler) announceKind(model *v1alpha1.MaaSModel, decision phase.Decision) {
	before := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionKindAccepted)
	now := meta.FindStatusCondition(decision.Status.Conditions, v1alpha1.ConditionKindAccepted)
	if now == nil || now.Reason != v1alpha1.ReasonServingPreviousRevision || before != nil && before.Message == now.Message {
		return
	}
	r.events.Eventf(model, nil, corev1.EventTypeWarning, now.Reason, "LoadKind", "%s", syntax.Message(now.Message, maxNote))
}

// announceID tells that a model could not have its name as its id.
func (r *reconciler) announceID(model *v1alpha1.MaaSModel, decision phase.Decision) {
	accepted := meta.FindStatusCondition(decision.Status.Conditions, v1alpha1.ConditionNameAccepted)
	if decision.Status.ID != model.Status.ID && accepted != nil && accepted.Status == metav1.ConditionFalse {
		r.events.Eventf(model, nil, corev1.EventTypeNormal, accepted.Reason, "AssignID", "%s", syntax.Message(accepted.Message, maxNote))
	}
}
