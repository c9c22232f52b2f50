package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ModelKind says how to read one kind of model backend: it is a kind-spec, as a
// file kind.yaml is, and adds its kind to a running system. It replaces a kind
// of the same name that was read from a file.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=modelkinds,singular=modelkind,shortName=mk,categories=maas,scope=Cluster
// +kubebuilder:printcolumn:name="Accepted",type="string",JSONPath=".status.conditions[?(@.type==\"Accepted\")].status"
// +kubebuilder:printcolumn:name="Reason",type="string",JSONPath=".status.conditions[?(@.type==\"Accepted\")].reason"
// +kubebuilder:printcolumn:name="Served",type="string",JSONPath=".status.conditions[?(@.type==\"ReferentServed\")].status"
// +kubebuilder:printcolumn:name="Permitted",type="string",JSONPath=".status.conditions[?(@.type==\"Permitted\")].status"
// +kubebuilder:printcolumn:name="Models",type="integer",JSONPath=".status.models"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="Revision",type="string",JSONPath=".status.revision",priority=1
// +kubebuilder:printcolumn:name="Referent",type="string",JSONPath=".status.referent",priority=1
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 63 && self.metadata.name.matches('^[a-z][a-z0-9]*$')",message="metadata.name is the kind's name: at most 63 lower-case letters and digits, starting with a letter"
// +kubebuilder:validation:XValidation:rule="!has(self.spec.name) || self.spec.name.lowerAscii() == self.metadata.name",message="metadata.name has to be spec.name in lower case"
type ModelKind struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec says how to read the kind.
	// +required
	Spec ModelKindSpec `json:"spec"`

	// status is what the controller last observed. Only the controller writes it.
	// +optional
	Status ModelKindStatus `json:"status,omitempty"`
}

// ModelKindList is a list of ModelKinds.
//
// +kubebuilder:object:root=true
type ModelKindList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []ModelKind `json:"items"`
}

// ModelKindStatus is what the controller last observed.
type ModelKindStatus struct {
	// observedGeneration is the metadata.generation this status was made for.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// revision is the hash of the kind-spec that is in force under this name.
	// While a spec is refused it is that of the last good one; empty when there is
	// none.
	// +optional
	Revision string `json:"revision,omitempty"`

	// models is how many MaaSModels are of this kind.
	// +optional
	Models int32 `json:"models"`

	// referent is the type that is read, GROUP/VERSION KIND, in the version that
	// is served; without a version while none is. Empty for a kind whose models
	// point at no object.
	// +optional
	Referent string `json:"referent,omitempty"`

	// lastGood is the last revision of this ModelKind that was in force, and where it
	// is kept. After a restart it is in force again while the spec is refused. Empty
	// while nothing is kept.
	// +optional
	LastGood *LastGoodRevision `json:"lastGood,omitempty"`

	// plan is what would change if the spec came into force, while the annotation
	// maas.opendatahub.io/hold keeps it out of force. Empty while nothing is held.
	// +optional
	Plan *KindPlan `json:"plan,omitempty"`

	// conditions are Accepted, ReferentServed and Permitted; and Held while the spec
	// is held back.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// LastGoodRevision says which revision of a ModelKind was in force last, and which
// ControllerRevision has its spec.
type LastGoodRevision struct {
	// namespace of the ControllerRevision.
	// +required
	Namespace string `json:"namespace"`

	// name of the ControllerRevision.
	// +required
	Name string `json:"name"`

	// generation of the ModelKind whose spec it is.
	// +required
	Generation int64 `json:"generation"`

	// since is when it was kept.
	// +required
	Since metav1.Time `json:"since"`

	// digest is the SHA-256 of the spec, sha256:HEX. What the ControllerRevision has
	// is taken only while it is this spec: who may write ControllerRevisions decides
	// nothing by that.
	// +required
	Digest string `json:"digest"`
}
