package referent

import (
	"context"
	"log/slog"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
)

// Options is what Watches needs. Every field has to be set.
type Options struct {
	Kinds     []*kind.Kind
	Client    dynamic.Interface
	Discovery discovery.DiscoveryInterfaceWithContext
	Clock     clock.Clock
	Log       *slog.Logger
	// Changed is called after a referent has come, gone or changed in something
	// that a kind reads. Calls for one type come one at a time. The namespace is
	// empty for cluster-scoped types.
	Changed func(schema.GroupKind, types.NamespacedName)
	// Moved is called after Get has begun to answer differently for all
	// referents of a type.
	Moved func(schema.GroupKind)
}

// Watches are the watches on all referent types of a set of kinds. Types that
// several kinds read in one version are watched once.
type Watches struct {
	options     Options
	definitions *watch
	discovery   *discoverer
	// dirty asks for another look at what is served.
	dirty chan struct{}
	// defined is what definitions offered at the last look.
	defined map[schema.GroupKind]offer

	mu sync.RWMutex
	// resolved by kind name.
	resolved map[string]resolution
	running  map[schema.GroupVersionKind]*watch
	settled  bool
}

// resolution is how a kind's referent type is read: by a watch, or not at all.
type resolution struct {
	watch   *watch
	state   State
	message string
}

// New makes the watches; Start runs them.
func New(options Options) *Watches {
	w := &Watches{
		options:  options,
		dirty:    make(chan struct{}, 1),
		resolved: map[string]resolution{},
		running:  map[schema.GroupVersionKind]*watch{},
	}
	dirty := func() { signal(w.dirty) }
	w.definitions = w.newWatch(definitions(), projectDefinition)
	w.definitions.changed, w.definitions.moved, w.definitions.gone =
		func(types.NamespacedName) { dirty() }, dirty, func() {}
	w.discovery = &discoverer{client: options.Discovery, clock: options.Clock, log: options.Log,
		changed: dirty, ask: make(chan struct{}, 1), offers: map[schema.GroupKind]*offer{}}
	return w
}

// Start runs the watches until the context ends, and returns when the last of
// them has stopped. It can be called once.
func (w *Watches) Start(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { w.definitions.run(ctx) })
	running.Go(func() { w.discovery.run(ctx) })
	for {
		w.settle(ctx, &running)
		select {
		case <-ctx.Done():
			return nil
		case <-w.dirty:
		}
	}
}

// Ready says whether it is known which types are served.
func (w *Watches) Ready() bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.settled
}

// Get looks a referent of k up. The namespace is ignored for cluster-scoped types.
func (w *Watches) Get(k *kind.Kind, namespace, name string) Lookup {
	w.mu.RLock()
	r, ok := w.resolved[k.Name()]
	w.mu.RUnlock()
	switch {
	case !ok:
		return Lookup{State: Starting}
	case r.watch == nil:
		return Lookup{State: r.state, Message: r.message}
	}
	target := r.watch.target
	key := types.NamespacedName{Name: name}
	if target.namespaced {
		key.Namespace = namespace
	}
	found := Lookup{Type: target.kind, Namespaced: target.namespaced}
	if found.Object, found.State = r.watch.get(key); found.State == Forbidden {
		found.Message = target.forbidden()
	}
	return found
}

// Health is the state of every referent type, each once, in no order.
func (w *Watches) Health() []Health {
	w.mu.RLock()
	defer w.mu.RUnlock()
	states := map[schema.GroupVersionKind]State{}
	for _, k := range w.options.Kinds {
		r, ok := w.resolved[k.Name()]
		switch ref := k.Referent(); {
		case ok && r.watch != nil:
			_, states[r.watch.target.kind] = r.watch.get(types.NamespacedName{})
		case ok:
			states[ref.GroupKind().WithVersion(ref.Versions[0])] = r.state
		default:
			states[ref.GroupKind().WithVersion(ref.Versions[0])] = Starting
		}
	}
	healths := make([]Health, 0, len(states))
	for gvk, state := range states {
		healths = append(healths, Health{Type: gvk, State: state})
	}
	return healths
}

func (w *Watches) newWatch(t target, project func(*unstructured.Unstructured) *unstructured.Unstructured) *watch {
	return &watch{
		store:  &store{project: project, objects: map[types.NamespacedName]*unstructured.Unstructured{}},
		target: t,
		client: w.options.Client.Resource(t.gvr()),
		clock:  w.options.Clock,
		log: w.options.Log.With(slog.Group("referent",
			"group", t.kind.Group, "version", t.kind.Version, "kind", t.kind.Kind)),
	}
}
