package engine

import (
	"reflect"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

// dependencyIndex knows which related objects every model's status was made from.
// Only reads that were recorded are in it, so it begins empty at every start
// and fills as the models are resolved.
type dependencyIndex struct {
	mu      sync.Mutex
	byModel map[types.NamespacedName][]kind.Query
	byType  map[schema.GroupKind]map[types.NamespacedName]struct{}
}

func newDependencyIndex() *dependencyIndex {
	return &dependencyIndex{
		byModel: map[types.NamespacedName][]kind.Query{},
		byType:  map[schema.GroupKind]map[types.NamespacedName]struct{}{},
	}
}

// set replaces what a model is interested in, and says whether that is news.
func (i *dependencyIndex) set(model types.NamespacedName, queries []kind.Query) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	before := i.byModel[model]
	if len(before) == 0 && len(queries) == 0 || reflect.DeepEqual(before, queries) {
		return false
	}
	for _, query := range before {
		gk := query.GroupKind()
		if delete(i.byType[gk], model); len(i.byType[gk]) == 0 {
			delete(i.byType, gk)
		}
	}
	delete(i.byModel, model)
	if len(queries) > 0 {
		i.byModel[model] = queries
	}
	for _, query := range queries {
		gk := query.GroupKind()
		if i.byType[gk] == nil {
			i.byType[gk] = map[types.NamespacedName]struct{}{}
		}
		i.byType[gk][model] = struct{}{}
	}
	return true
}

// in are the models that were made from objects of a type, whether any exist
// or not.
func (i *dependencyIndex) in(gk schema.GroupKind) []types.NamespacedName {
	return i.having(gk, func(kind.Query) bool { return true })
}

// concerned are the models whose queries a change answers otherwise.
func (i *dependencyIndex) concerned(gk schema.GroupKind, change referent.Change) []types.NamespacedName {
	return i.having(gk, func(query kind.Query) bool {
		return change.Before != nil && query.Matches(change.Before) || change.After != nil && query.Matches(change.After)
	})
}

func (i *dependencyIndex) having(gk schema.GroupKind, holds func(kind.Query) bool) []types.NamespacedName {
	i.mu.Lock()
	defer i.mu.Unlock()
	var models []types.NamespacedName
	for model := range i.byType[gk] {
		for _, query := range i.byModel[model] {
			if query.GroupKind() == gk && holds(query) {
				models = append(models, model)
				break
			}
		}
	}
	return models
}
