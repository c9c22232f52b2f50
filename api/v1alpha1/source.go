package v1alpha1

// Sources are where a value may be, in order: the first that yields one that is
// neither null nor "" wins.
//
// +listType=atomic
// +kubebuilder:validation:MinItems=1
// +kubebuilder:validation:MaxItems=16
type Sources []Source

// Source is where a value may be: exactly one of path, condition, value,
// template and constant. Of several selected values the first that is neither
// null nor "" is taken; lists take all.
//
// +kubebuilder:validation:XValidation:rule="[has(self.path), has(self.condition), has(self.value), has(self.template)].filter(written, written).size() <= 1",message="path, condition, value, template and constant exclude each other: write an entry for each"
// +example: {path: $.status.url}
type Source struct {
	// of is the subject that is looked at. Left out: the referent.
	// +optional
	// +example: listener
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// versions: it counts only for objects that were read in one of these, for
	// fields that differ between versions.
	// +optional
	// +advice: write a Kubernetes version such as v1 or v1beta1
	// +example: [v1beta1]
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:Pattern=`^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$`
	Versions []string `json:"versions,omitempty"`

	// path is an RFC 9535 JSONPath that starts at the object or entry that is
	// looked at, for example $.status.url.
	// +optional
	// +example: $.status.url
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Path string `json:"path,omitempty"`

	// key: what is taken is not the selected value, but the name under which its
	// map has it.
	// +optional
	// +example: true
	Key bool `json:"key,omitempty"`

	// intersects: of the host names at path, the hosts that they have in common
	// with the ones there, as the Gateway API intersects hostnames, the more exact
	// of two; wildcards are left out.
	// +optional
	// +example: {of: listener, path: $.hostname}
	Intersects *FieldReference `json:"intersects,omitempty"`

	// condition is the type of a condition, whose message is taken.
	// +optional
	// +example: Ready
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=316
	Condition string `json:"condition,omitempty"`

	// value is the name of another value.
	// +optional
	// +example: port
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Value string `json:"value,omitempty"`

	// template is text with {NAME} for each value.
	// +optional
	// +example: http://{name}.{namespace}.svc:8000
	Template Template `json:"template,omitempty"`

	// constant is this very string, number or boolean.
	// +optional
	// +example: 8000
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Constant *Scalar `json:"constant,omitempty"`

	// capture is an RE2 regular expression with one group, which is cut out of the
	// value: --max-model-len[ =](\d+) out of a container's args. The texts of a
	// list are joined by spaces. Where it does not match there is no value.
	// +optional
	// +example: --max-model-len[ =](\d+)
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Capture string `json:"capture,omitempty"`

	// lower: the value is taken in lower case.
	// +optional
	// +example: true
	Lower bool `json:"lower,omitempty"`

	// when: it counts only while these predicates hold, for values that a backend
	// leaves behind when they are no longer true.
	// +optional
	// +example: [{condition: Ready, status: "True"}]
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	When []Predicate `json:"when,omitempty"`
}

// Template is text with {NAME} for each value, for example
// http://{name}.{namespace}.svc:8000. Without one of its values it yields
// nothing, nor if that would be more than 4096 bytes.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=512
type Template string
