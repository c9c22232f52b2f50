package catalog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/reflector"
)

// DefaultSettle is how long changes are gathered after a snapshot was made
// before the next one is.
const DefaultSettle = 100 * time.Millisecond

// Config is what a Catalog is made of.
type Config struct {
	Cluster *rest.Config
	// Namespaces whose MaaSModels are listed; empty means all.
	Namespaces []string
	Renderer   *Renderer
	// Settled are closed when rendering may begin; nil ones are not waited for.
	Settled []<-chan struct{}
	// Settle is the least time between two snapshots; 0 means DefaultSettle.
	Settle time.Duration
	Clock  clock.WithTicker
	Log    *slog.Logger
	// OnSnapshot is called with each new snapshot; nil does nothing.
	OnSnapshot func(*Snapshot)
}

// Catalog follows the MaaSModels of a cluster.
type Catalog struct {
	config    Config
	cache     cache.Cache
	informers *reflector.Informers
	current   atomic.Pointer[Snapshot]
	changed   chan struct{}
}

// New makes a Catalog. It does nothing until Run.
func New(config Config) (*Catalog, error) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("registering the MaaSModel types: %w", err)
	}
	namespaces := make(map[string]cache.Config, len(config.Namespaces))
	for _, namespace := range config.Namespaces {
		namespaces[namespace] = cache.Config{}
	}
	if config.Settle == 0 {
		config.Settle = DefaultSettle
	}
	c := &Catalog{config: config, changed: make(chan struct{}, 1)}
	// The one type that is read is known: no discovery, and a CRD that is
	// installed later is picked up by the watch's own retries.
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{v1alpha1.GroupVersion})
	mapper.Add(v1alpha1.GroupVersion.WithKind("MaaSModel"), meta.RESTScopeNamespace)
	mapper.Add(v1alpha1.GroupVersion.WithKind("MaaSModelList"), meta.RESTScopeNamespace) // for caches of some namespaces
	shared := true
	c.informers = &reflector.Informers{Clock: config.Clock, Log: config.Log, Failed: c.interrupted, Restored: c.restored}
	var err error
	c.cache, err = cache.New(config.Cluster, cache.Options{
		Scheme:                       scheme,
		Mapper:                       mapper,
		DefaultNamespaces:            namespaces,
		DefaultTransform:             project,
		DefaultUnsafeDisableDeepCopy: &shared, // the renderer only reads
		NewInformer:                  c.informers.New,
	})
	if err != nil {
		return nil, fmt.Errorf("preparing to watch MaaSModels: %w", err)
	}
	return c, nil
}

// Snapshot is the catalog as it is now, nil until all MaaSModels have been
// read for the first time.
func (c *Catalog) Snapshot() *Snapshot { return c.current.Load() }

// DisconnectedSince is since when changes of MaaSModels do not come here, so that
// the snapshot may be out of date; zero while they do.
func (c *Catalog) DisconnectedSince() time.Time { return c.informers.DisconnectedSince() }

// Run follows the cluster until ctx ends.
func (c *Catalog) Run(ctx context.Context) error {
	informer, err := c.cache.GetInformer(ctx, &v1alpha1.MaaSModel{}, cache.BlockUntilSynced(false))
	if err != nil {
		return fmt.Errorf("watching MaaSModels: %w", err)
	}
	registration, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { c.wake() },
		UpdateFunc: func(any, any) { c.wake() },
		DeleteFunc: func(any) { c.wake() },
	})
	if err != nil {
		return fmt.Errorf("watching MaaSModels: %w", err)
	}
	defer func() { _ = informer.RemoveEventHandler(registration) }()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cancel(c.cache.Start(ctx))
	}()
	defer func() { <-ended }()
	defer cancel(nil)

	if c.cache.WaitForCacheSync(ctx) && c.settled(ctx) {
		err = c.follow(ctx)
	}
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return err
}

// settled waits until rendering may begin; false when the context has ended.
func (c *Catalog) settled(ctx context.Context) bool {
	for _, settled := range c.config.Settled {
		if settled == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return false
		case <-settled:
		}
	}
	return true
}

