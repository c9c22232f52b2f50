package engine

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

// spacing is how far apart models are woken whose endpoints are to be withdrawn
// because a type cannot be read any longer: a hundred a second.
const spacing = 10 * time.Millisecond

// eventHandler queues the MaaSModels that a change of kinds, of referents, or of what is
// related to them, concerns.
type eventHandler struct {
	models       modelIndex
	kinds        *kind.Live
	dependencies *dependencyIndex

	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
}

// start is a source.Func. What happens before it is not lost: at its start the
// controller resolves every MaaSModel there is.
func (w *eventHandler) start(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = queue
	return nil
}

// changed wakes the models that one object concerns.
func (w *eventHandler) changed(gk schema.GroupKind, change referent.Change) {
	w.add(w.dependencies.concerned(gk, change))
	w.add(those(w.models.referring(change.Key), w.ofType(gk)))
}

// moved wakes the models that any object of a type concerns.
func (w *eventHandler) moved(gk schema.GroupKind) {
	w.add(w.dependencies.in(gk))
	w.add(those(w.models.all(), w.ofType(gk)))
}

// failing wakes the models that any object of a type concerns, and not all at
// once: their endpoints are withdrawn, and what fails may come back meanwhile.
func (w *eventHandler) failing(gk schema.GroupKind) {
	w.spread(append(w.dependencies.in(gk), those(w.models.all(), w.ofType(gk))...))
}

// kindsChanged wakes the models whose kind is another one now, or none, or stands
// otherwise. Models of other kinds are left alone.
func (w *eventHandler) kindsChanged(before, after *kind.Set) {
	w.add(those(w.models.all(), func(name string) bool { return before == nil || !kind.SameFor(name, before, after) }))
}

// ofType says of a modelRef.kind whether its referents are of a type.
func (w *eventHandler) ofType(gk schema.GroupKind) func(string) bool {
	kinds := w.kinds.Set()
	return func(name string) bool {
		k, ok := kinds.Lookup(name)
		return ok && k.Refers(gk)
	}
}

// those are the models whose modelRef.kind is one of those concerned.
func those(models []*v1alpha1.MaaSModel, concerns func(kind string) bool) []types.NamespacedName {
	var keys []types.NamespacedName
	for _, model := range models {
		if concerns(model.Spec.ModelRef.Kind) {
			keys = append(keys, client.ObjectKeyFromObject(model))
		}
	}
	return keys
}

func (w *eventHandler) add(models []types.NamespacedName) { w.enqueue(models, 0) }

// spread wakes models one after the other.
func (w *eventHandler) spread(models []types.NamespacedName) { w.enqueue(models, spacing) }

// enqueue has the models looked at, each so much later than the one before.
func (w *eventHandler) enqueue(models []types.NamespacedName, apart time.Duration) {
	w.mu.Lock()
	queue := w.queue
	w.mu.Unlock()
	if queue == nil {
		return
	}
	for i, model := range models {
		queue.AddAfter(reconcile.Request{NamespacedName: model}, time.Duration(i)*apart)
	}
}
