package modelkind

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/registry"
)

// keepAgain is how long after a fault a revision is tried to be kept again.
const keepAgain = 30 * time.Second

// keeper keeps the spec of each ModelKind that is in force in a ControllerRevision,
// so that it outlives the process. Only the goroutine of the Reporter uses it, but
// for unkept.
type keeper struct {
	client    client.Client
	namespace string
	clock     clock.PassiveClock
	log       *slog.Logger
	// known is what is kept for sure.
	known map[types.UID]*v1alpha1.LastGoodRevision
	// faults are what cannot be kept.
	faults map[types.UID]fault
	// unkept is how many these are.
	unkept atomic.Int64
}

// fault is why a revision could not be kept.
type fault struct {
	digest, message string
	// due is when it is tried again.
	due time.Time
}

func newKeeper(c client.Client, namespace string, clock clock.PassiveClock, log *slog.Logger) *keeper {
	return &keeper{client: c, namespace: namespace, clock: clock, log: log,
		known: map[types.UID]*v1alpha1.LastGoodRevision{}, faults: map[types.UID]fault{}}
}

// keep says what is kept of a ModelKind, of which a revision serves. What is kept
// already is not written. The error is a fault that was not told before; the
// revision is none then that an author has replaced.
func (k *keeper) keep(ctx context.Context, resource *Resource, serving *registry.Stored) (*v1alpha1.LastGoodRevision, error) {
	before := resource.Status.LastGood
	switch {
	case serving == nil:
		return before, nil // It serves again when it can be read, or compiled.
	case serving.UID != string(resource.UID):
		return nil, nil
	}
	sum, err := digest(serving.Spec)
	if err != nil {
		return nil, err
	}
	known := k.known[resource.UID]
	if known != nil && known.Digest == sum {
		return known, nil
	}
	if before != nil && before.Digest != sum {
		before = nil
	}
	told, failing := k.faults[resource.UID]
	failing = failing && told.digest == sum
	if k.namespace == "" || failing && k.clock.Now().Before(told.due) {
		return before, nil
	}
	now, err := k.store(ctx, resource, serving, sum)
	if err != nil {
		k.faults[resource.UID] = fault{sum, err.Error(), k.clock.Now().Add(keepAgain)}
		if failing && told.message == err.Error() {
			err = nil
		}
		return before, err
	}
	delete(k.faults, resource.UID)
	k.known[resource.UID] = now
	return now, nil
}

// store sees to it that a spec is kept: where the status says, or in the slot that
// it does not name.
func (k *keeper) store(ctx context.Context, resource *Resource, serving *registry.Stored, sum string) (*v1alpha1.LastGoodRevision, error) {
	said := resource.Status.LastGood
	slots := slots()
	key := types.NamespacedName{Namespace: k.namespace, Name: prefix + resource.Name + slots[0]}
	if said != nil && said.Namespace == k.namespace && said.Digest == sum {
		key.Name = said.Name
	} else if said != nil && said.Name == key.Name {
		key.Name = prefix + resource.Name + slots[1]
	}
	wanted, err := revisionOf(resource, serving, key)
	if err != nil {
		return nil, err
	}
	record := v1alpha1.LastGoodRevision{Namespace: key.Namespace, Name: key.Name, Digest: sum}
	found := &appsv1.ControllerRevision{}
	err = k.client.Get(ctx, key, found)
	if err == nil {
		expected := *resource
		expected.Status.LastGood = &v1alpha1.LastGoodRevision{Generation: found.Revision, Digest: sum}
		if _, misfit := lastGood(&expected, found); misfit != nil {
			err = apierrors.NewNotFound(appsv1.Resource("controllerrevisions"), key.Name)
			if gone := k.delete(ctx, found); gone != nil {
				return nil, gone
			}
		}
	}
	if apierrors.IsNotFound(err) {
		found, err = wanted, k.client.Create(ctx, wanted)
	}
	if err != nil {
		return nil, fmt.Errorf("keeping generation %d of the ModelKind %s as the ControllerRevision %s: %w", serving.Generation, resource.Name, key, err)
	}
	record.Generation, record.Since = found.Revision, found.CreationTimestamp
	return &record, nil
}

func (k *keeper) delete(ctx context.Context, found *appsv1.ControllerRevision) error {
	err := k.client.Delete(ctx, found, client.Preconditions{UID: &found.UID})
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("removing the ControllerRevision %s/%s, which has something else: %w", found.Namespace, found.Name, err)
	}
	return nil
}

// release removes the revision that another one has taken the place of. Where that
// fails its slot is emptied when it is needed, or with the ModelKind.
func (k *keeper) release(ctx context.Context, before, after *v1alpha1.LastGoodRevision) {
	if before == nil || after == nil || before.Namespace != k.namespace || before.Name == after.Name {
		return
	}
	old := &appsv1.ControllerRevision{}
	old.Namespace, old.Name = before.Namespace, before.Name
	if err := k.client.Delete(ctx, old); client.IgnoreNotFound(err) != nil && ctx.Err() == nil {
		k.log.InfoContext(ctx, "an old revision of a ModelKind stays for now", "controllerRevision", before.Namespace+"/"+before.Name, "error", err)
	}
}

// forget drops what is known of ModelKinds that are gone.
func (k *keeper) forget(objects []*Resource) {
	there := make(map[types.UID]bool, len(objects))
	for _, resource := range objects {
		there[resource.UID] = true
	}
	for uid := range k.known {
		if !there[uid] {
			delete(k.known, uid)
		}
	}
	for uid := range k.faults {
		if !there[uid] {
			delete(k.faults, uid)
		}
	}
	k.unkept.Store(int64(len(k.faults)))
}

// again has a value when a revision is to be tried again, never where none is.
func (k *keeper) again(clock clock.Clock) <-chan time.Time {
	var first time.Time
	for _, f := range k.faults {
		if first.IsZero() || f.due.Before(first) {
			first = f.due
		}
	}
	if first.IsZero() {
		return nil
	}
	return clock.After(first.Sub(clock.Now()))
}

// register has a metric say how many revisions are not kept, until the function
// that it gives is called.
func (k *keeper) register(registerer prometheus.Registerer) (func(), error) {
	if registerer == nil {
		return func() {}, nil
	}
	gauge := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "maas_modelkinds_unkept",
		Help: "ModelKinds whose revision in force would be lost by a restart while their spec is refused. More than 0: the log says why it cannot be kept.",
	}, func() float64 { return float64(k.unkept.Load()) })
	if err := registerer.Register(gauge); err != nil {
		return nil, fmt.Errorf("registering the metrics of ModelKinds: %w", err)
	}
	return func() { registerer.Unregister(gauge) }, nil
}
