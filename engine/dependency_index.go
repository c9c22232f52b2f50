package engine

import (
	"maps"
	"reflect"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

// dependencyIndex knows which related objects every model's status was made from.
// Only reads that were recorded are in it, so it begins empty at every start
// and fills as the models are resolved. What a change costs depends on how many
// models it concerns, not on how many there are.
type dependencyIndex struct {
	mu      sync.Mutex
	byModel map[types.NamespacedName][]filedQuery
	byType  map[schema.GroupKind]*filings
}

// filedQuery is a query and what it is filed under.
type filedQuery struct {
	kind.Query
	under filing
}

// filing is what an object has that answers a query: a name, a value in an index, or
// else only its namespace.
type filing struct {
	namespace, name string
	index, value    string
}

type modelNames map[types.NamespacedName]struct{}

// filings are the models that are made from objects of a type.
type filings struct {
	all modelNames
	by  map[filing]modelNames
	// indexes are those that queries are filed under, and by how many.
	indexes map[string]*usedIndex
}

type usedIndex struct {
	kind.Index
	users int
}

func newDependencyIndex() *dependencyIndex {
	return &dependencyIndex{byModel: map[types.NamespacedName][]filedQuery{}, byType: map[schema.GroupKind]*filings{}}
}

// set replaces what a model is interested in, and says whether that is news.
func (i *dependencyIndex) set(model types.NamespacedName, queries []kind.Query) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	before := i.byModel[model]
	if slices.EqualFunc(before, queries, func(f filedQuery, q kind.Query) bool { return reflect.DeepEqual(f.Query, q) }) {
		return false
	}
	for _, query := range before {
		filed := i.byType[query.GroupKind()]
		if filed == nil {
			continue // An earlier query was the last of the last model.
		}
		if filed.remove(model, query.under); len(filed.all) == 0 {
			delete(i.byType, query.GroupKind())
		}
	}
	delete(i.byModel, model)
	for _, query := range queries {
		filed := i.byType[query.GroupKind()]
		if filed == nil {
			filed = &filings{modelNames{}, map[filing]modelNames{}, map[string]*usedIndex{}}
			i.byType[query.GroupKind()] = filed
		}
		i.byModel[model] = append(i.byModel[model], filedQuery{query, filed.add(model, query)})
	}
	return true
}

// in are the models that were made from objects of a type, whether any exist
// or not.
func (i *dependencyIndex) in(gk schema.GroupKind) []types.NamespacedName {
	i.mu.Lock()
	defer i.mu.Unlock()
	filed := i.byType[gk]
	if filed == nil {
		return nil
	}
	return slices.Collect(maps.Keys(filed.all))
}

// concerned are the models whose queries a change answers otherwise.
func (i *dependencyIndex) concerned(gk schema.GroupKind, change referent.Change) []types.NamespacedName {
	i.mu.Lock()
	defer i.mu.Unlock()
	filed := i.byType[gk]
	if filed == nil {
		return nil
	}
	models := modelNames{}
	for _, object := range []*unstructured.Unstructured{change.Before, change.After} {
		if object == nil {
			continue
		}
		for _, under := range filed.filingsOf(object) {
			for model := range filed.by[under] {
				if slices.ContainsFunc(i.byModel[model], func(q filedQuery) bool { return q.GroupKind() == gk && q.Matches(object) }) {
					models[model] = struct{}{}
				}
			}
		}
	}
	return slices.Collect(maps.Keys(models))
}

// add files a query under the term that the fewest are filed under: a label that all
// have would tell nothing.
func (f *filings) add(model types.NamespacedName, query kind.Query) filing {
	under, in := filing{namespace: query.Namespace, name: query.Name}, kind.Index{}
	for n, term := range query.Terms() {
		next := filing{namespace: query.Namespace, index: term.Index.Name(), value: term.Value}
		if n == 0 || len(f.by[next]) < len(f.by[under]) {
			under, in = next, term.Index
		}
	}
	if under.index != "" {
		if f.indexes[under.index] == nil {
			f.indexes[under.index] = &usedIndex{Index: in}
		}
		f.indexes[under.index].users++
	}
	if f.by[under] == nil {
		f.by[under] = modelNames{}
	}
	f.by[under][model] = struct{}{}
	f.all[model] = struct{}{}
	return under
}

// remove takes out one of a model's queries. All of them go at a time.
func (f *filings) remove(model types.NamespacedName, under filing) {
	delete(f.all, model)
	if delete(f.by[under], model); len(f.by[under]) == 0 {
		delete(f.by, under)
	}
	if in := f.indexes[under.index]; in != nil {
		if in.users--; in.users == 0 {
			delete(f.indexes, under.index)
		}
	}
}

// filingsOf are all that queries may be filed under which an object answers.
func (f *filings) filingsOf(object *unstructured.Unstructured) []filing {
	namespace := object.GetNamespace()
	all := []filing{{namespace: namespace}, {namespace: namespace, name: object.GetName()}}
	for name, index := range f.indexes {
		for _, value := range index.Values(object) {
			all = append(all, filing{namespace: namespace, index: name, value: value})
		}
	}
	return all
}
