package scale

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"golang.org/x/sync/errgroup"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

const (
	// spread is over how many namespaces the models are.
	spread = 10
	// foreign is where the ballast is, and others where the models of the raw rate are.
	foreign = "maas-scale-foreign"
	others  = "maas-scale-others"
	// writers make models and their backends at the same time.
	writers = 16
)

func key(i int) types.NamespacedName {
	return types.NamespacedName{Namespace: fmt.Sprint("maas-scale-", i%spread), Name: fmt.Sprintf("model-%05d", i)}
}

// each calls do for so many, some at the same time.
func each(ctx context.Context, count, atATime int, do func(ctx context.Context, i int) error) error {
	group, all := errgroup.WithContext(ctx)
	group.SetLimit(atATime)
	for i := range count {
		if all.Err() != nil {
			break
		}
		group.Go(func() error { return do(all, i) })
	}
	return errors.Join(group.Wait(), context.Cause(ctx))
}

func makeNamespaces(ctx context.Context, c client.Client) error {
	names := []string{foreign, others}
	for i := range spread {
		names = append(names, key(i).Namespace)
	}
	for _, name := range names {
		if err := c.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}); err != nil {
			return fmt.Errorf("making the namespace %s: %w", name, err)
		}
	}
	return nil
}

func newModel(at types.NamespacedName, kind string) *v1alpha1.MaaSModel {
	return &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: at.Namespace, Name: at.Name},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: kind, Name: at.Name}},
	}
}

// models gives all MaaSModels, with the revision that they are of.
func models(ctx context.Context, c client.Client) (*v1alpha1.MaaSModelList, error) {
	list := &v1alpha1.MaaSModelList{}
	if err := c.List(ctx, list); err != nil {
		return nil, fmt.Errorf("listing MaaSModels: %w", err)
	}
	return list, nil
}

// follow watches MaaSModels from now on; a watch that ends goes on where it was.
func follow(ctx context.Context, c client.WithWatch) (*watchtools.RetryWatcher, error) {
	list, err := models(ctx, c)
	if err != nil {
		return nil, err
	}
	ctx = logr.NewContext(ctx, logr.Discard()) // a watch that goes on is no news
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, list.ResourceVersion, &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return c.Watch(ctx, &v1alpha1.MaaSModelList{}, &client.ListOptions{Raw: &options})
		},
	})
	if err != nil {
		return nil, fmt.Errorf("watching MaaSModels: %w", err)
	}
	return watcher, nil
}

// await reads a watch until enough says that what was waited for is there.
func await(ctx context.Context, watcher *watchtools.RetryWatcher, enough func(*v1alpha1.MaaSModel) bool) error {
	for {
		select {
		case event, open := <-watcher.ResultChan():
			if !open {
				return errors.New("the watch on MaaSModels has ended: the API server has dropped what was to be read, or is gone")
			}
			model, ok := event.Object.(*v1alpha1.MaaSModel)
			if event.Type == watch.Error || !ok {
				return fmt.Errorf("watching MaaSModels: %v", event.Object)
			}
			if enough(model) {
				return nil
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// makeReady makes models and waits until all are Ready. It gives how long the making
// took, and how long it was until the last was Ready.
func (m *measurement) makeReady(ctx context.Context) (created, ready time.Duration, err error) {
	watcher, err := follow(ctx, m.plane.admin)
	if err != nil {
		return 0, 0, err
	}
	defer watcher.Stop()
	group, ctx := errgroup.WithContext(ctx)
	started := time.Now()
	group.Go(func() error {
		err := each(ctx, m.row.Models, writers, func(ctx context.Context, i int) error {
			return m.plane.admin.Create(ctx, newModel(key(i), m.template.folder))
		})
		created = time.Since(started)
		return err
	})
	done := map[string]bool{}
	group.Go(func() error {
		err := await(ctx, watcher, func(model *v1alpha1.MaaSModel) bool {
			if model.Status.Phase == v1alpha1.PhaseReady {
				done[model.Name] = true
			}
			return len(done) == m.row.Models
		})
		ready = time.Since(started)
		return err
	})
	if err := group.Wait(); err != nil {
		return created, ready, fmt.Errorf("making models: %d of %d are Ready: %w", len(done), m.row.Models, err)
	}
	return created, ready, nil
}

// flips has backends serve no more, and then again, one after the other, and gives
// how long after the question to the API server each status said so.
func (m *measurement) flips(ctx context.Context, count int) ([]time.Duration, error) {
	watcher, err := follow(ctx, m.plane.admin)
	if err != nil {
		return nil, err
	}
	defer watcher.Stop()
	var took []time.Duration
	for i := range count {
		serves, want := (i/m.row.Models)%2 == 1, v1alpha1.PhaseUnhealthy
		if serves {
			want = v1alpha1.PhaseReady
		}
		at := key(i % m.row.Models)
		started := time.Now()
		if err := m.template.flip(ctx, m.plane.admin, at, serves); err != nil {
			return nil, fmt.Errorf("flipping the backend %s: %w", at, err)
		}
		err := await(ctx, watcher, func(model *v1alpha1.MaaSModel) bool {
			return model.Name == at.Name && model.Status.Phase == want
		})
		if err != nil {
			return nil, fmt.Errorf("waiting until the model %s is %s: %w", at, want, err)
		}
		took = append(took, time.Since(started))
	}
	return took, nil
}
