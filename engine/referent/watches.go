package referent

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
)

// Options is what Watches needs. Every field has to be set.
type Options struct {
	Kinds *kind.Live
	// Readers are the kinds that are read for while a set is in force: its own,
	// and any that are in no set.
	Readers func(*kind.Set) []*kind.Kind
	// Used are those of them that some model needs at present: types that none of
	// them reads are not watched. Whoever knows of a change calls Reconsider.
	Used      func(*kind.Set) []*kind.Kind
	Client    dynamic.Interface
	Discovery discovery.DiscoveryInterfaceWithContext
	// Permit is asked before a watch is started, and again while it says no: the
	// error is a Forbidden where the resource may not be listed and watched.
	Permit func(context.Context, schema.GroupVersionResource) error
	// Answers is asked while reads of a type fail: it fails while the API server
	// answers nothing else either.
	Answers func(context.Context) error
	// Clock spaces the attempts at what fails, Dates says since when it does.
	Clock clock.Clock
	Dates clock.PassiveClock
	Log   *slog.Logger
	// Changed is called after an object has come, gone or changed in something
	// that a kind reads. Calls for one type come one at a time.
	Changed func(schema.GroupKind, Change)
	// Moved is called after Get and Select have begun to answer differently for
	// all objects of a type, because of the state that the type is in.
	Moved func(schema.GroupKind, State)
	// Settled is called after another set of kinds is read; before is nil for
	// the first.
	Settled func(before, after *kind.Set)
}

// Watches are the watches on all types that the kinds in use read: referents
// and what is related to them. Types that several kinds read in one version are
// watched once. Of a type that only others read it is known whether it is served
// and may be read.
type Watches struct {
	options     Options
	definitions *watch
	discovery   *discoverer
	// dirty asks for another look at what is served.
	dirty chan struct{}
	// defined is what definitions offered at the last look, running what runs
	// since. Only the goroutine of Start uses them.
	defined map[schema.GroupKind]served
	running map[schema.GroupVersionKind]*watch

	view atomic.Pointer[Reader]
}

// resolution is how a type is read: by a watch, or not at all.
type resolution struct {
	watch   *watch
	state   State
	message string
}

// current is the state that a type is in.
func (r resolution) current() State {
	if r.watch == nil {
		return r.state
	}
	state, _ := r.watch.current()
	return state
}

var errKept = errors.New("what is known of definitions is kept")

// New makes the watches; Start runs them.
func New(options Options) *Watches {
	w := &Watches{options: options, dirty: make(chan struct{}, 1), running: map[schema.GroupVersionKind]*watch{}}
	w.view.Store(&Reader{})
	dirty := func() { signal(w.dirty) }
	w.definitions = w.newWatch(definitions(), projectDefinition)
	// What is known of definitions stands for as long as they cannot be read, or all
	// types would be read anew.
	w.definitions.answers = func(context.Context) error { return errKept }
	w.definitions.changed, w.definitions.moved, w.definitions.gone =
		func(Change) { dirty() }, func(State) { dirty() }, func() {}
	w.discovery = &discoverer{client: options.Discovery, clock: options.Clock, dates: options.Dates, log: options.Log,
		changed: dirty, ask: make(chan struct{}, 1), served: map[schema.GroupKind]*served{}}
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
		kinds, changed := w.options.Kinds.Watch()
		w.sync(ctx, &running, kinds)
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-w.dirty:
		}
	}
}

// Reconsider asks for another look at which kinds are in use.
func (w *Watches) Reconsider() { signal(w.dirty) }

// View is what can be read at present. Whoever decides something asks once and
// stays with the answer.
func (w *Watches) View() *Reader { return w.view.Load() }

// Settled says whether every type in use has been read, or why it is not is known.
func (w *Watches) Settled() bool {
	view := w.View()
	for _, read := range view.readings {
		r, known := view.resolved[read.key]
		if !known || r.watch != nil && r.current() == Starting && !r.watch.idle && r.watch.lastError() == "" {
			return false
		}
	}
	return view.kinds != nil
}

func (w *Watches) newWatch(t target, project func(*unstructured.Unstructured) *unstructured.Unstructured) *watch {
	return &watch{
		store:   newStore(project, w.options.Dates),
		target:  t,
		client:  w.options.Client.Resource(t.gvr()),
		permit:  w.options.Permit,
		answers: w.options.Answers,
		clock:   w.options.Clock,
		dates:   w.options.Dates,
		log: w.options.Log.With(slog.Group("referent",
			"group", t.kind.Group, "version", t.kind.Version, "kind", t.kind.Kind)),
	}
}
