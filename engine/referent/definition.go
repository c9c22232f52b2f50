package referent

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// definitions is where CustomResourceDefinitions are read.
func definitions() target {
	return target{
		kind:     schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"},
		resource: "customresourcedefinitions",
	}
}

// definition is what is read of a CustomResourceDefinition. Without its schemas
// it is a thousandth of the size.
type definition struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec struct {
		Group string `json:"group"`
		Scope string `json:"scope"`
		Names struct {
			Kind   string `json:"kind"`
			Plural string `json:"plural"`
		} `json:"names"`
		Versions []struct {
			Name   string `json:"name"`
			Served bool   `json:"served"`
		} `json:"versions"`
	} `json:"spec"`

	Status struct {
		Conditions []struct {
			Type    string `json:"type"`
			Status  string `json:"status"`
			Message string `json:"message"`
		} `json:"conditions"`
	} `json:"status"`
}

// projectDefinition keeps of a CustomResourceDefinition what definition names.
// One that does not fit, which the API server would not store, keeps nothing
// but its name, and offers nothing.
func projectDefinition(crd *unstructured.Unstructured) *unstructured.Unstructured {
	kept := &unstructured.Unstructured{}
	if d, err := parseDefinition(crd); err == nil {
		d.ManagedFields, d.Annotations, d.Labels, d.ResourceVersion = nil, nil, nil, ""
		kept.Object, _ = runtime.DefaultUnstructuredConverter.ToUnstructured(d)
	}
	kept.SetName(crd.GetName())
	return kept
}

func parseDefinition(crd *unstructured.Unstructured) (*definition, error) {
	d := &definition{}
	return d, runtime.DefaultUnstructuredConverter.FromUnstructured(crd.Object, d)
}

func (d *definition) groupKind() schema.GroupKind {
	return schema.GroupKind{Group: d.Spec.Group, Kind: d.Spec.Names.Kind}
}

func (d *definition) served() served {
	o := served{
		resource:   d.Spec.Names.Plural,
		namespaced: d.Spec.Scope == "Namespaced",
		crd:        d.UID,
		pending:    d.pending(),
	}
	for _, version := range d.Spec.Versions {
		if version.Served {
			o.versions = append(o.versions, version.Name)
		}
	}
	return o
}

// pending says why the definition is not served yet, empty when it is.
func (d *definition) pending() string {
	why := "its CustomResourceDefinition is not established"
	for _, condition := range d.Status.Conditions {
		switch {
		case condition.Type == "Established" && condition.Status == "True":
			return ""
		case condition.Type == "NamesAccepted" && condition.Status == "False":
			why = condition.Message
		}
	}
	return why
}
