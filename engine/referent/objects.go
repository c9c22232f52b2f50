package referent

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// objects are those of one type, by namespace and name.
type objects map[string]map[string]*unstructured.Unstructured

func (o objects) get(key types.NamespacedName) *unstructured.Unstructured {
	return o[key.Namespace][key.Name]
}

func (o objects) set(key types.NamespacedName, object *unstructured.Unstructured) {
	named := o[key.Namespace]
	if named == nil {
		named = map[string]*unstructured.Unstructured{}
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

// differences are what has become of the objects of one moment at a later one.
func differences(before, after objects) []Change {
	var changes []Change
	for namespace, named := range after {
		for name, object := range named {
			key := types.NamespacedName{Namespace: namespace, Name: name}
			if was := before.get(key); !equal(was, object) {
				changes = append(changes, Change{key, was, object})
			}
		}
	}
	for namespace, named := range before {
		for name, object := range named {
			key := types.NamespacedName{Namespace: namespace, Name: name}
			if after.get(key) == nil {
				changes = append(changes, Change{Key: key, Before: object})
			}
		}
	}
	return changes
}
