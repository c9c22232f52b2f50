package v1alpha1

// Words of the language beside its fields.
const (
	// ReferentName is what the referent is called where of has to be written.
	ReferentName = "referent"
	// GenerationPerCondition is the generation of objects whose conditions each have one.
	GenerationPerCondition = "PerCondition"
)

// Referent says which objects a modelRef names.
//
// +kubebuilder:validation:XValidation:rule="!has(self.scope) || self.scope != 'Cluster' || !has(self.crossNamespace)",message="objects of scope Cluster are in no namespace: remove crossNamespace"
// +example: {group: serving.kserve.io, kind: LLMInferenceService, versions: [v1]}
type Referent struct {
	ObjectType `json:",inline"`

	// crossNamespace says whether a MaaSModel may refer to a referent in another
	// namespace. Grant: where a Gateway API ReferenceGrant in the referent's
	// namespace permits it. Deny: never. A kind writes only what is stricter than
	// the controller. Left out: what the controller's --cross-namespace says.
	// +optional
	// +advice: write Grant or Deny, or leave it out: what the controller allows is not for a kind to widen
	// +example: Grant
	// +kubebuilder:validation:Enum=Grant;Deny
	CrossNamespace CrossNamespace `json:"crossNamespace,omitempty"`

	// alternatives are further types that the referent may be of, in order of
	// preference behind the first, for a backend that moved from one API group
	// to another: the first that is served and has the object is read.
	// +optional
	// +example: [{group: apps.example.com, kind: Model, versions: [v1]}]
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=4
	Alternatives []ObjectType `json:"alternatives,omitempty"`
}

// ObjectType is a type of Kubernetes objects.
//
// +example: {group: serving.kserve.io, kind: LLMInferenceService, versions: [v1]}
// +kubebuilder:validation:XValidation:rule="self.group != \"\" || self.kind != 'Secret'",message="Secrets are never read: use an object that may be seen by everyone who may see a MaaSModel"
type ObjectType struct {
	// group is the API group; "" for the core group.
	// +required
	// +example: serving.kserve.io
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$")`,message="write the API group only, without a version, for example serving.kserve.io"
	Group string `json:"group"`

	// kind is the Kubernetes kind, for example LLMInferenceService.
	// +required
	// +example: LLMInferenceService
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^[A-Z][A-Za-z0-9]*$")`,message="write the Kubernetes kind in CamelCase, not the plural resource name"
	Kind string `json:"kind"`

	// versions in order of preference: the first one served is read.
	// +required
	// +example: [v1, v1beta1]
	// +unique
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule="self.all(v, self.exists_one(w, w == v))",message="a version is written twice: remove one"
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:XValidation:rule=`self.matches(r"^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$")`,message="write a Kubernetes version such as v1 or v1beta1"
	Versions []string `json:"versions"`

	// scope says whether objects of this type live in a namespace. Left out:
	// Namespaced.
	// +optional
	// +example: Cluster
	// +kubebuilder:validation:Enum=Namespaced;Cluster
	Scope ObjectScope `json:"scope,omitempty"`
}

// ObjectScope says whether objects of a type live in a namespace. Left out,
// they do.
type ObjectScope string

// The scopes.
const (
	ScopeNamespaced ObjectScope = "Namespaced"
	ScopeCluster    ObjectScope = "Cluster"
)

// CrossNamespace says whether a MaaSModel may refer into another namespace.
type CrossNamespace string

// The policies of a kind. Left out, the controller's flag decides.
const (
	CrossNamespaceGrant CrossNamespace = "Grant"
	CrossNamespaceDeny  CrossNamespace = "Deny"
)

