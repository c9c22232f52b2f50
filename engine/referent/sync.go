package referent

import (
	"context"
	"log/slog"
	"maps"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind"
)

// plan is how everything is to be read.
type plan struct {
	resolved map[readingKey]resolution
	watches  map[schema.GroupVersionKind]*watch
	// fresh are the watches that do not run yet.
	fresh []*watch
}

// sync makes what runs fit what is served and what the kinds read. Only the
// goroutine of Start calls it.
func (w *Watches) sync(ctx context.Context, group *sync.WaitGroup, kinds *kind.Set) {
	before := w.View()
	readers := w.options.Readers(kinds)
	readings := before.readings
	if before.kinds != kinds {
		readings = readingsOf(readers)
	}
	served, known := w.served(readings)
	if !known {
		return
	}
	next := w.plan(before, readings, readers, served)
	for _, started := range next.fresh {
		var running context.Context
		running, started.stop = context.WithCancel(ctx)
		group.Go(func() { started.run(running) })
	}
	after := &Reader{kinds: kinds, readings: readings, resolved: next.resolved}
	running := w.running
	w.running = next.watches
	w.view.Store(after)

	for gvk, old := range running {
		if next.watches[gvk] != old {
			old.stop()
		}
		if next.watches[gvk] == nil {
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "not watching any more", slog.String("referent", gvk.String()))
		}
	}
	w.announce(ctx, before, after)
	if before.kinds != kinds {
		w.options.Settled(before.kinds, kinds)
	}
}

// plan keeps every watch that is on the right target and keeps of its objects
// what the kinds read. A kind that reads more than before gets its objects anew:
// what was left out of a projection is not to be had otherwise.
func (w *Watches) plan(before *Reader, readings []reading, readers []*kind.Kind, served map[schema.GroupKind]served) plan {
	next := plan{resolved: map[readingKey]resolution{}, watches: map[schema.GroupVersionKind]*watch{}}
	for _, read := range readings {
		projection := kind.ProjectionOf(read.key.GroupKind, readers...)
		r, known := before.resolved[read.key]
		// What was asked for and not answered yet stays as it is, for a while.
		if offered, asked := served[read.key.GroupKind]; asked && (offered.fault == "" || offered.lasting && r.watch == nil || !known) {
			r, known = w.resolve(&next, read.referent, offered, projection), true
		}
		if known && (r.watch == nil || r.watch.projection.Equal(projection)) {
			next.adopt(read.key, r)
		}
	}
	return next
}

// resolve finds the watch that reads a type as it is served, or makes it.
func (w *Watches) resolve(next *plan, ref kind.Referent, o served, projection kind.Projection) resolution {
	target, state, message := selectVersion(ref, o)
	if message != "" {
		return resolution{state: state, message: message}
	}
	reader := next.watches[target.kind]
	if reader == nil {
		reader = w.running[target.kind]
	}
	if reader == nil || reader.target != target || !reader.projection.Equal(projection) {
		reader = w.watchReferent(target, projection)
		next.fresh = append(next.fresh, reader)
	}
	return resolution{watch: reader}
}

func (p *plan) adopt(key readingKey, r resolution) {
	p.resolved[key] = r
	if r.watch != nil {
		p.watches[r.watch.target.kind] = r.watch
	}
}

// served says what the API server serves of the types that kinds read. A type
// that discovery has not answered for is left out. It is false before the
// definitions are known.
func (w *Watches) served(readings []reading) (map[schema.GroupKind]served, bool) {
	crds, state := w.definitions.all()
	if state == Starting {
		return nil, false
	}
	defined := map[schema.GroupKind]served{}
	for _, crd := range crds {
		d, err := parseDefinition(crd)
		if err != nil {
			continue
		}
		// Of two that claim one kind, one is served.
		if o := d.served(); o.pending == "" || defined[d.groupKind()].crd == "" {
			defined[d.groupKind()] = o
		}
	}
	undefined := map[schema.GroupKind]*served{}
	for _, read := range readings {
		gk := read.key.GroupKind
		if _, is := defined[gk]; is {
			continue
		}
		undefined[gk] = nil
		if _, was := w.defined[gk]; was && state.readable() {
			// Right after its end discovery may still list it: not asked now.
			undefined[gk] = &served{}
		}
	}
	w.discovery.track(undefined)
	all := maps.Clone(defined)
	for gk := range undefined {
		if o, known := w.discovery.lookup(gk); known {
			all[gk] = o
		}
	}
	w.defined = defined
	return all, true
}

func (w *Watches) watchReferent(t target, projection kind.Projection) *watch {
	gk := t.kind.GroupKind()
	watch := w.newWatch(t, projection.Of)
	watch.projection = projection
	watch.changed = func(change Change) { w.options.Changed(gk, change) }
	watch.moved = func(state State) { w.options.Moved(gk, state) }
	watch.gone = func() {
		if t.crd == "" {
			w.discovery.absent(gk)
			signal(w.dirty)
		}
	}
	return watch
}

// announce tells of the types that are not read any more, or not for the same reason.
func (w *Watches) announce(ctx context.Context, before, after *Reader) {
	moved := map[schema.GroupKind]bool{}
	for _, read := range after.readings {
		gk := read.key.GroupKind
		now, known := after.resolved[read.key]
		was, knew := before.resolved[read.key]
		if known == knew && now == was {
			continue
		}
		switch {
		case now.watch != nil:
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "watching", slog.String("referent", now.watch.target.kind.String()))
		case known:
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "not watching", slog.String("referent", gk.String()),
				slog.Any("state", now.state), slog.String("reason", now.message))
		}
		if !moved[gk] {
			moved[gk] = true
			w.options.Moved(gk, now.current())
		}
	}
}
