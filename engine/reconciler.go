package engine

import (
	"context"
	"fmt"
	"log/slog"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/util/retry"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/identity"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/referent"
)

// reconciler keeps the status of MaaSModels true.
type reconciler struct {
	client    client.Client
	live      client.Reader
	rules     endpoint.Rules
	trust     *endpoint.Trust
	inside    *endpoint.LiveCluster
	referents *referent.Watches
	models    modelIndex
	ids       *identity.Book
	// crossNamespace bounds what kinds say about references into other namespaces.
	crossNamespace kind.CrossNamespacePolicy

	interests *dependencyIndex
	paces     *backoffs
	writes    *ownWrites
	// alternations are of backends that name several endpoints in turn.
	alternations *alternations
	machine      *phase.Machine
	clock        clock.PassiveClock
	events       events.EventRecorder
	metrics      *metrics
	log          *slog.Logger
}

// Reconcile is part of reconcile.Reconciler.
func (r *reconciler) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	r.writes.forget(request.NamespacedName)
	var reader client.Reader = r.client
	var decision phase.Decision
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() (err error) {
		decision, err = r.resolve(ctx, reader, request.NamespacedName)
		// After a conflict the cache is known to be behind.
		reader = r.live
		return err
	})
	if apierrors.IsConflict(err) {
		// Somebody writes all the time, which is no fault of this controller's.
		decision.Recheck, err = pause, nil
	}
	r.metrics.reconciled(err)
	return reconcile.Result{RequeueAfter: decision.Again()}, err
}

// resolve looks at one model once, and stores what follows from it.
func (r *reconciler) resolve(ctx context.Context, reader client.Reader, key types.NamespacedName) (phase.Decision, error) {
	model := &v1alpha1.MaaSModel{}
	if err := reader.Get(ctx, key, model); err != nil {
		return phase.Decision{}, r.unread(key, err)
	}
	observation, known := r.observe(model)
	if !known {
		// The status stays as it is. The watch on the referent's type wakes the
		// model when it has its first answer.
		return phase.Decision{}, nil
	}
	observation.ID = r.idOf(model)
	observation.Untrusted = r.untrusted(observation.Endpoint.URL)
	decision, err := r.machine.Decide(ctx, model, observation, r.clock.Now())
	if err != nil {
		r.metrics.illegal.Inc()
		return phase.Decision{}, reconcile.TerminalError(fmt.Errorf("deciding the phase: %w", err))
	}
	if wait := r.steady(model, observation, decision); wait > 0 {
		decision.Recheck = wait
		return decision, nil
	}
	if decision, err = r.writeStatus(ctx, model, decision); err == nil {
		r.steady(model, observation, decision) // What is stored now is what the model has.
	}
	return decision, err
}

// unread lets go of a model that cannot be read. That it is gone is no error.
func (r *reconciler) unread(key types.NamespacedName, err error) error {
	r.interests.set(key, nil)
	if apierrors.IsNotFound(err) {
		r.paces.forget(key)
		r.alternations.forget(key)
		r.ids.Gone(key.Namespace, key.Name, r.clock.Now())
		return nil
	}
	return fmt.Errorf("reading the MaaSModel: %w", err)
}
