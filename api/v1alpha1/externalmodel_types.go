package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// ExternalModel describes a model that another provider serves, such as OpenAI
// or Anthropic. A MaaSModel with the kind ExternalModel offers it to users.
//
// The type is that of Models as a Service, whose reconciler makes the Service
// and the HTTPRoute for it; it is here for clusters that lack the CRD. This
// project reads the name alone: endpoint and credentialRef are the provider's.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=externalmodels,singular=externalmodel,scope=Namespaced
// +kubebuilder:printcolumn:name="Provider",type="string",JSONPath=".spec.provider"
// +kubebuilder:printcolumn:name="TargetModel",type="string",JSONPath=".spec.targetModel"
// +kubebuilder:printcolumn:name="Endpoint",type="string",JSONPath=".spec.endpoint"
// +kubebuilder:printcolumn:name="Phase",type="string",JSONPath=".status.phase"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp"
type ExternalModel struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec says which provider serves the model, and as what.
	// +required
	Spec ExternalModelSpec `json:"spec"`

	// status is part of the type; the reconciler of Models as a Service v0.2.1
	// never writes it.
	// +optional
	Status ExternalModelStatus `json:"status,omitempty"`
}

// ExternalModelList is a list of ExternalModels.
//
// +kubebuilder:object:root=true
type ExternalModelList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []ExternalModel `json:"items"`
}

// ExternalModelSpec says which provider serves the model, and as what.
type ExternalModelSpec struct {
	// provider names the dialect of the API and how the provider is
	// authenticated to, for example "openai".
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Provider string `json:"provider"`

	// targetModel is the name of the model at the provider, for example
	// "gpt-4o".
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	TargetModel string `json:"targetModel"`

	// endpoint is the host name of the provider without scheme, port and path,
	// for example "api.openai.com". Gateways call it; it is never published as
	// the endpoint of a MaaSModel.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?)*$`
	Endpoint string `json:"endpoint"`

	// credentialRef names the Secret in the same namespace whose key "api-key"
	// holds the provider's key. This project does not read it.
	// +required
	CredentialRef CredentialReference `json:"credentialRef"`
}

// CredentialReference names a Secret in the namespace of the object.
type CredentialReference struct {
	// name of the Secret.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// ExternalModelStatus is what a reconciler says about an ExternalModel.
type ExternalModelStatus struct {
	// phase of the ExternalModel.
	// +optional
	// +kubebuilder:validation:Enum=Pending;Ready;Failed
	Phase string `json:"phase,omitempty"`

	// conditions of the ExternalModel.
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}
