package v1alpha1

// HealthRule says how the backend is when all its predicates hold, or hands an
// object on to the kind that reads such objects.
//
// +kubebuilder:validation:XValidation:rule="has(self.is) != has(self.kind)",message="write is, or with of and kind who decides: exactly one of the two"
// +kubebuilder:validation:XValidation:rule="has(self.is) ? has(self.when) : has(self.of)",message="is needs when, and kind needs of"
// +example: {is: Ready, when: [{condition: Ready, status: "True"}]}
type HealthRule struct {
	// name of the rule, in traces and cases. Left out: made from what the rule
	// says.
	// +optional
	// +example: refused
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^[a-z][A-Za-z0-9]*$")`,message="letters and digits, starting with a lower-case letter"
	Name string `json:"name,omitempty"`

	// is what the backend is when every predicate holds. Servable: it is not ready
	// but wakes when it is called, as one that is scaled to zero does; its models
	// are in phase Ready and are listed.
	// +optional
	// +example: Failed
	// +advice: what the backend itself says goes into when, for example [{condition: Available, status: "True"}]
	// +kubebuilder:validation:Enum=Ready;Servable;Failed;Progressing
	Is HealthState `json:"is,omitempty"`

	// when are predicates, all of which have to hold.
	// +optional
	// +example: [{condition: Ready, status: "False"}, {path: $.status.restarts, atLeast: 5}]
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	When []Predicate `json:"when,omitempty"`

	// because is where the backend says why, for the message of the condition
	// BackendReady. It decides nothing, and may be absent.
	// +optional
	// +example: [{condition: Ready}]
	Because Sources `json:"because,omitempty"`

	// of is the object that kind decides about. The rule counts while the object
	// is there.
	// +optional
	// +example: route
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// kind is the name of the kind that decides: with its own rules, subjects and
	// freshness.
	// +optional
	// +example: HTTPRoute
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`
}

// HealthState is what a rule says.
type HealthState string

// The verdicts.
const (
	VerdictReady       HealthState = "Ready"
	VerdictServable    HealthState = "Servable"
	VerdictFailed      HealthState = "Failed"
	VerdictProgressing HealthState = "Progressing"
)
