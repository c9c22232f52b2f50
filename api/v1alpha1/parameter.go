package v1alpha1

// Parameter is a value that an installation gives a kind: where a proxy that
// backends share is reached, which of several Gateways is the users'.
//
// +example: {type: URL, description: where callers reach the proxy that serves every model}
type Parameter struct {
	// type is what the value has to be. A URL is what an endpoint may be: http or
	// https, with a host, without user name, password, query and fragment.
	// +required
	// +example: URL
	// +kubebuilder:validation:Enum=String;Integer;Boolean;URL
	Type ParameterType `json:"type"`

	// description says to whoever installs what to write, and why.
	// +required
	// +example: where callers reach the proxy that serves every model
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=200
	Description string `json:"description"`

	// default is the value where the installation sets none; "" counts as absent,
	// so that another source, or another candidate, is taken. Left out: the
	// installation has to set it, and the kind is not in force before.
	// +optional
	// +example: https://models.example.com
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Default *Scalar `json:"default,omitempty"`
}

// ParameterType is what the value of a parameter has to be.
type ParameterType string

// The types of parameters.
const (
	ParameterString  ParameterType = "String"
	ParameterInteger ParameterType = "Integer"
	ParameterBoolean ParameterType = "Boolean"
	ParameterURL     ParameterType = "URL"
)
