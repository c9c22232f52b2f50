package modelkind

import (
	stdjson "encoding/json"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/json"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Resource is a ModelKind whose spec is not decoded. The API server may hold
// specs that do not fit the types of api/v1alpha1, from a time when their CRD
// was another. An error about one of them would make the list that it is in
// fail, and the watch. So each is compiled by itself, and its faults are its own.
type Resource struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   stdjson.RawMessage       `json:"spec,omitempty"`
	Status v1alpha1.ModelKindStatus `json:"status,omitempty"`
}

// ResourceList is a list of Resources.
type ResourceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Resource `json:"items"`
}

// addToScheme registers Resource as the type ModelKind.
func addToScheme(scheme *runtime.Scheme) {
	scheme.AddKnownTypeWithName(v1alpha1.GroupVersion.WithKind("ModelKind"), &Resource{})
	scheme.AddKnownTypeWithName(v1alpha1.GroupVersion.WithKind("ModelKindList"), &ResourceList{})
	metav1.AddToGroupVersion(scheme, v1alpha1.GroupVersion)
}

// UnmarshalJSON is part of json.Unmarshaler. A status that does not fit is as
// one that nobody has written yet.
func (r *Resource) UnmarshalJSON(data []byte) error {
	var parts struct {
		metav1.TypeMeta `json:",inline"`
		Metadata        metav1.ObjectMeta  `json:"metadata"`
		Spec            stdjson.RawMessage `json:"spec"`
		Status          stdjson.RawMessage `json:"status"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return fmt.Errorf("reading a ModelKind: %w", err)
	}
	*r = Resource{TypeMeta: parts.TypeMeta, ObjectMeta: parts.Metadata, Spec: parts.Spec}
	var status v1alpha1.ModelKindStatus
	if len(parts.Status) > 0 && json.Unmarshal(parts.Status, &status) == nil {
		r.Status = status
	}
	return nil
}

// DeepCopy copies everything.
func (r *Resource) DeepCopy() *Resource {
	copied := &Resource{TypeMeta: r.TypeMeta, ObjectMeta: *r.ObjectMeta.DeepCopy(), Spec: slices.Clone(r.Spec)}
	r.Status.DeepCopyInto(&copied.Status)
	return copied
}

// DeepCopyObject is part of runtime.Object.
func (r *Resource) DeepCopyObject() runtime.Object { return r.DeepCopy() }

// DeepCopyObject is part of runtime.Object.
func (l *ResourceList) DeepCopyObject() runtime.Object {
	metadata := l.ListMeta
	copied := &ResourceList{TypeMeta: l.TypeMeta, ListMeta: *metadata.DeepCopy()}
	for i := range l.Items {
		copied.Items = append(copied.Items, *l.Items[i].DeepCopy())
	}
	return copied
}