// Subject is something that is looked at by name: an object beside the referent,
// or entries of a list in the referent, in such an object or in another subject.
//
// +kubebuilder:validation:XValidation:rule="[has(self.object), has(self.each), has(self.all)].exists_one(written, written)",message="write exactly one of object, each and all: an object beside the referent, the first entry that fits, or every entry that fits"
// +kubebuilder:validation:XValidation:rule="!has(self.object) || !(has(self.of) || has(self.where) || has(self.prefer))",message="of, where and prefer choose entries of a list, and object is found by its name or labels: write a subject of its own for the entries"
// +example: {as: listener, of: gateway, each: "$.spec.listeners[*]", prefer: [{path: $.protocol, equals: HTTPS}]}
type Subject struct {
	// as is the name by which the rest of the kind-spec calls it.
	// +required
	// +example: gateway
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule=`self.matches(r"^[a-z][A-Za-z0-9]*$")`,message="letters and digits, starting with a lower-case letter"
	As string `json:"as"`

	// object is read beside the referent: one by its name, or those that have some
	// labels. A change in it wakes the models concerned.
	// +optional
	Object *RelatedObject `json:"object,omitempty"`

	// of is the subject in whose objects or entries each and all look. Left out:
	// the referent.
	// +optional
	// +example: gateway
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// each is the path of a list, of which the subject is one entry: the first, in
	// the order of prefer, for which all of where hold. $ is what of names itself,
	// to choose among its entries.
	// +optional
	// +example: $.spec.listeners[*]
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Each string `json:"each,omitempty"`

	// all is the path of a list, of which the subject is every entry for which all
	// of where hold, in the order of prefer; null is no entry. Predicates about it
	// say match.
	// +optional
	// +example: $.status.parents[*]
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	All string `json:"all,omitempty"`

	// where leaves only the entries for which all these predicates hold. Their
	// paths start at the entry, and their conditions are those of the entry's
	// field conditions.
	// +optional
	// +example: [{condition: Accepted, status: "True"}]
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Where []Predicate `json:"where,omitempty"`

	// prefer puts the entries first for which the first of these predicates
	// holds; among these, and among the rest, those for which the second does,
	// and so on. What is alike keeps its order.
	// +optional
	// +example: [{path: $.protocol, equals: HTTPS}]
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Prefer []Predicate `json:"prefer,omitempty"`
}

// RelatedObject says which objects are read beside the referent.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.name) && (has(self.labels) || has(self.fields)))",message="name excludes labels and fields: remove one"
// +example: {group: "", kind: Service, versions: [v1]}
type RelatedObject struct {
	ObjectType `json:",inline"`

	// name of the one object. Left out: the referent's own name, unless there
	// are labels or fields.
	// +optional
	// +example: [{of: parent, path: $.parentRef.name}]
	Name Sources `json:"name,omitempty"`

	// labels that the objects have; each value is a template. The first 64 objects
	// by name are read, and the message says when there are more.
	// +optional
	// +example: {app: "{name}"}
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=8
	Labels map[string]Template `json:"labels,omitempty"`

	// fields that the objects have, by their path: one of the values there is
	// what the template gives, for example
	// {"$.spec.rules[*].backendRefs[*].name": "{name}"} for the HTTPRoutes that
	// name this object. The first 64 objects of the namespace by name are read,
	// and the message says when there are more.
	// +optional
	// +example: {"$.spec.rules[*].backendRefs[*].name": "{name}"}
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=4
	Fields map[string]Template `json:"fields,omitempty"`

	// namespace of the objects. Left out: the referent's.
	// +optional
	// +example: [{of: parent, path: $.parentRef.namespace}, {value: namespace}]
	Namespace Sources `json:"namespace,omitempty"`

	// generation says how fresh the object's status is. A path: the generation
	// that the status was made for; while it differs from metadata.generation the
	// backend is not ready. PerCondition: each condition has an observedGeneration
	// of its own; one of another generation does not hold, one that has none does.
	// Left out: nothing is compared, for an object that says nothing about it, or
	// fills the field with another object's generation.
	// +optional
	// +example: PerCondition
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Generation string `json:"generation,omitempty"`
}
