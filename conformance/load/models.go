package load

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"golang.org/x/sync/errgroup"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// models are so many MaaSModels whose backends answer in one manner.
type models struct {
	manner string
	count  int
	// apart are in a namespace of their own; others are spread over several.
	apart bool
	// unlisted are in nobody's list.
	unlisted bool
}

// Where the models are, and how many are written at a time.
const (
	spread    = 5
	apart     = "maas-load-apart"
	someTimes = 16
)

func namespaces() []string {
	all := []string{apart}
	for i := range spread {
		all = append(all, fmt.Sprint("maas-load-", i))
	}
	return all
}

// idsOf are the ids of those that a list has to have.
func idsOf(all []models) []string {
	var ids []string
	for _, m := range all {
		for i := range m.count {
			if !m.unlisted {
				ids = append(ids, m.name(i))
			}
		}
	}
	return ids
}

func (m models) name(i int) string { return fmt.Sprintf("%s-%05d", m.manner, i) }

// inventory is what there is in the cluster.
type inventory struct {
	client   client.Client
	backends string
	present  []models
}

// prepare makes the namespaces.
func (in *inventory) prepare(ctx context.Context) error {
	for _, name := range namespaces() {
		err := in.client.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("making the namespace %s: %w", name, err)
		}
	}
	return in.clear(ctx)
}

// clear deletes all models.
func (in *inventory) clear(ctx context.Context) error {
	in.present = nil
	for _, name := range namespaces() {
		if err := in.client.DeleteAllOf(ctx, &v1alpha1.MaaSModel{}, client.InNamespace(name)); err != nil {
			return fmt.Errorf("deleting the models in %s: %w", name, err)
		}
	}
	return nil
}

// provide has exactly these models be there.
func (in *inventory) provide(ctx context.Context, wanted []models) error {
	if slices.Equal(in.present, wanted) {
		return nil
	}
	if err := in.clear(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(someTimes)
	for _, m := range wanted {
		for i := range m.count {
			group.Go(func() error { return in.make(ctx, m, i) })
		}
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("making models: %w", err)
	}
	in.present = wanted
	return nil
}

// make makes one model with the status that a controller would have written.
func (in *inventory) make(ctx context.Context, m models, i int) error {
	namespace := fmt.Sprint("maas-load-", i%spread)
	if m.apart {
		namespace = apart
	}
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: m.name(i)},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "llmisvc", Name: m.name(i)}},
	}
	if err := in.client.Create(ctx, model); err != nil {
		return err
	}
	model.Status = v1alpha1.MaaSModelStatus{
		ID: m.name(i), Phase: v1alpha1.PhaseReady, Kind: "llmisvc", Endpoint: fmt.Sprintf("%s/%s/%d", in.backends, m.manner, i),
	}
	return in.client.Status().Update(ctx, model)
}
