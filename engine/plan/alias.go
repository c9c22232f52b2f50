package plan

import (
	"maps"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/resolve"
)

// statuses are what MaaSModels would have, of those that would change.
type statuses map[types.NamespacedName]v1alpha1.MaaSModelStatus

func (s statuses) clone() statuses { return maps.Clone(s) }

func (s statuses) equal(other statuses) bool {
	return maps.EqualFunc(s, other, func(a, b v1alpha1.MaaSModelStatus) bool { return equality.Semantic.DeepEqual(a, b) })
}

// overlaid reads MaaSModels with the statuses that they would have.
type overlaid struct {
	resolve.Reader

	statuses statuses
}

// Referent is part of resolve.Reader.
func (o overlaid) Referent(k *kind.Kind, namespace, name string) resolve.Referent {
	found := o.Reader.Referent(k, namespace, name)
	found.Object = o.over(found.Object)
	return found
}

// Read is part of kind.Reader.
func (o overlaid) Read(query kind.Query) kind.Answer {
	answer := o.Reader.Read(query)
	if len(o.statuses) == 0 || !kind.IsMaaSModel(query.GroupKind()) {
		return answer
	}
	objects := make([]*unstructured.Unstructured, len(answer.Objects))
	for i, object := range answer.Objects {
		objects[i] = o.over(object)
	}
	answer.Objects = objects
	return answer
}

// over leaves the object itself as it is.
func (o overlaid) over(object *unstructured.Unstructured) *unstructured.Unstructured {
	if object == nil || !kind.IsMaaSModel(object.GroupVersionKind().GroupKind()) {
		return object
	}
	planned, ok := o.statuses[types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}]
	if !ok {
		return object
	}
	status, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&planned)
	if err != nil {
		return object // A status is made of what the converter knows.
	}
	next := maps.Clone(object.Object)
	next["status"] = status
	return &unstructured.Unstructured{Object: next}
}
