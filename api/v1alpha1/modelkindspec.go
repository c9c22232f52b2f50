package v1alpha1

// ModelKindSpec says how to read one kind of model backend: which objects there
// are, which entries of them decide, when the backend is ready, where it is
// reached, how callers are let in, and what is known of its model.
//
// +kubebuilder:validation:XValidation:rule="has(self.referent) != has(self.noReferent)",message="write in referent which objects the kind reads, or in noReferent why there are none: exactly one of the two"
// +kubebuilder:validation:XValidation:rule="has(self.endpoint) != has(self.noEndpoint)",message="write in endpoint where the endpoint is, or in noEndpoint why there is none: exactly one of the two"
// +kubebuilder:validation:XValidation:rule="has(self.health) || has(self.noReferent)",message="write in health at least one rule that says when the backend is Ready"
// +kubebuilder:validation:XValidation:rule="!has(self.health) || self.health.exists(r, has(r.kind) || has(r.is) && r.is in ['Ready', 'Servable'])",message="no rule of health says Ready or Servable, so no model of this kind could ever be Ready"
// +kubebuilder:validation:XValidation:rule="!has(self.health) || !has(self.noFailure) || !self.health.exists(r, has(r.is) && r.is == 'Failed')",message="noFailure says that this backend cannot fail: remove it, or the rules of health that say Failed"
// +kubebuilder:validation:XValidation:rule="!has(self.generation) || has(self.referent)",message="there is no referent whose generation could be compared: remove generation, or write it in the object of a subject"
type ModelKindSpec struct {
	// name of the kind, where it is neither metadata.name nor the referent's kind.
	// metadata.name is this name in lower case. Left out: the referent's kind,
	// where metadata.name is that in lower case, else metadata.name.
	// +optional
	// +example: LLMInferenceService
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^[A-Za-z][A-Za-z0-9]*$")`,message="letters and digits, starting with a letter"
	Name string `json:"name,omitempty"`

	// description is one line for people: whose backend this is.
	// +required
	// +example: KServe LLMInferenceService
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=200
	Description string `json:"description"`

	// aliases are further names that modelRef.kind may use.
	// +optional
	// +example: [LLMInferenceService]
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:XValidation:rule=`self.matches(r"^[A-Za-z][A-Za-z0-9]*$")`,message="letters and digits, starting with a letter"
	Aliases []string `json:"aliases,omitempty"`

	// referent says which objects a modelRef of this kind names.
	// +optional
	Referent *Referent `json:"referent,omitempty"`

	// noReferent stands instead of referent: models of this kind point at no
	// Kubernetes object, and why. modelRef.name is then a name for people.
	// +optional
	// +advice: write a sentence that says why, and what to do instead
	// +example: the model is served outside of the cluster
	// +kubebuilder:validation:MinLength=10
	// +kubebuilder:validation:MaxLength=500
	NoReferent string `json:"noReferent,omitempty"`

	// generation says how fresh the referent's status is. A path: the generation
	// that the status was made for; while it differs from metadata.generation the
	// backend is not ready. PerCondition: each condition has an observedGeneration
	// of its own; one of another generation does not hold, one that has none does.
	// Left out: nothing is compared, for a backend that says nothing about it.
	// +optional
	// +example: $.status.observedGeneration
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Generation string `json:"generation,omitempty"`

	// subjects are what is looked at beside the referent, in order: objects, and
	// entries of lists. Each may use the ones before it, and everything else says
	// "of: NAME". What is not there is an observation and no error.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Subjects []Subject `json:"subjects,omitempty"`

	// values are named facts for templates and comparisons, each under a name of
	// letters and digits that starts with a lower-case letter. Each is a list of
	// sources: the first that yields a value that is neither null nor "" wins.
	// Built in are name and namespace, those of the referent, and modelName and
	// modelNamespace, those of the MaaSModel.
	// +optional
	// +example: {port: [{of: service, path: "$.spec.ports[0].port"}, {constant: 8000}]}
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=32
	Values map[string]Sources `json:"values,omitempty"`

	// parameters are values that the installation gives, each under a name of
	// letters and digits that starts with a lower-case letter. One is used as a
	// value is, and is called as no value and no subject. What is set is in one
	// file, KindParameters, that the controller, the API and maasctl read alike.
	// +optional
	// +example: {proxyURL: {type: URL, description: where callers reach the proxy that serves every model}}
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=32
	Parameters map[string]Parameter `json:"parameters,omitempty"`

	// health are the rules that say how the backend is. The first whose predicates
	// all hold decides; when none holds the backend is progressing. Absent values
	// never match, so absence is never a failure. Left out: with noReferent, the
	// backend counts as ready.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Health []HealthRule `json:"health,omitempty"`

	// noFailure stands instead of a rule that says Failed: this backend cannot say
	// that it has failed for good, and why.
	// +optional
	// +advice: write a sentence that says why, and what to do instead
	// +example: it retries without end, and says only that it is not ready
	// +kubebuilder:validation:MinLength=10
	// +kubebuilder:validation:MaxLength=500
	NoFailure string `json:"noFailure,omitempty"`

	// unhealthyAfter is how long a Ready model stays Ready after its backend
	// stopped being ready, without having failed. Left out: 10s for a status that
	// merely lags its generation, 0s for everything else.
	// +optional
	// +example: 30s
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^(0|([0-9]+(\.[0-9]+)?(ms|s|m))+)$")`,message="write a duration such as 30s or 2m"
	UnhealthyAfter string `json:"unhealthyAfter,omitempty"`

	// endpoint are the candidates for the URL that users append
	// /v1/chat/completions to. The first that yields a valid URL wins; absent and
	// empty values fall through.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Endpoint []EndpointCandidate `json:"endpoint,omitempty"`

	// noEndpoint stands instead of endpoint: this backend has no endpoint of its
	// own. It says why and what to do, for users: it becomes the message of the
	// condition EndpointResolved, unless the MaaSModel has a
	// spec.endpointOverride.
	// +optional
	// +advice: write a sentence that says why, and what to do instead
	// +example: this backend has no address of its own, set spec.endpointOverride
	// +kubebuilder:validation:MinLength=10
	// +kubebuilder:validation:MaxLength=500
	NoEndpoint string `json:"noEndpoint,omitempty"`

	// probe says how the API asks an endpoint whether it lets a caller in. Left
	// out: GET /v1/models has to give 2xx or 405, and no page.
	// +optional
	Probe *Probe `json:"probe,omitempty"`

	// model is what the objects say about the model itself. All is optional, and
	// annotations of the MaaSModel win.
	// +optional
	Model ModelSources `json:"model,omitempty"`
}
