package v1alpha1

// EndpointCandidate is where the endpoint may be: a source of the whole URL, a
// URL in parts, or, with of and kind, the endpoint that another kind finds for
// an object.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.url) && (has(self.path) || has(self.template) || has(self.value) || has(self.kind)))",message="url excludes path, template, value and kind: write two candidates"
// +kubebuilder:validation:XValidation:rule="!has(self.kind) || has(self.of) && !(has(self.path) || has(self.template) || has(self.value))",message="kind needs of, and finds the whole endpoint by itself"
// +example: {path: $.status.url}
type EndpointCandidate struct {
	// name of the candidate, in traces and cases. Left out: made from what the
	// candidate says.
	// +optional
	// +example: listener
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^[a-z][A-Za-z0-9]*$")`,message="letters and digits, starting with a lower-case letter"
	Name string `json:"name,omitempty"`

	Source `json:",inline"`

	// url is the URL in parts.
	// +optional
	URL *URLParts `json:"url,omitempty"`

	// scheme is put before a value that has none, as in 10.96.1.2:8000.
	// +optional
	// +example: http
	// +kubebuilder:validation:Enum=http;https
	Scheme string `json:"scheme,omitempty"`

	// port is put behind the host of a value that has none. The path of the value
	// is kept.
	// +optional
	// +advice: write a port from 1 to 65535
	// +example: 8000
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port,omitempty"`

	// kind is the name of the kind whose candidates find the endpoint of the
	// object that of names.
	// +optional
	// +example: Service
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`

	// only is a subject that is entries of a list in that object: the kind sees no
	// others of the list. Left out: it sees all.
	// +optional
	// +example: rules
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Only string `json:"only,omitempty"`
}

// URLParts are the parts of a URL, each a list of sources.
//
// +example: {host: [{path: $.status.address}], port: [{constant: 8000}]}
type URLParts struct {
	// scheme is http or https, in upper or lower case. Left out: http.
	// +optional
	// +example: [{of: listener, path: $.protocol, lower: true}]
	Scheme Sources `json:"scheme,omitempty"`

	// host is a host name or an address. Without one there is no URL.
	// +required
	// +example: [{path: "$.spec.hostnames[*]"}, {of: gateway, path: "$.status.addresses[*].value"}]
	Host Sources `json:"host"`

	// port is a port number. It is not written where it is the scheme's own. Left
	// out: the scheme's own.
	// +optional
	// +example: [{of: listener, path: $.port}]
	Port Sources `json:"port,omitempty"`

	// path of the URL, with or without its first slash. Left out: none.
	// +optional
	// +example: [{path: "$.spec.rules[*].matches[*].path.value"}]
	Path Sources `json:"path,omitempty"`
}