// follow renders once, and then again whenever something has changed.
func (c *Catalog) follow(ctx context.Context) error {
	for {
		_, replaced := c.config.Renderer.Kinds.Watch()
		if err := c.render(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		next, stop := c.untilNextStage()
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-c.changed:
		case <-replaced:
		case <-next:
		}
		stop()
		if c.sinceRendered() < c.config.Settle {
			select {
			case <-ctx.Done():
				return nil
			case <-c.config.Clock.After(c.config.Settle - c.sinceRendered()):
			}
		}
	}
}

// maxStage bounds how far ahead the next day of a lifecycle is waited for: one may
// be thousands of years away.
const maxStage = 24 * time.Hour

// untilNextStage is when a model is deprecated or retires next: nothing else
// changes then. Nil is never.
func (c *Catalog) untilNextStage() (next <-chan time.Time, stop func()) {
	at := c.Snapshot().until
	if at.IsZero() {
		return nil, func() {}
	}
	timer := c.config.Clock.NewTimer(max(0, min(at.Sub(c.config.Clock.Now()), maxStage)))
	return timer.C(), func() { timer.Stop() }
}

func (c *Catalog) sinceRendered() time.Duration {
	return c.config.Clock.Since(c.Snapshot().RenderedAt)
}

func (c *Catalog) render(ctx context.Context) error {
	var list v1alpha1.MaaSModelList
	if err := c.cache.List(ctx, &list, client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("reading the watched MaaSModels: %w", err)
	}
	models := make([]*v1alpha1.MaaSModel, len(list.Items))
	for i := range list.Items {
		models[i] = &list.Items[i]
	}
	snapshot, err := c.config.Renderer.Render(models, c.config.Clock.Now())
	if err != nil {
		return err
	}
	c.current.Store(snapshot)
	if c.config.OnSnapshot != nil {
		c.config.OnSnapshot(snapshot)
	}
	c.config.Log.Debug("catalog rendered", "generation", snapshot.Generation, "models", len(snapshot.entries))
	return nil
}

func (c *Catalog) wake() {
	select {
	case c.changed <- struct{}{}:
	default: // a change is already waiting, and will be rendered with this one
	}
}

func (c *Catalog) interrupted(ctx context.Context, err error) {
	c.config.Log.WarnContext(ctx, "watching MaaSModels was interrupted; the last known list is served meanwhile", "error", err,
		"hint", "check that the API server answers, that the CRD is installed, and that this ServiceAccount may list and watch maasmodels.maas.opendatahub.io")
}

func (c *Catalog) restored(ctx context.Context) {
	c.config.Log.InfoContext(ctx, "watching MaaSModels again")
}

// project leaves of a MaaSModel what is listed, so that what is kept does not
// depend on how much else it carries.
func project(obj any) (any, error) {
	model, ok := obj.(*v1alpha1.MaaSModel)
	if !ok {
		return obj, nil
	}
	kept := &v1alpha1.MaaSModel{}
	kept.Namespace, kept.Name, kept.UID = model.Namespace, model.Name, model.UID
	kept.ResourceVersion, kept.CreationTimestamp, kept.DeletionTimestamp = model.ResourceVersion, model.CreationTimestamp, model.DeletionTimestamp
	kept.Status.ID, kept.Unreadable = model.Status.ID, model.Unreadable
	if model.Unreadable != "" {
		return kept, nil
	}
	kept.Spec.ModelRef.Kind = model.Spec.ModelRef.Kind
	kept.Status.Phase, kept.Status.Endpoint = model.Status.Phase, model.Status.Endpoint
	kept.Status.Kind, kept.Status.Model = model.Status.Kind, model.Status.Model
	kept.Annotations = discoverability(model.Annotations)
	if model.Status.Asleep() {
		kept.Status.Conditions = []metav1.Condition{{
			Type: v1alpha1.ConditionBackendReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonBackendServable,
		}}
	}
	if why := notReady(model); why != nil && model.Status.Phase != v1alpha1.PhaseReady {
		kept.Status.Conditions = append(kept.Status.Conditions, metav1.Condition{
			Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: strings.Clone(why.Reason), Message: strings.Clone(why.Message),
		})
	}
	return kept, nil
}
