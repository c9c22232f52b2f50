package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MaaSModel offers one AI model to users. It names the backend that serves the
// model; the controller resolves that backend and keeps the status true.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=maasmodels,singular=maasmodel,shortName=mm,categories=maas,scope=Namespaced
// +kubebuilder:printcolumn:name="Phase",type="string",JSONPath=".status.phase"
// +kubebuilder:printcolumn:name="Kind",type="string",JSONPath=".spec.modelRef.kind"
// +kubebuilder:printcolumn:name="Endpoint",type="string",JSONPath=".status.endpoint"
// +kubebuilder:printcolumn:name="Reason",type="string",JSONPath=".status.conditions[?(@.type==\"Ready\")].reason"
// +kubebuilder:printcolumn:name="ID",type="string",priority=1,JSONPath=".status.id"
// +kubebuilder:printcolumn:name="Age",type="date",JSONPath=".metadata.creationTimestamp"
type MaaSModel struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec says which backend serves the model.
	// +required
	Spec MaaSModelSpec `json:"spec"`

	// status is what the controller last observed. Only the controller writes it.
	// Until it has, observedGeneration is -1: kstatus takes an object without any
	// status for one that is as it should be.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status MaaSModelStatus `json:"status,omitempty"`

	// Unreadable says what in spec did not fit this type when it was read; spec is
	// empty then. It is in no JSON: whoever writes such an object writes its
	// status alone.
	Unreadable string `json:"-"`
}

// MaaSModelList is a list of MaaSModels.
//
// +kubebuilder:object:root=true
type MaaSModelList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []MaaSModel `json:"items"`
}

// MaaSModelSpec is what the cluster operator asks for.
type MaaSModelSpec struct {
	// modelRef names the backend, as a Gateway API BackendRef does.
	// +required
	ModelRef ModelReference `json:"modelRef"`

	// endpointOverride, when set, is published as the endpoint instead of the
	// one the backend reports. It never changes whether the model is ready.
	// An absolute http or https base URL without credentials, query or
	// fragment, for example "https://models.example.com/llm/granite". Whether
	// callers are let in is asked at the kind's probe path below it, /v1/models
	// for most; a /v1 at its end is not repeated.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self == '' || (isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHostname() != '')",message="write an absolute http or https URL, for example https://models.example.com/llm/granite"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@')",message="remove the user name and password before the host: an endpoint carries no credentials, callers send their own Authorization header"
	// +kubebuilder:validation:XValidation:rule="!self.contains('?') && !self.contains('#')",message="write the base URL only, without ?query or #fragment: paths such as /v1/models are appended to it"
	EndpointOverride string `json:"endpointOverride,omitempty"`
}

// ModelReference names a backend object.
type ModelReference struct {
	// kind is the name or an alias of a kind-spec, for example "llmisvc" or
	// "LLMInferenceService". Kinds are data: the set is open and not listed
	// here; an unknown kind shows in the condition KindAccepted.
	// +required
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z][A-Za-z0-9]*$')",message="write the name or alias of a model kind: letters and digits, starting with a letter, for example LLMInferenceService"
	Kind string `json:"kind"`

	// name of the backend object.
	// +required
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",message="write the name of the backend object: lower-case letters, digits, '-' and '.', starting and ending with a letter or digit, for example granite-3-8b"
	Name string `json:"name"`

	// namespace of the backend object; the MaaSModel's own when left out.
	// Whether another namespace is allowed is the kind's decision and the
	// controller's; it may take a ReferenceGrant there.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self == '' || self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="write a namespace name: lower-case letters, digits and '-', starting and ending with a letter or digit, or leave the field out for the MaaSModel's own namespace"
	Namespace string `json:"namespace,omitempty"`
}

// Phase is where a model stands, in one word.
//
// +kubebuilder:validation:Enum=Pending;Ready;Unhealthy;Failed
type Phase string

// The phases. An empty or unknown stored phase counts as Pending.
const (
	// PhasePending means the backend is not ready yet and never was since the
	// last failure.
	PhasePending Phase = "Pending"
	// PhaseReady means the backend serves at the published endpoint.
	PhaseReady Phase = "Ready"
	// PhaseUnhealthy means the backend was ready and is not now.
	PhaseUnhealthy Phase = "Unhealthy"
	// PhaseFailed means the backend reports a failure, or the reference is
	// refused; somebody has to act.
	PhaseFailed Phase = "Failed"
)

