package referent

import (
	"fmt"
	"iter"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/json"
)

// encoded is an object as it is kept, in JSON; none is "". Go's maps take five times
// as much memory, and an object is read once for each decision that is made from it.
// Two that say the same are equal.
type encoded string

func encode(object *unstructured.Unstructured) (encoded, error) {
	text, err := json.Marshal(object.Object)
	if err != nil {
		return "", fmt.Errorf("keeping %s %s: %w", object.GetKind(), keyOf(object), err)
	}
	return encoded(text), nil
}

// object is a copy for the one who asks; nil for none.
func (e encoded) object() *unstructured.Unstructured {
	if e == "" {
		return nil
	}
	object := &unstructured.Unstructured{}
	_ = json.Unmarshal([]byte(e), &object.Object) // it is what encode has written
	return object
}

// objects are those of one type, by namespace and name.
type objects map[string]map[string]encoded

func (o objects) get(key types.NamespacedName) encoded {
	return o[key.Namespace][key.Name]
}

func (o objects) set(key types.NamespacedName, object encoded) {
	named := o[key.Namespace]
	if named == nil {
		named = map[string]encoded{}
		o[key.Namespace] = named
	}
	named[key.Name] = object
}

func (o objects) remove(key types.NamespacedName) {
	named := o[key.Namespace]
	if delete(named, key.Name); len(named) == 0 {
		delete(o, key.Namespace)
	}
}

// all are the objects, one copy at a time.
func (o objects) all() iter.Seq[*unstructured.Unstructured] {
	return func(yield func(*unstructured.Unstructured) bool) {
		for _, named := range o {
			for _, object := range named {
				if !yield(object.object()) {
					return
				}
			}
		}
	}
}

// differences are what has become of the objects of one moment at a later one.
func differences(before, after objects) []Change {
	var changes []Change
	for namespace, named := range after {
		for name, object := range named {
			key := types.NamespacedName{Namespace: namespace, Name: name}
			if was := before.get(key); was != object {
				changes = append(changes, Change{key, was.object(), object.object()})
			}
		}
	}
	for namespace, named := range before {
		for name, object := range named {
			key := types.NamespacedName{Namespace: namespace, Name: name}
			if after.get(key) == "" {
				changes = append(changes, Change{Key: key, Before: object.object()})
			}
		}
	}
	return changes
}
