package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/identity"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/referent"
)

// crdInterval is how often a missing MaaSModel CRD is looked for.
const crdInterval = time.Second

// concurrency is how many MaaSModels are resolved at one time. Writing their
// status is all that takes time.
const concurrency = 4

// typesInterval is how often it is looked, at a start, whether the types are read,
// and typesAtMost how long that is waited for.
const (
	typesInterval = 10 * time.Millisecond
	typesAtMost   = 5 * time.Second
)

// retryAtMost bounds the pause between attempts at a write that fails.
const retryAtMost = 5 * time.Second

// engine runs the controller and the referent watches, on the leader only.
type engine struct {
	manager manager.Manager
	options Options
	machine *phase.Machine
	metrics *metrics
	// reports asks for another look at the statuses of ModelKinds.
	reports chan struct{}

	// usage is which kinds have models.
	usage *usage
	// watches is nil until they are started.
	watches atomic.Pointer[referent.Watches]
}

// NeedLeaderElection is part of manager.LeaderElectionRunnable.
func (e *engine) NeedLeaderElection() bool { return true }

// Start is part of manager.Runnable. When it returns everything it has started
// has stopped.
func (e *engine) Start(ctx context.Context) error {
	if err := errors.Join(e.awaitCRD(ctx), e.awaitKinds(ctx), e.awaitInside(ctx)); err != nil {
		return nil // The context has ended, which is no failure.
	}
	models, err := newModelIndex(ctx, e.manager.GetCache(), e.log())
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	wake := &eventHandler{models: models, kinds: e.options.Kinds, dependencies: newDependencyIndex()}
	watches, err := e.newWatches(wake)
	if err != nil {
		return err
	}
	e.usage = newUsage(clock.RealClock{}, e.options.UnusedAfter, watches.Reconsider)
	forget, err := e.followModels(ctx, e.usage)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	defer forget()
	return e.lead(ctx, wake, watches)
}

// lead decides about models until the context ends, by what the watches read.
func (e *engine) lead(ctx context.Context, wake *eventHandler, watches *referent.Watches) error {
	book := identity.New(identity.DefaultLimits())
	store, err := e.newStore(book)
	if err != nil {
		return err
	}
	controller, err := e.newController(wake, watches, book)
	if err != nil {
		return err
	}
	err = e.restoreIDs(ctx, wake.models, book, store)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	e.watches.Store(watches)
	unregister, err := e.metrics.register(e.options.Registerer, newGauges(ctx, e.manager.GetCache(), e.options.Kinds, watches, book))
	if err != nil {
		return err
	}
	defer unregister()

	follow := wake.followInside(e.options.Inside)
	group, ctx := errgroup.WithContext(ctx)
	if e.options.ModelKinds != nil {
		group.Go(func() error { return e.reportKinds(ctx, watches) })
	}
	if store != nil {
		group.Go(func() error { return store.Run(ctx) })
	}
	group.Go(func() error { return e.usage.Run(ctx) })
	group.Go(func() error { return watches.Start(ctx) })
	group.Go(func() error { return follow(ctx) })
	group.Go(func() error {
		e.awaitTypes(ctx, watches)
		return controller.Start(ctx)
	})
	return group.Wait()
}

// awaitTypes returns when the types that models need have been read once, or cannot be:
// each model is then decided on once, and not as each of its types comes. One that
// hangs holds the others up for a few seconds at most.
func (e *engine) awaitTypes(ctx context.Context, watches *referent.Watches) {
	_ = wait.PollUntilContextTimeout(ctx, typesInterval, typesAtMost, true, func(context.Context) (bool, error) { return watches.Settled(), nil })
}

// awaitCRD returns when MaaSModels are served. The error is the context's.
func (e *engine) awaitCRD(ctx context.Context) error {
	log := e.log()
	told := false
	return wait.PollUntilContextCancel(ctx, crdInterval, true, func(ctx context.Context) (bool, error) {
		gvk := v1alpha1.GroupVersion.WithKind("MaaSModel")
		_, err := e.manager.GetRESTMapper().RESTMapping(gvk.GroupKind(), gvk.Version)
		if err != nil && !told {
			log.WarnContext(ctx, "waiting for the MaaSModel CRD: install it with kubectl apply -k config/crd", "error", err)
			told = true
		}
		return err == nil, nil
	})
}

