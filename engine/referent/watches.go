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
	// Changed is called after an object has come, gone or changed in something
	// that a kind reads. Calls for one type come one at a time.
	Changed func(schema.GroupKind, Change)
	// Moved is called after Get and Select have begun to answer differently for
	// all objects of a type.
	Moved func(schema.GroupKind)
}

// Watches are the watches on all types that a set of kinds reads: referents and
// what is related to them. Types that several kinds read in one version are
// watched once.
type Watches struct {
	options     Options
	definitions *watch
	discovery   *discoverer
	// dirty asks for another look at what is served.
	dirty chan struct{}
	// defined is what definitions offered at the last look.
	defined map[schema.GroupKind]offer

	// readings are what the kinds read, each once.
	readings []reading

	mu       sync.RWMutex
	resolved map[readingKey]resolution
	running  map[schema.GroupVersionKind]*watch
	settled  bool
}

// resolution is how a type is read: by a watch, or not at all.
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
		readings: readingsOf(options.Kinds),
		resolved: map[readingKey]resolution{},
		running:  map[schema.GroupVersionKind]*watch{},
	}
	dirty := func() { signal(w.dirty) }
	w.definitions = w.newWatch(definitions(), projectDefinition)
	w.definitions.changed, w.definitions.moved, w.definitions.gone =
		func(Change) { dirty() }, dirty, func() {}
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
	r, found := w.lookUp(readingOf(k.Referent()))
	if r.watch == nil {
		return found
	}
	key := types.NamespacedName{Name: name}
	if found.Namespaced {
		key.Namespace = namespace
	}
	if found.Object, found.State = r.watch.get(key); found.State == Forbidden {
		found.Message = r.watch.target.forbidden()
	}
	return found
}

// Select looks up what answers a query of a kind. The objects are shared: do
// not change them. Where none can be looked up, the lookup says why.
func (w *Watches) Select(query kind.Query) ([]*unstructured.Unstructured, Lookup) {
	r, found := w.lookUp(readingOf(kind.Referent{Group: query.Group, Kind: query.Kind, Versions: query.Versions}))
	if r.watch == nil {
		return nil, found
	}
	var objects []*unstructured.Unstructured
	if objects, found.State = r.watch.matching(query); found.State == Forbidden {
		found.Message = r.watch.target.forbidden()
	}
	return objects, found
}

// lookUp says how something is read. Without a watch the lookup is complete.
func (w *Watches) lookUp(read reading) (resolution, Lookup) {
	w.mu.RLock()
	r, ok := w.resolved[read.key]
	w.mu.RUnlock()
	switch {
	case !ok:
		return r, Lookup{State: Starting}
	case r.watch == nil:
		return r, Lookup{State: r.state, Message: r.message}
	}
	return r, Lookup{Type: r.watch.target.kind, Namespaced: r.watch.target.namespaced}
}

// Health is the state of every type that is read, each once, in no order.
func (w *Watches) Health() []Health {
	w.mu.RLock()
	defer w.mu.RUnlock()
	states := map[schema.GroupVersionKind]State{}
	for _, read := range w.readings {
		switch r, ok := w.resolved[read.key]; {
		case ok && r.watch != nil:
			states[r.watch.target.kind] = r.watch.current()
		case ok:
			states[read.key.WithVersion(read.referent.Versions[0])] = r.state
		default:
			states[read.key.WithVersion(read.referent.Versions[0])] = Starting
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
