package referent

import (
	"context"
	"log/slog"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/kind"
)

// settle makes what runs fit what is served. Only the goroutine of Start calls it.
func (w *Watches) settle(ctx context.Context, group *sync.WaitGroup) {
	offers, known := w.offers()
	if !known {
		return
	}
	next := map[string]resolution{}
	wanted := map[schema.GroupVersionKind]*watch{}
	var fresh []*watch
	for _, k := range w.options.Kinds {
		ref := k.Referent()
		o, known := offers[ref.GroupKind()]
		if !known {
			// Asked for and not answered yet: leave it as it is.
			if r, ok := w.resolved[k.Name()]; ok {
				next[k.Name()] = r
				if r.watch != nil {
					wanted[r.watch.target.kind] = r.watch
				}
			}
			continue
		}
		t, state, message := aim(ref, o)
		if message != "" {
			next[k.Name()] = resolution{state: state, message: message}
			continue
		}
		if wanted[t.kind] == nil {
			if old := w.running[t.kind]; old != nil && old.target == t {
				wanted[t.kind] = old
			} else {
				wanted[t.kind] = w.watchReferent(t)
				fresh = append(fresh, wanted[t.kind])
			}
		}
		next[k.Name()] = resolution{watch: wanted[t.kind]}
	}

	w.mu.Lock()
	before := w.resolved
	stopped := w.running
	w.resolved, w.running, w.settled = next, wanted, true
	w.mu.Unlock()

	for gvk, old := range stopped {
		if wanted[gvk] != old {
			old.stop()
		}
	}
	for _, started := range fresh {
		var running context.Context
		running, started.stop = context.WithCancel(ctx)
		group.Go(func() { started.run(running) })
	}
	w.announce(ctx, before, next)
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
	offers := map[schema.GroupKind]offer{}
	for _, k := range w.options.Kinds {
		gk := k.Referent().GroupKind()
		if o, ok := defined[gk]; ok {
			w.discovery.forget(gk)
			offers[gk] = o
			continue
		}
		if _, was := w.defined[gk]; was && state.readable() {
			w.discovery.absent(gk)
		}
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
		if k.Referent().GroupKind() == gk {
			readers = append(readers, k)
		}
	}
	watch := w.newWatch(t, func(object *unstructured.Unstructured) *unstructured.Unstructured {
		return kind.Project(object, readers...)
	})
	watch.changed = func(key types.NamespacedName) { w.options.Changed(gk, key) }
	watch.moved = func() { w.options.Moved(gk) }
	watch.gone = func() {
		if t.crd == "" {
			w.discovery.absent(gk)
			signal(w.dirty)
		}
	}
	return watch
}

// announce tells of the kinds that are not read any more, or not for the same reason.
func (w *Watches) announce(ctx context.Context, before, after map[string]resolution) {
	moved := map[schema.GroupKind]bool{}
	for _, k := range w.options.Kinds {
		name, gk := k.Name(), k.Referent().GroupKind()
		now, known := after[name]
		if !known || now == before[name] {
			continue
		}
		if now.watch == nil {
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "not watching", slog.String("kind", name),
				slog.Any("state", now.state), slog.String("reason", now.message))
		} else {
			w.options.Log.LogAttrs(ctx, slog.LevelInfo, "watching", slog.String("kind", name), slog.String("referent", now.watch.target.kind.String()))
		}
		if !moved[gk] {
			moved[gk] = true
			w.options.Moved(gk)
		}
	}
}