func (e *engine) newWatches(wake *eventHandler) (*referent.Watches, error) {
	config, http := rest.CopyConfig(e.manager.GetConfig()), e.manager.GetHTTPClient()
	// The API server's priority and fairness does better than a limit here,
	// which would delay the end of one watch behind the start of another.
	config.QPS = -1
	client, err := dynamic.NewForConfigAndClient(config, http)
	if err != nil {
		return nil, fmt.Errorf("making a client for referents: %w", err)
	}
	served, err := discovery.NewDiscoveryClientForConfigAndClient(config, http)
	if err != nil {
		return nil, fmt.Errorf("making a discovery client: %w", err)
	}
	// Groups and versions are asked for, and resources of few of them: the
	// aggregated form carries the resources of all.
	served.UseLegacyDiscovery = true
	access, err := authorizationclient.NewForConfigAndClient(config, http)
	if err != nil {
		return nil, fmt.Errorf("making a client for access reviews: %w", err)
	}
	return referent.New(referent.Options{
		Kinds: e.options.Kinds, Readers: e.readers, Used: e.used, Client: client, Discovery: served, Clock: clock.RealClock{}, Dates: e.options.Clock, Log: e.log(),
		Answers: e.answers,
		Permit: func(ctx context.Context, resource schema.GroupVersionResource) error {
			return permit(ctx, access.SelfSubjectAccessReviews(), resource)
		},
		Changed: func(gk schema.GroupKind, change referent.Change) { wake.changed(gk, change) },
		Moved: func(gk schema.GroupKind, state referent.State) {
			e.report()
			if state == referent.Failing {
				wake.failing(gk)
				return
			}
			wake.moved(gk)
		},
		Settled: func(before, after *kind.Set) {
			e.report()
			e.metrics.forget(before, after)
			wake.kindsChanged(before, after)
		},
	}), nil
}

// answers fails while MaaSModels cannot be read from the API server either. It
// asks for what is stored, and not for what the API server remembers.
func (e *engine) answers(ctx context.Context) error {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("MaaSModelList"))
	if err := e.manager.GetAPIReader().List(ctx, list, client.Limit(1)); err != nil {
		return fmt.Errorf("reading a MaaSModel: %w", err)
	}
	return nil
}

func (e *engine) newController(wake *eventHandler, watches *referent.Watches, ids *identity.Book) (controller.Controller, error) {
	mgr, writes := e.manager, newOwnWrites()
	unique := true
	options := controller.Options{
		MaxConcurrentReconciles: concurrency,
		// The name is this engine's in its manager; a process may have several.
		SkipNameValidation: &unique,
		RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](
			5*time.Millisecond, retryAtMost),
		Reconciler: &reconciler{
			client: mgr.GetClient(), live: mgr.GetAPIReader(), models: wake.models,
			rules: e.options.Rules, trust: e.options.Trust, inside: e.options.Inside, crossNamespace: e.options.CrossNamespace,
			referents: watches, ids: ids, interests: wake.dependencies, paces: newBackoffs(), writes: writes, alternations: newAlternations(), machine: e.machine, clock: e.options.Clock,
			events: bounded(mgr.GetEventRecorder(ControllerName), e.options.Clock, e.metrics.droppedEvents), metrics: e.metrics, log: e.log(),
		},
	}
	options.DefaultFromConfig(mgr.GetControllerOptions())
	c, err := controller.NewUnmanaged(ControllerName, options)
	if err != nil {
		return nil, fmt.Errorf("making the controller: %w", err)
	}
	// The reconciler reads the whole MaaSModel, its status too.
	models := source.Kind(mgr.GetCache(), &v1alpha1.MaaSModel{}, &handler.TypedEnqueueRequestForObject[*v1alpha1.MaaSModel]{}, writes.others())
	if err := errors.Join(c.Watch(models), c.Watch(source.Func(wake.start))); err != nil {
		return nil, fmt.Errorf("watching MaaSModels: %w", err)
	}
	return c, nil
}

func (e *engine) log() *slog.Logger {
	return slog.New(logr.ToSlogHandler(e.manager.GetLogger()))
}
