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
	readings := readingsOf(readers)
	served, known := w.served(readings)
	if !known {
		return
	}
	next := w.plan(before, readings, w.wanted(kinds, readings, readers), served)
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

// wanted is what is kept of a type's objects, and whether anybody needs them now.
type wanted struct {
	projection kind.Projection
	idle       bool
}

// wanted says it of every type that is read. What is kept is what any kind in force
// reads, or the first model of one more kind would have all objects read anew.
func (w *Watches) wanted(kinds *kind.Set, readings []reading, readers []*kind.Kind) map[schema.GroupKind]wanted {
	used := map[schema.GroupKind]bool{}
	for _, read := range readingsOf(w.options.Used(kinds)) {
		used[read.key.GroupKind] = true
	}
	all := map[schema.GroupKind]wanted{}
	for _, read := range readings {
		gk := read.key.GroupKind
		if _, done := all[gk]; !done {
			all[gk] = wanted{kind.ProjectionOf(gk, readers...), !used[gk]}
		}
	}
	return all
}

// plan keeps every watch that is on the right target and keeps of its objects
// what the kinds read. A kind that reads more than before gets its objects anew:
// what was left out of a projection is not to be had otherwise.
func (w *Watches) plan(before *Reader, readings []reading, types map[schema.GroupKind]wanted, served map[schema.GroupKind]served) plan {
	next := plan{resolved: map[readingKey]resolution{}, watches: map[schema.GroupVersionKind]*watch{}}
	for _, read := range readings {
		r, known := before.resolved[read.key]
		offered, asked := served[read.key.GroupKind]
		switch {
		// What was asked for and not answered yet stays as it is, for a while.
		case asked && (offered.fault == "" || offered.lasting && r.watch == nil || !known):
			r, known = w.resolve(&next, read.referent, offered, types[read.key.GroupKind]), true
		case known && r.watch != nil:
			r = w.reader(&next, r.watch.target, types[read.key.GroupKind])
		}
		if known {
			next.adopt(read.key, r)
		}
	}
	return next
}

// resolve finds the watch that reads a type as it is served, or makes it.
func (w *Watches) resolve(next *plan, ref kind.Referent, o served, want wanted) resolution {
	target, state, message := selectVersion(ref, o)
	if message != "" {
		return resolution{state: state, message: message}
	}
	return w.reader(next, target, want)
}

// reader is the watch that reads a target as is wanted.
func (w *Watches) reader(next *plan, t target, want wanted) resolution {
	reader := next.watches[t.kind]
	if reader == nil {
		reader = w.running[t.kind]
	}
	if reader == nil || !reader.fits(t, want.projection, want.idle) {
		reader = w.watchReferent(t, want)
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

func (w *Watches) watchReferent(t target, want wanted) *watch {
	gk := t.kind.GroupKind()
	watch := w.newWatch(t, want.projection.Of)
	watch.projection, watch.idle = want.projection, want.idle
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
		case now.watch != nil && now.watch.idle:
			if was.watch != nil && !was.watch.idle {
				w.options.Log.LogAttrs(ctx, slog.LevelInfo, "not watching any more: no MaaSModel needs it", slog.String("referent", was.watch.target.kind.String()))
			}
		case now.watch != nil:
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "watching", slog.String("referent", now.watch.target.kind.String()))
		case known:
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "not watching", slog.String("referent", gk.String()),
				slog.Any("state", now.state), slog.String("reason", now.message))
		}
		// A watch that has just begun tells by itself what there is to say.
		if state := now.current(); !moved[gk] && (now.watch == nil || state != Starting) {
			moved[gk] = true
			w.options.Moved(gk, state)
		}
	}
}
