package engine

import (
	"context"
	"fmt"

	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/identity"
)

// nameField is the index from a name to the MaaSModels that have it, in all
// namespaces.
const nameField = "name"

func nameKeys(object client.Object) []string { return []string{object.GetName()} }

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
// given before. The error is the context's, or that of reading the MaaSModels.
func (e *engine) restoreIDs(ctx context.Context, book *identity.Book, store *identity.Store) error {
	var stored map[string]identity.Names
	if store != nil {
		var err error
		if stored, err = store.Load(ctx); err != nil {
			return err
		}
	}
	models := &v1alpha1.MaaSModelList{}
	// The cache answers when it has all of them.
	if err := e.manager.GetCache().List(ctx, models, client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("reading the ids of MaaSModels: %w", err)
	}
	book.Restore(stored, identities(models), e.options.Clock.Now())
	return nil
}

// identities leaves out models that are on their way out without an id.
func identities(models *v1alpha1.MaaSModelList) []identity.Object {
	objects := make([]identity.Object, 0, len(models.Items))
	for i := range models.Items {
		if model := &models.Items[i]; model.DeletionTimestamp.IsZero() || model.Status.ID != "" {
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
func (r *reconciler) idOf(ctx context.Context, model *v1alpha1.MaaSModel) (string, error) {
	if !model.DeletionTimestamp.IsZero() {
		return model.Status.ID, nil
	}
	same := &v1alpha1.MaaSModelList{}
	if err := r.client.List(ctx, same, client.MatchingFields{nameField: model.Name}, client.UnsafeDisableDeepCopy); err != nil {
		return "", fmt.Errorf("looking up the MaaSModels named %s: %w", model.Name, err)
	}
	return r.ids.ID(identityOf(model), identities(same)), nil
}
