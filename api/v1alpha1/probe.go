package v1alpha1

// Probe says how the API asks an endpoint whether it lets a caller in.
//
// +example: {path: /healthz, accept: [200]}
type Probe struct {
	// policy PerCaller: the endpoint is asked with the caller's own Authorization,
	// and a model is listed to those it lets in. WhenAwake: the same, but a
	// backend that is Servable, and would be woken by a question, is not asked;
	// meanwhile its model is listed to those whom it has let in within the last
	// ten minutes, and to nobody else. Never: the endpoint is never asked, and
	// every caller sees a model that is Ready; only the endpoint itself keeps out
	// who may not call it. Left out: PerCaller.
	// +optional
	// +example: WhenAwake
	// +kubebuilder:validation:Enum=PerCaller;WhenAwake;Never
	Policy ProbePolicy `json:"policy,omitempty"`

	// path is appended to the endpoint, whose own path is kept. Segments in which
	// the endpoint ends and with which this path begins are written once: of
	// https://example.com/llm/v1 and /v1/models, https://example.com/llm/v1/models
	// is asked. / is the endpoint itself. In it {name} and {namespace} are those of
	// the referent, {modelName} and {modelNamespace} those of the MaaSModel, and
	// {alias} is the first name that the backend serves the model under, or else
	// its name. Left out: /v1/models.
	// +optional
	// +example: /healthz
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^(/|(/[A-Za-z0-9._~!$&'()*+,;=:@%{}-]+)+/?)$")`,message="write an absolute path without query or fragment, for example /v1/models, or / for the endpoint itself"
	Path string `json:"path,omitempty"`

	// method of HTTP; requests have no body. Left out: GET.
	// +optional
	// +example: HEAD
	// +kubebuilder:validation:Enum=GET;HEAD;OPTIONS;POST
	Method string `json:"method,omitempty"`

	// accept are the response statuses that mean the caller is let in: a class
	// such as 2xx, or a code such as 405. Left out: 2xx and 405.
	// +optional
	// +advice: write a class such as 2xx, or a code such as 405
	// +example: [2xx, 405]
	// +unique
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Accept []Scalar `json:"accept,omitempty"`

	// expect is what an accepted 2xx response has to be, by its Content-Type;
	// other accepted statuses say all by themselves. NoPage: no HTML, which a
	// login page or the default page of a proxy is, and no list of models. JSON:
	// application/json, or a type that ends in +json. Anything: anything. Where it
	// is not met the caller is not let in, and the log says so. Left out: NoPage.
	// +optional
	// +example: JSON
	// +kubebuilder:validation:Enum=NoPage;JSON;Anything
	Expect ProbeExpectation `json:"expect,omitempty"`

	// timeout is how long to wait for the response, from 100ms to 30s. Left out:
	// as long as the API is set to.
	// +optional
	// +example: 5s
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^(0|([0-9]+(\.[0-9]+)?(ms|s|m))+)$")`,message="write a duration such as 30s or 2m"
	Timeout string `json:"timeout,omitempty"`

	// headers are further request headers, the same for every caller. Those that
	// say who calls (Impersonate-User, X-Forwarded-User, X-Api-Key and the like),
	// where to, or how the message is framed are refused.
	// +optional
	// +example: {Accept: application/json}
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=16
	// +kubebuilder:validation:XValidation:rule="self.all(name, self[name].size() <= 1024)",message="a header has at most 1024 bytes"
	Headers map[string]string `json:"headers,omitempty"`

	// reply says what a JSON reply that lets the caller in tells of the model. It is
	// shown to that caller alone, who asks for it as the field reported.
	// +optional
	Reply *ProbeReply `json:"reply,omitempty"`
}

// ProbeReply has where the body of a reply to a probe tells of the model. Of a
// reply the first 64 KiB are read, if they come with it.
//
// +kubebuilder:validation:XValidation:rule="has(self.contextLength) || has(self.names)",message="write contextLength, names or both"
// +example: {contextLength: "$.data[*].max_model_len", names: "$.data[*].id"}
type ProbeReply struct {
	// contextLength is the path of the largest context in tokens; of several values
	// the first positive whole number is taken.
	// +optional
	// +example: $.data[*].max_model_len
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	ContextLength string `json:"contextLength,omitempty"`

	// names is the path of the names that the backend serves, for this caller.
	// +optional
	// +example: $.data[*].id
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Names string `json:"names,omitempty"`
}

// ProbePolicy says whether an endpoint is asked.
type ProbePolicy string

// ProbeExpectation says what an accepted response has to be.
type ProbeExpectation string
