package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// unusedAfter is how long the types of a kind are watched after its last model has
// gone: one that is deleted and made anew finds everything read.
const unusedAfter = 5 * time.Minute

// usage knows which kinds MaaSModels name, or have named a short time ago. What no
// other kind reads is not watched: a cluster may have very many Services, and none of
// them a model.
type usage struct {
	clock clock.Clock
	// after is how long a kind stays in use without models.
	after time.Duration
	// changed is called when other kinds are in use.
	changed func()
	// woken has Run look at what is left anew.
	woken chan struct{}

	mu sync.Mutex
	// kinds has each model's modelRef.kind as it is written there, and models counts them.
	kinds  map[types.NamespacedName]string
	models map[string]int
	// left is since when no model has a name any longer.
	left map[string]time.Time
}

func newUsage(clock clock.Clock, after time.Duration, changed func()) *usage {
	return &usage{clock: clock, after: after, changed: changed, woken: make(chan struct{}, 1),
		kinds: map[types.NamespacedName]string{}, models: map[string]int{}, left: map[string]time.Time{}}
}

// among are the kinds of a set that are in use.
func (u *usage) among(set *kind.Set) map[string]bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	used := map[string]bool{}
	note := func(name string) {
		if k, ok := set.Lookup(name); ok {
			used[k.Name()] = true
		}
	}
	for name := range u.models {
		note(name)
	}
	for name := range u.left {
		note(name)
	}
	return used
}

// note counts a model by the kind that it names now; "" is for one that has gone. It
// says whether it named another one before.
func (u *usage) note(model types.NamespacedName, name string) bool {
	u.mu.Lock()
	before := u.kinds[model]
	if before == name {
		u.mu.Unlock()
		return false
	}
	if before != "" {
		delete(u.kinds, model)
		if u.models[before]--; u.models[before] == 0 {
			delete(u.models, before)
			u.left[before] = u.clock.Now()
		}
	}
	_, lately := u.left[name]
	news := name != "" && u.models[name] == 0 && !lately
	if name != "" {
		u.kinds[model] = name
		u.models[name]++
		delete(u.left, name)
	}
	u.mu.Unlock()
	if news {
		u.changed()
	}
	select {
	case u.woken <- struct{}{}:
	default:
	}
	return true
}

// expire lets go of what has been left for long, and says when there is more to let
// go of; zero for never.
func (u *usage) expire() (gone bool, next time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for name, since := range u.left {
		switch wait := u.after - u.clock.Since(since); {
		case wait <= 0:
			delete(u.left, name)
			gone = true
		case next == 0 || wait < next:
			next = wait
		}
	}
	return gone, next
}

// Run lets go of kinds that are not in use any longer, until the context ends.
func (u *usage) Run(ctx context.Context) error {
	for {
		gone, next := u.expire()
		if gone {
			u.changed()
		}
		var over <-chan time.Time
		if next > 0 {
			over = u.clock.After(next)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-over:
		case <-u.woken:
		}
	}
}

// followModels counts MaaSModels by what they refer to until stop is called. Those
// that there are have been counted when it returns.
func (e *engine) followModels(ctx context.Context, used *usage) (stop func(), err error) {
	models, err := e.manager.GetCache().GetInformer(ctx, &v1alpha1.MaaSModel{})
	if err != nil {
		return nil, fmt.Errorf("counting MaaSModels: %w", err)
	}
	// Of a model whose end was missed no more than its name may be told.
	note := func(model any, goes bool) {
		key, err := toolscache.DeletionHandlingObjectToName(model)
		name := ""
		if is, ok := model.(*v1alpha1.MaaSModel); ok && !goes {
			name = is.Spec.ModelRef.Kind
		}
		if err == nil && used.note(key.AsNamespacedName(), name) {
			e.report()
		}
	}
	registration, err := models.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(is any) { note(is, false) },
		UpdateFunc: func(_, is any) { note(is, false) },
		DeleteFunc: func(was any) { note(was, true) },
	})
	if err != nil {
		return nil, fmt.Errorf("counting MaaSModels: %w", err)
	}
	select {
	case <-ctx.Done():
	case <-registration.HasSyncedChecker().Done():
	}
	return func() { _ = models.RemoveEventHandler(registration) }, nil
}
