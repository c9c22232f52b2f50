package referent

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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

// settle makes what runs fit what is served. Only the goroutine of Start calls it.
func (w *Watches) settle(ctx context.Context, group *sync.WaitGroup) {
	offers, known := w.offers()
	if !known {
		return
	}
	next := w.plan(offers)
	for _, started := range next.fresh {
		var running context.Context
		running, started.stop = context.WithCancel(ctx)
		group.Go(func() { started.run(running) })
	}

	w.mu.Lock()
	before, running := w.resolved, w.running
	w.resolved, w.running, w.settled = next.resolved, next.watches, true
	w.mu.Unlock()

	for gvk, old := range running {
		if next.watches[gvk] != old {
			old.stop()
		}
	}
	w.announce(ctx, before, next.resolved)
}

// plan keeps every watch that is on the right target.
func (w *Watches) plan(offers map[schema.GroupKind]offer) plan {
	next := plan{resolved: map[readingKey]resolution{}, watches: map[schema.GroupVersionKind]*watch{}}
	for _, read := range w.readings {
		offered, known := offers[read.key.GroupKind]
		if !known {
			// Asked for and not answered yet: it stays as it is.
			if r, ok := w.resolved[read.key]; ok {
				next.adopt(read.key, r)
			}
			continue
		}
		target, state, message := aim(read.referent, offered)
		if message != "" {
			next.adopt(read.key, resolution{state: state, message: message})
			continue
		}
		reader := next.watches[target.kind]
		if reader == nil {
			reader = w.running[target.kind]
		}
		if reader == nil || reader.target != target {
			reader = w.watchReferent(target)
			next.fresh = append(next.fresh, reader)
		}
		next.adopt(read.key, resolution{watch: reader})
	}
	return next
}

func (p *plan) adopt(key readingKey, r resolution) {
	p.resolved[key] = r
	if r.watch != nil {
		p.watches[r.watch.target.kind] = r.watch
	}
}

// offers says what the API server serves of the types that kinds read. A type
// that discovery has not answered for is left out. It is false before the
// definitions are known.
func (w *Watches) offers() (map[schema.GroupKind]offer, bool) {
	crds, state := w.definitions.all()
	if state == Starting {
		return nil, false
	}
	defined := map[schema.GroupKind]offer{}
	for _, crd := range crds {
		d, err := parseDefinition(crd)
		if err != nil {
			continue
		}
		// Of two that claim one kind, one is served.
		if o := d.offer(); o.pending == "" || defined[d.groupKind()].crd == "" {
			defined[d.groupKind()] = o
		}
	}
	undefined := map[schema.GroupKind]*offer{}
	for _, read := range w.readings {
		gk := read.key.GroupKind
		if _, is := defined[gk]; is {
			continue
		}
		undefined[gk] = nil
		if _, was := w.defined[gk]; was && state.readable() {
			// Right after its end discovery may still list it: not asked now.
			undefined[gk] = &offer{}
		}
	}
	w.discovery.track(undefined)
	offers := maps.Clone(defined)
	for gk := range undefined {
		if o, known := w.discovery.lookup(gk); known {
			offers[gk] = o
		}
	}
	w.defined = defined
	return offers, true
}

func (w *Watches) watchReferent(t target) *watch {
	gk := t.kind.GroupKind()
	var readers []*kind.Kind
	for _, k := range w.options.Kinds {
		if slices.ContainsFunc(k.Types(), func(r kind.Referent) bool { return r.GroupKind() == gk }) {
			readers = append(readers, k)
		}
	}
	watch := w.newWatch(t, func(object *unstructured.Unstructured) *unstructured.Unstructured {
		return kind.Project(object, readers...)
	})
	watch.changed = func(change Change) { w.options.Changed(gk, change) }
	watch.moved = func() { w.options.Moved(gk) }
	watch.gone = func() {
		if t.crd == "" {
			w.discovery.absent(gk)
			signal(w.dirty)
		}
	}
	return watch
}

// announce tells of the types that are not read any more, or not for the same reason.
func (w *Watches) announce(ctx context.Context, before, after map[readingKey]resolution) {
	moved := map[schema.GroupKind]bool{}
	for _, read := range w.readings {
		gk := read.key.GroupKind
		now, known := after[read.key]
		if !known || now == before[read.key] {
			continue
		}
		if now.watch == nil {
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "not watching", slog.String("referent", gk.String()),
				slog.Any("state", now.state), slog.String("reason", now.message))
		} else {
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "watching", slog.String("referent", now.watch.target.kind.String()))
		}
		if !moved[gk] {
			moved[gk] = true
			w.options.Moved(gk)
		}
	}
}
