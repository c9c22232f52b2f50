package conformance

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind"
)

// takeObjects reads the documents behind the case. Those of a kind-spec that
// does not compile are not told apart.
func (c *Case) takeObjects(k *kind.Kind, documents []*kind.Document) {
	var objects []*unstructured.Unstructured
	for _, d := range documents[1:] {
		objects = append(objects, objectsOf(d)...)
	}
	switch {
	case k == nil:
	case k.NoReferent() != "":
		c.Related = objects
	case len(objects) > 0:
		c.Referent, c.Related = objects[0], objects[1:]
		refuseReferent(documents[1], k.Referent(), c.Referent)
	case len(documents) == 1:
		documents[0].AddFault("", "no object follows: write ---, and then the %s as kubectl get -o yaml prints it", k.Referent().Kind)
	}
}

// refuseReferent notes in its document what the kind does not read.
func refuseReferent(d *kind.Document, want kind.Referent, referent *unstructured.Unstructured) {
	got := referent.GroupVersionKind()
	switch {
	case got.GroupKind() != want.GroupKind():
		d.AddFault("/kind", "the first object is the referent, and has to be a %s: this is a %s", want.GroupKind(), got.GroupKind())
	case !slices.Contains(want.Versions, got.Version):
		d.AddFault("/apiVersion", "the kind reads %s in %s, not in %s", want.Kind, strings.Join(want.Versions, ", "), got.Version)
	case referent.GetName() == "":
		d.AddFault("/metadata/name", "the referent has no name")
	}
}

// objectsOf gives the object of a document, or those of a List, as kubectl
// prints several. What is no object is noted as a fault.
func objectsOf(d *kind.Document) []*unstructured.Unstructured {
	if len(d.Faults()) > 0 {
		return nil
	}
	content, _ := d.Value().(map[string]any)
	entries := map[string]any{"": d.Value()}
	order := []string{""}
	if items, isList := content["items"].([]any); isList && text(content, "kind") == "List" {
		order = nil
		for i, item := range items {
			at := fmt.Sprintf("/items/%d", i)
			entries[at], order = item, append(order, at)
		}
	}
	var objects []*unstructured.Unstructured
	for _, at := range order {
		if object := objectAt(d, at, entries[at]); object != nil {
			objects = append(objects, object)
		}
	}
	return objects
}

func objectAt(d *kind.Document, at string, value any) *unstructured.Unstructured {
	content, ok := value.(map[string]any)
	if !ok {
		d.AddFault(at, "is no Kubernetes object, write one as kubectl get -o yaml prints it")
		return nil
	}
	complete := true
	for _, name := range []string{"apiVersion", "kind"} {
		if text(content, name) == "" {
			d.AddFault(at+"/"+name, "the object has no %s, write it as kubectl get -o yaml prints it", name)
			complete = false
		}
	}
	if !complete {
		return nil
	}
	return &unstructured.Unstructured{Object: asObject(content)}
}

// asObject turns whole numbers into int64, as in objects of an API server.
func asObject(content map[string]any) map[string]any {
	object, _ := wholeNumbers(content).(map[string]any)
	return object
}

func wholeNumbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, child := range v {
			out[key] = wholeNumbers(child)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = wholeNumbers(child)
		}
		return out
	case float64:
		if whole := int64(v); float64(whole) == v {
			return whole
		}
	}
	return value
}
