package engine

import (
	"sync"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// ownWrites are the statuses that this process has written and not met in its cache
// yet. To look at a model because of one of them would decide the same again, unless it
// was looked at meanwhile: what was decided then was of the status before.
type ownWrites struct {
	mu      sync.Mutex
	byModel map[types.NamespacedName]v1alpha1.MaaSModelStatus
}

func newOwnWrites() *ownWrites {
	return &ownWrites{byModel: map[types.NamespacedName]v1alpha1.MaaSModelStatus{}}
}

// expect is told of a status before it is written: the cache may have it before
// the answer comes.
func (o *ownWrites) expect(model types.NamespacedName, status v1alpha1.MaaSModelStatus) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byModel[model] = status
}

// forget has the next status wake its model, whoever has written it.
func (o *ownWrites) forget(model types.NamespacedName) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.byModel, model)
}

// others is true of every change but that of a status into what was written last.
func (o *ownWrites) others() predicate.TypedPredicate[*v1alpha1.MaaSModel] {
	return predicate.TypedFuncs[*v1alpha1.MaaSModel]{
		UpdateFunc: func(e event.TypedUpdateEvent[*v1alpha1.MaaSModel]) bool {
			key := client.ObjectKeyFromObject(e.ObjectNew)
			o.mu.Lock()
			expected, written := o.byModel[key]
			o.mu.Unlock()
			if !written || !sameBesideStatus(e.ObjectOld, e.ObjectNew) || !equality.Semantic.DeepEqual(expected, e.ObjectNew.Status) {
				return true
			}
			o.forget(key)
			return false
		},
	}
}

// sameBesideStatus says whether all that is decided from is as it was; the spec is
// where the generation is.
func sameBesideStatus(a, b *v1alpha1.MaaSModel) bool {
	before, after := a.ObjectMeta, b.ObjectMeta
	before.ResourceVersion, after.ResourceVersion = "", ""
	before.ManagedFields, after.ManagedFields = nil, nil
	return a.Unreadable == b.Unreadable && equality.Semantic.DeepEqual(before, after)
}
