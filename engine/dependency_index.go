package engine

import (
	"maps"
	"reflect"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/few"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/referent"
)

// dependencyIndex knows which related objects every model's status was made from.
// Only reads that were recorded are in it, so it begins empty at every start
// and fills as the models are resolved. What a change costs depends on how many
// models it concerns, not on how many there are.
type dependencyIndex struct {
	mu      sync.Mutex
	byModel map[types.NamespacedName][]interest
	byType  map[schema.GroupKind]*filings
}

// interest is a query of a model, in as few words as tell what answers it: there are
// some for each model.
type interest struct {
	of    schema.GroupKind
	under filing
	// whole is the query where an object that is filed alike need not answer it.
	whole *kind.Query
}

// is says whether the interest is that of a query.
func (i interest) is(query kind.Query) bool {
	if i.of != query.GroupKind() {
		return false
	}
	terms := query.Terms()
	if !saysAll(query, terms) {
		return i.whole != nil && reflect.DeepEqual(*i.whole, query)
	}
	under := filing{namespace: query.Namespace, name: query.Name}
	for _, term := range terms {
		under.index, under.value = term.Index.Name(), term.Value
	}
	return i.whole == nil && i.under == under
}

// saysAll says whether every object that is filed as a query is answers it.
func saysAll(query kind.Query, terms []kind.Term) bool {
	return query.Name != "" || len(terms) == 1 || query.All && len(terms) == 0
}

// filing is what an object has that answers a query: a name, a value in an index, or
// else only its namespace.
type filing struct {
	namespace, name string
	index, value    string
}

type modelNames = few.Set[types.NamespacedName]

// filings are the models that are made from objects of a type.
type filings struct {
	all map[types.NamespacedName]struct{}
	by  map[filing]modelNames
	// indexes are those that queries are filed under, and by how many.
	indexes map[string]*usedIndex
}

type usedIndex struct {
	kind.Index
	name  string // one for all that are filed under it
	users int
}

func newDependencyIndex() *dependencyIndex {
	return &dependencyIndex{byModel: map[types.NamespacedName][]interest{}, byType: map[schema.GroupKind]*filings{}}
}

// set replaces what a model is interested in, and says whether that is news.
func (i *dependencyIndex) set(model types.NamespacedName, queries []kind.Query) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	before := i.byModel[model]
	if slices.EqualFunc(before, queries, interest.is) {
		return false
	}
	for _, has := range before {
		filed := i.byType[has.of]
		if filed == nil {
			continue // An earlier query was the last of the last model.
		}
		if filed.remove(model, has.under); len(filed.all) == 0 {
			delete(i.byType, has.of)
		}
	}
	delete(i.byModel, model)
	if len(queries) == 0 {
		return true
	}
	interests := make([]interest, 0, len(queries))
	for _, query := range queries {
		filed := i.byType[query.GroupKind()]
		if filed == nil {
			filed = &filings{map[types.NamespacedName]struct{}{}, map[filing]modelNames{}, map[string]*usedIndex{}}
			i.byType[query.GroupKind()] = filed
		}
		interests = append(interests, filed.add(model, query))
	}
	i.byModel[model] = interests
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
	models := map[types.NamespacedName]struct{}{}
	for _, object := range []*unstructured.Unstructured{change.Before, change.After} {
		if object == nil {
			continue
		}
		for _, under := range filed.filingsOf(object) {
			for model := range filed.by[under].All() {
				if slices.ContainsFunc(i.byModel[model], func(i interest) bool {
					return i.of == gk && i.under == under && (i.whole == nil || i.whole.Matches(object))
				}) {
					models[model] = struct{}{}
				}
			}
		}
	}
	return slices.Collect(maps.Keys(models))
}

// add files a query under the term that the fewest are filed under: a label that all
// have would tell nothing.
func (f *filings) add(model types.NamespacedName, query kind.Query) interest {
	filed, in := interest{of: query.GroupKind(), under: filing{namespace: query.Namespace, name: query.Name}}, kind.Index{}
	terms := query.Terms()
	for n, term := range terms {
		next := filing{namespace: query.Namespace, index: term.Index.Name(), value: term.Value}
		if n == 0 || f.by[next].Len() < f.by[filed.under].Len() {
			filed.under, in = next, term.Index
		}
	}
	if !saysAll(query, terms) {
		filed.whole = &query
	}
	if name := filed.under.index; name != "" {
		if f.indexes[name] == nil {
			f.indexes[name] = &usedIndex{Index: in, name: name}
		}
		f.indexes[name].users++
		filed.under.index = f.indexes[name].name
	}
	f.by[filed.under] = f.by[filed.under].With(model)
	f.all[model] = struct{}{}
	return filed
}

// remove takes out one of a model's queries. All of them go at a time.
func (f *filings) remove(model types.NamespacedName, under filing) {
	delete(f.all, model)
	left := f.by[under].Without(model)
	if f.by[under] = left; left.Len() == 0 {
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