// MaaSModelStatus is what the controller last observed.
type MaaSModelStatus struct {
	// observedGeneration is the metadata.generation this status was made for; -1
	// before the first.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// id is what callers of the API know the model by: metadata.name, or
	// namespace/name where the name is held for another namespace. The model
	// keeps it for as long as it exists. A name, once given, stays held for its
	// namespace after that.
	// +optional
	ID string `json:"id,omitempty"`

	// phase is one of Pending, Ready, Unhealthy, Failed.
	// +optional
	Phase Phase `json:"phase,omitempty"`

	// endpoint is the model's base URL. It is valid whenever it is set, and
	// always set in phase Ready.
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// kind is the canonical name of the kind-spec that modelRef.kind resolved to.
	// +optional
	Kind string `json:"kind,omitempty"`

	// kindRevision is the hash of the kind-spec that decided this status.
	// +optional
	KindRevision string `json:"kindRevision,omitempty"`

	// model is what the backend or the annotations of the MaaSModel say about
	// the model itself.
	// +optional
	Model *ModelInfo `json:"model,omitempty"`

	// referent is the backend object that was read.
	// +optional
	Referent *ReferentStatus `json:"referent,omitempty"`

	// conditions are KindAccepted, ReferenceResolved, BackendReady,
	// EndpointResolved, Ready and NameAccepted; in phases Pending and Unhealthy
	// also Reconciling, and in phase Failed also Stalled, as kstatus reads them;
	// Unlisted while a Ready model is shown to nobody because of the API's flags; and
	// Retiring while the model is deprecated, retires soon or has retired.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// ModelInfo enriches a model's entry in the list. Every field may be empty.
type ModelInfo struct {
	// +optional
	DisplayName string `json:"displayName,omitempty"`
	// +optional
	Description string `json:"description,omitempty"`
	// useCase is what the model is meant for, in the words of who offers it.
	// +optional
	UseCase string `json:"useCase,omitempty"`
	// type is what the model does, one of ModelTypes: for example "chat", "embedding".
	// +optional
	Type string `json:"type,omitempty"`
	// inputModalities are what the model takes, of Modalities: for example "text", "image".
	// +optional
	// +listType=atomic
	InputModalities []string `json:"inputModalities,omitempty"`
	// outputModalities are what the model gives, of Modalities.
	// +optional
	// +listType=atomic
	OutputModalities []string `json:"outputModalities,omitempty"`
	// contextLength is the largest context in tokens, prompt and output together.
	// +optional
	ContextLength int64 `json:"contextLength,omitempty"`
	// maxOutputTokens is the largest number of tokens in one completion.
	// +optional
	MaxOutputTokens int64 `json:"maxOutputTokens,omitempty"`
	// capabilities in the order the backend gives, for example "chat", "embeddings".
	// +optional
	// +listType=atomic
	Capabilities []string `json:"capabilities,omitempty"`
	// aliases are other names the backend serves the model under.
	// +optional
	// +listType=atomic
	Aliases []string `json:"aliases,omitempty"`
	// adapters are names of LoRA adapters that the backend serves beside the model.
	// +optional
	// +listType=atomic
	Adapters []string `json:"adapters,omitempty"`
	// quantization of the weights, for example "fp8", "awq".
	// +optional
	Quantization string `json:"quantization,omitempty"`
	// source is where the weights are from: a repository or a URI without credentials.
	// +optional
	Source string `json:"source,omitempty"`
	// revision of the source.
	// +optional
	Revision string `json:"revision,omitempty"`
	// replicas are those of the backend that are ready; missing where that is not known.
	// +optional
	Replicas *int64 `json:"replicas,omitempty"`
	// parent is the model that this one adapts, where it is a LoRA adapter.
	// +optional
	Parent string `json:"parent,omitempty"`
	// parameterCount is how many parameters the model has.
	// +optional
	ParameterCount int64 `json:"parameterCount,omitempty"`
	// license of the weights, for example "apache-2.0".
	// +optional
	License string `json:"license,omitempty"`
	// tokenizer that counts the model's tokens: a name or a repository.
	// +optional
	Tokenizer string `json:"tokenizer,omitempty"`
	// supportedEndpoints are paths that clients append to the endpoint, for example
	// "/v1/chat/completions".
	// +optional
	// +listType=atomic
	SupportedEndpoints []string `json:"supportedEndpoints,omitempty"`
	// supportedFeatures are what requests may ask for, for example "tools",
	// "structured_outputs".
	// +optional
	// +listType=atomic
	SupportedFeatures []string `json:"supportedFeatures,omitempty"`
	// promptPrice is what a token costs that is sent: a decimal number.
	// +optional
	PromptPrice string `json:"promptPrice,omitempty"`
	// completionPrice is what a token costs that is answered.
	// +optional
	CompletionPrice string `json:"completionPrice,omitempty"`
	// currency of the prices, by its ISO 4217 code; US dollars where it is left out.
	// +optional
	Currency string `json:"currency,omitempty"`
	// deprecated is since when the model should not be chosen any more.
	// +optional
	Deprecated *metav1.Time `json:"deprecated,omitempty"`
	// retires is from when the model is in no list, and its id leads to the one that
	// replaces it.
	// +optional
	Retires *metav1.Time `json:"retires,omitempty"`
	// replacedBy is the id of the model to use instead.
	// +optional
	ReplacedBy string `json:"replacedBy,omitempty"`
	// details are what an operator adds, by names of their own.
	// +optional
	Details map[string]string `json:"details,omitempty"`
}

// ModelTypes are what a model may do.
func ModelTypes() []string {
	return []string{"chat", "completion", "embedding", "rerank", "classification", "transcription", "speech", "image", "video"}
}

// Modalities are what a model may take and give.
func Modalities() []string {
	return []string{"text", "image", "audio", "video", "file", "embedding", "score"}
}

// ReferentStatus identifies the backend object that was read.
type ReferentStatus struct {
	// +optional
	Group   string `json:"group,omitempty"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
	// namespace is empty for cluster-scoped referents.
	// +optional
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// uid is empty while the object does not exist.
	// +optional
	UID string `json:"uid,omitempty"`
}
