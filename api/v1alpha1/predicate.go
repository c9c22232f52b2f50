package v1alpha1

// Predicate is one fact that may hold: a condition, or a path or value that is
// compared. Absent values never match, unless orAbsent says so.
//
// +kubebuilder:validation:XValidation:rule="[has(self.condition), has(self.path), has(self.value), has(self.agrees)].exists_one(written, written)",message="write exactly one of condition, path, value and agrees; two facts are two predicates"
// +kubebuilder:validation:XValidation:rule="!has(self.condition) || [has(self.status), has(self.statusIn), has(self.exists)].exists_one(written, written)",message="a condition needs exactly one of status, statusIn and exists: write status: \"True\", or exists where its presence alone counts"
// +kubebuilder:validation:XValidation:rule="has(self.condition) || !(has(self.status) || has(self.statusIn) || has(self.reasonIn) || has(self.messageMatches) || has(self.anyGeneration))",message="status, statusIn, reasonIn, messageMatches and anyGeneration go with condition: write a path or a value with one of equals, in, exists, matches, atLeast"
// +example: {condition: Ready, status: "True"}
type Predicate struct {
	// of is the subject that is looked at. Left out: the referent; inside where
	// and prefer, the entry.
	// +optional
	// +example: gateway
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

	// match is needed where several objects, entries or values are looked at. Any:
	// the fact holds for one of them. All: there is one, and it holds for every
	// one; entries that lack the condition are left out.
	// +optional
	// +example: All
	// +kubebuilder:validation:Enum=Any;All
	Match Match `json:"match,omitempty"`

	// condition is the type of a condition: of status.conditions, or of an entry's
	// conditions. Beside it stands status, statusIn or exists, which reasonIn and
	// messageMatches narrow.
	// +optional
	// +example: Ready
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=316
	Condition string `json:"condition,omitempty"`

	// status that the condition has to have.
	// +optional
	// +advice: write "True", "False" or "Unknown" in quotes: without them YAML reads a boolean
	// +example: "True"
	// +kubebuilder:validation:Enum="True";"False";Unknown
	Status string `json:"status,omitempty"`

	// statusIn: the condition's status has to be one of these.
	// +optional
	// +advice: write "True", "False" or "Unknown" in quotes: without them YAML reads a boolean
	// +example: ["False", Unknown]
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=3
	// +kubebuilder:validation:items:Enum="True";"False";Unknown
	StatusIn []string `json:"statusIn,omitempty"`

	// reasonIn: the condition's reason has to be one of these.
	// +optional
	// +example: [PullFailed, Unschedulable]
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=1024
	ReasonIn []string `json:"reasonIn,omitempty"`

	// messageMatches is an RE2 regular expression that matches in the condition's
	// message.
	// +optional
	// +example: (?i)quota
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	MessageMatches string `json:"messageMatches,omitempty"`

	// anyGeneration: the condition counts whatever generation it is of, for what
	// stays true when the spec changes.
	// +optional
	// +example: true
	AnyGeneration bool `json:"anyGeneration,omitempty"`

	// path is an RFC 9535 JSONPath that starts at the object or entry that is
	// looked at, for example $.status.url. One that may select several values
	// needs match.
	// +optional
	// +example: $.status.phase
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Path string `json:"path,omitempty"`

	// value is the name of a value, instead of a path.
	// +optional
	// +example: port
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Value string `json:"value,omitempty"`

	// equals: it is this string, number or boolean, or the value named in {value:
	// NAME}.
	// +optional
	// +advice: write a constant, or {value: NAME}
	// +example: Running
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Equals *Operand `json:"equals,omitempty"`

	// in: it is one of these strings or numbers.
	// +optional
	// +advice: write strings or numbers
	// +example: [Failed, Error]
	// +unique
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	In []Scalar `json:"in,omitempty"`

	// exists true: there is a value that is neither null nor "", or there is a
	// condition of the type, whatever its status. false: there is none.
	// +optional
	// +example: true
	Exists *bool `json:"exists,omitempty"`

	// matches: it is a string in which this RE2 regular expression matches.
	// +optional
	// +example: ^https?://
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Matches string `json:"matches,omitempty"`

	// atLeast: it is a number not smaller than this one, or than the value named
	// in {value: NAME}.
	// +optional
	// +advice: write a number, or {value: NAME}
	// +example: 1
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	AtLeast *Operand `json:"atLeast,omitempty"`

	// intersects: it is a host name, or several, that have a host in common with
	// the ones there, as the Gateway API intersects hostnames: *.example.com has
	// every name below example.com, and none at all is any host.
	// +optional
	// +example: {of: route, path: "$.spec.hostnames[*]"}
	Intersects *FieldReference `json:"intersects,omitempty"`

	// orAbsent: it holds as well where there is no value. It goes inside where and
	// prefer.
	// +optional
	// +example: true
	OrAbsent bool `json:"orAbsent,omitempty"`

	// agrees: the entry agrees with an entry of another subject. It goes inside
	// where and prefer.
	// +optional
	Agrees *Agreement `json:"agrees,omitempty"`
}

// Match says of how many a fact has to hold.
type Match string

// The quantifiers.
const (
	MatchAny Match = "Any"
	MatchAll Match = "All"
)

// FieldReference is a field of a subject.
//
// +example: {of: route, path: "$.spec.hostnames[*]"}
type FieldReference struct {
	// of is the subject. Left out: the referent.
	// +optional
	// +example: route
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// path of the field, which may select several values.
	// +required
	// +example: $.spec.hostnames[*]
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Path string `json:"path"`
}

// Agreement compares an entry with the entries of another subject, in several
// fields at once: it holds where one of them agrees in all of the fields.
//
// +example: {with: parent, fields: {$.name: $.parentRef.sectionName}, optional: true}
type Agreement struct {
	// with is the subject whose entries are compared.
	// +required
	// +example: parent
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	With string `json:"with"`

	// fields has, by the path of a field in the entry, the path of the field in
	// the other one. Two agree that are equal, or both absent.
	// +required
	// +example: {$.name: $.parentRef.sectionName}
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=8
	Fields map[string]FieldPath `json:"fields"`

	// optional: a field that is absent on either side agrees with anything.
	// +optional
	// +example: true
	Optional bool `json:"optional,omitempty"`

	// absent has, by the path of a field in the entry, the name of the value
	// that the field stands for where it is absent on either side, for example
	// {$.namespace: namespace}.
	// +optional
	// +example: {$.namespace: namespace}
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=8
	Absent map[string]string `json:"absent,omitempty"`
}

// FieldPath is an RFC 9535 JSONPath that selects one value at most.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=512
type FieldPath string
