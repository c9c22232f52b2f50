package engine

import (
	"context"
	"fmt"

	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/identity"
)

// newStore is where names are kept, nil for nowhere.
func (e *engine) newStore(book *identity.Book) (*identity.Store, error) {
	if e.options.IDNamespace == "" {
		return nil, nil
	}
	config := rest.CopyConfig(e.manager.GetConfig())
	config.QPS = -1
	core, err := corev1client.NewForConfigAndClient(config, e.manager.GetHTTPClient())
	if err != nil {
		return nil, fmt.Errorf("making a client for ConfigMaps: %w", err)
	}
	return &identity.Store{
		Book: book, ConfigMaps: core.ConfigMaps(e.options.IDNamespace), Namespace: e.options.IDNamespace,
		Clock: clock.RealClock{}, Log: e.log(),
	}, nil
}

// restoreIDs fills the book from what is stored and from all statuses. No id is
// given before. The error is the context's.
func (e *engine) restoreIDs(ctx context.Context, models modelIndex, book *identity.Book, store *identity.Store) error {
	var stored map[string]identity.Names
	if store != nil {
		var err error
		if stored, err = store.Load(ctx); err != nil {
			return err
		}
	}
	book.Restore(stored, identities(models.all()), e.options.Clock.Now())
	return nil
}

// identities leaves out models that are on their way out without an id.
func identities(models []*v1alpha1.MaaSModel) []identity.Object {
	objects := make([]identity.Object, 0, len(models))
	for _, model := range models {
		if model.DeletionTimestamp.IsZero() || model.Status.ID != "" {
			objects = append(objects, identityOf(model))
		}
	}
	return objects
}

func identityOf(model *v1alpha1.MaaSModel) identity.Object {
	return identity.Object{
		Namespace: model.Namespace, Name: model.Name, Created: model.CreationTimestamp.Time, ID: model.Status.ID,
	}
}

// idOf is a model's id. One that is being deleted keeps what it has, and gets none.
func (r *reconciler) idOf(model *v1alpha1.MaaSModel) string {
	if !model.DeletionTimestamp.IsZero() {
		return model.Status.ID
	}
	return r.ids.ID(identityOf(model), identities(r.models.named(model.Name)))
}
