package engine

import (
	"context"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine/kind"
)

// awaitInside returns when what is inside the cluster has been read: endpoints
// that were published before a restart would be withdrawn and published again.
// The error is the context's.
func (e *engine) awaitInside(ctx context.Context) error {
	if e.options.InsideSettled == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-e.options.InsideSettled:
		return nil
	}
}

// followInside begins to follow what is known of the cluster. What it gives wakes
// models whenever that changes, until the context ends: those whose endpoints the
// networks decide about, and all where the names of Services are other ones.
func (w *eventHandler) followInside(inside *endpoint.LiveCluster) func(context.Context) error {
	before, changed := inside.Watch()
	return func(ctx context.Context) error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-changed:
			}
			var now *endpoint.Cluster
			if now, changed = inside.Watch(); now.DNSDomain() == before.DNSDomain() {
				w.add(w.dependencies.in(kind.Behind()))
			} else {
				w.add(those(w.models.all(), func(string) bool { return true }))
			}
			before = now
		}
	}
}

// rulesNow are the rules for endpoints with what is known of the cluster at present.
func (r *reconciler) rulesNow() endpoint.Rules {
	rules := r.rules
	rules.Cluster = r.inside.Load()
	return rules
}
