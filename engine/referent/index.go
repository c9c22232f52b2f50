package referent

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/few"
	"github.com/maas-kinds/maas/engine/kind"
)

// index files the names of a store's objects, so that a look-up costs what it finds,
// however many others there are. It is made when it is first asked for.
type index struct {
	kind.Index
	filed map[indexKey]few.Set[string]
}

// indexKey is what is looked up together: the objects of a namespace with a value.
type indexKey struct{ namespace, value string }

func newIndex(of kind.Index, all objects) *index {
	i := &index{Index: of, filed: map[indexKey]few.Set[string]{}}
	for object := range all.all() {
		i.add(object)
	}
	return i
}

func (i *index) add(object *unstructured.Unstructured) {
	for _, value := range i.Values(object) {
		key := indexKey{object.GetNamespace(), value}
		i.filed[key] = i.filed[key].With(object.GetName())
	}
}

func (i *index) remove(object *unstructured.Unstructured) {
	for _, value := range i.Values(object) {
		key := indexKey{object.GetNamespace(), value}
		left := i.filed[key].Without(object.GetName())
		if i.filed[key] = left; left.Len() == 0 {
			delete(i.filed, key)
		}
	}
}

// indexed are the objects of one type, and the indexes that were asked for so far.
type indexed struct {
	objects objects
	indexes map[string]*index
}

func newIndexed() indexed { return indexed{objects{}, map[string]*index{}} }

// put files an object in the place of the one before, which may be nil.
func (o *indexed) put(before, object *unstructured.Unstructured, kept encoded) {
	o.remove(before)
	o.objects.set(keyOf(object), kept)
	for _, i := range o.indexes {
		i.add(object)
	}
}

// remove takes out an object that is there; nil is none.
func (o *indexed) remove(object *unstructured.Unstructured) {
	if object == nil {
		return
	}
	o.objects.remove(keyOf(object))
	for _, i := range o.indexes {
		i.remove(object)
	}
}

// replace takes other objects in the place of all.
func (o *indexed) replace(all objects) (before objects) {
	before, o.objects = o.objects, all
	for name, i := range o.indexes {
		o.indexes[name] = newIndex(i.Index, all)
	}
	return before
}

// has says whether every index is there that the terms need.
func (o *indexed) has(terms []kind.Term) bool {
	for _, term := range terms {
		if o.indexes[term.Index.Name()] == nil {
			return false
		}
	}
	return true
}

// make makes the indexes that the terms need.
func (o *indexed) make(terms []kind.Term) {
	for _, term := range terms {
		if name := term.Index.Name(); o.indexes[name] == nil {
			o.indexes[name] = newIndex(term.Index, o.objects)
		}
	}
}

// among are the objects that meet the term which the fewest meet; without terms all
// of the namespace.
func (o *indexed) among(namespace string, terms []kind.Term) []encoded {
	if len(terms) == 0 {
		return slices.Collect(maps.Values(o.objects[namespace]))
	}
	var fewest few.Set[string]
	for n, term := range terms {
		filed := o.indexes[term.Index.Name()].filed[indexKey{namespace, term.Value}]
		if n == 0 || filed.Len() < fewest.Len() {
			fewest = filed
		}
	}
	all := make([]encoded, 0, fewest.Len())
	for name := range fewest.All() {
		all = append(all, o.objects[namespace][name])
	}
	return all
}
