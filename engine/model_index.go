package engine

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// namesIndex is the index of the manager's cache from names to MaaSModels: their own,
// and those of what they refer to. It says nothing of a referent's type, and so does
// not depend on the kinds in force. A field index of controller-runtime would have
// each model twice for each name.
const namesIndex = "names"

// modelIndex finds MaaSModels. What it gives is shared: do not change it.
type modelIndex struct {
	indexer toolscache.Indexer
	// list goes through all models of a cache that is of some namespaces, and has no
	// indexer for all of them.
	list func() []*v1alpha1.MaaSModel
}

// newModelIndex adds the index to the cache. It has every model when that has.
func newModelIndex(ctx context.Context, models cache.Cache, log *slog.Logger) (modelIndex, error) {
	informer, err := models.GetInformer(ctx, &v1alpha1.MaaSModel{}, cache.BlockUntilSynced(false))
	if err != nil {
		return modelIndex{}, fmt.Errorf("indexing MaaSModels: %w", err)
	}
	shared, ok := informer.(toolscache.SharedIndexInformer)
	if !ok {
		return modelIndex{list: func() []*v1alpha1.MaaSModel { return listed(ctx, models, log) }}, nil
	}
	if err := shared.AddIndexers(toolscache.Indexers{namesIndex: namesIn}); err != nil {
		return modelIndex{}, fmt.Errorf("indexing MaaSModels: %w", err)
	}
	return modelIndex{indexer: shared.GetIndexer()}, nil
}

func listed(ctx context.Context, models cache.Cache, log *slog.Logger) []*v1alpha1.MaaSModel {
	list := &v1alpha1.MaaSModelList{}
	if err := models.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil && ctx.Err() == nil {
		log.ErrorContext(ctx, "cannot look up MaaSModels", "error", err)
	}
	all := make([]*v1alpha1.MaaSModel, len(list.Items))
	for i := range list.Items {
		all[i] = &list.Items[i]
	}
	return all
}

// namesIn are a model's own name and its referent's with the namespace. A referent
// without one, which is cluster-scoped, is found by its name alone.
func namesIn(object any) ([]string, error) {
	model, ok := object.(*v1alpha1.MaaSModel)
	if !ok {
		return nil, nil
	}
	names := []string{model.Name, referentOf(model).String()}
	if model.Spec.ModelRef.Name != model.Name {
		names = append(names, model.Spec.ModelRef.Name)
	}
	return names, nil
}

// referentOf is the referent that a model names, if that is namespaced.
func referentOf(model *v1alpha1.MaaSModel) types.NamespacedName {
	ref := model.Spec.ModelRef
	return types.NamespacedName{Namespace: cmp.Or(ref.Namespace, model.Namespace), Name: ref.Name}
}

// all are all models.
func (i modelIndex) all() []*v1alpha1.MaaSModel {
	if i.indexer == nil {
		return i.list()
	}
	return only(i.indexer.List(), func(*v1alpha1.MaaSModel) bool { return true })
}

// named are the models of a name, in all namespaces.
func (i modelIndex) named(name string) []*v1alpha1.MaaSModel {
	return i.by(name, func(model *v1alpha1.MaaSModel) bool { return model.Name == name })
}

// referring are the models that name a referent. The namespace of one that is
// cluster-scoped is empty.
func (i modelIndex) referring(to types.NamespacedName) []*v1alpha1.MaaSModel {
	if to.Namespace == "" {
		return i.by(to.Name, func(model *v1alpha1.MaaSModel) bool { return model.Spec.ModelRef.Name == to.Name })
	}
	return i.by(to.String(), func(model *v1alpha1.MaaSModel) bool { return referentOf(model) == to })
}

func (i modelIndex) by(name string, wanted func(*v1alpha1.MaaSModel) bool) []*v1alpha1.MaaSModel {
	if i.indexer == nil {
		return slices.DeleteFunc(i.list(), func(model *v1alpha1.MaaSModel) bool { return !wanted(model) })
	}
	found, err := i.indexer.ByIndex(namesIndex, name)
	if err != nil {
		return nil // there is no such index, and newModelIndex has made it
	}
	return only(found, wanted)
}

func only(objects []any, wanted func(*v1alpha1.MaaSModel) bool) []*v1alpha1.MaaSModel {
	models := make([]*v1alpha1.MaaSModel, 0, len(objects))
	for _, object := range objects {
		if model, ok := object.(*v1alpha1.MaaSModel); ok && wanted(model) {
			models = append(models, model)
		}
	}
	return models
}
