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
	// name of the kind, where it is neither metadata.name nor the referent's
	// kind. metadata.name is this name in lower case.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[A-Za-z][A-Za-z0-9]*$`
	Name string `json:"name,omitempty"`

	// description is one line for people: whose backend this is.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=200
	Description string `json:"description"`

	// aliases are further names that modelRef.kind may use.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:Pattern=`^[A-Za-z][A-Za-z0-9]*$`
	Aliases []string `json:"aliases,omitempty"`

	// referent says which objects a modelRef of this kind names.
	// +optional
	Referent *Referent `json:"referent,omitempty"`

	// noReferent stands instead of referent: models of this kind point at no
	// Kubernetes object, and why. modelRef.name is then a name for people.
	// +optional
	// +kubebuilder:validation:MinLength=10
	// +kubebuilder:validation:MaxLength=500
	NoReferent string `json:"noReferent,omitempty"`

	// generation says how fresh the referent's status is, see the field of that
	// name of an object.
	// +optional
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

	// values are named facts for templates and comparisons. Each is a list of
	// sources: the first that yields a value that is neither null nor "" wins.
	// Built in are name and namespace, those of the referent, and modelName and
	// modelNamespace, those of the MaaSModel.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=32
	Values map[string]Sources `json:"values,omitempty"`

	// health are the rules that say how the backend is. The first whose predicates
	// all hold decides; when none holds the backend is progressing. Absent values
	// never match, so absence is never a failure. Left out, with noReferent, the
	// backend counts as ready.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Health []HealthRule `json:"health,omitempty"`

	// noFailure stands instead of a rule that says Failed: this backend cannot
	// say that it has failed for good, and why.
	// +optional
	// +kubebuilder:validation:MinLength=10
	// +kubebuilder:validation:MaxLength=500
	NoFailure string `json:"noFailure,omitempty"`

	// unhealthyAfter is how long a Ready model stays Ready after its backend
	// stopped being ready, without having failed. Left out: 10s for a status that
	// merely lags its generation, 0s for everything else.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^(0|([0-9]+(\.[0-9]+)?(ms|s|m))+)$`
	UnhealthyAfter string `json:"unhealthyAfter,omitempty"`

	// endpoint are the candidates for the URL that users append /v1/chat/completions
	// to. The first that yields a valid URL wins; absent and empty values fall
	// through.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Endpoint []EndpointCandidate `json:"endpoint,omitempty"`

	// noEndpoint stands instead of endpoint: this backend has no endpoint of its
	// own. It says why and what to do, for users: it becomes the message of the
	// condition EndpointResolved, unless the MaaSModel has a spec.endpointOverride.
	// +optional
	// +kubebuilder:validation:MinLength=10
	// +kubebuilder:validation:MaxLength=500
	NoEndpoint string `json:"noEndpoint,omitempty"`

	// probe says how the API asks an endpoint whether it lets a caller in. Left
	// out, GET /v1/models has to give 2xx or 405.
	// +optional
	Probe *Probe `json:"probe,omitempty"`

	// model is what the objects say about the model itself. All is optional, and
	// annotations of the MaaSModel win.
	// +optional
	Model *ModelSources `json:"model,omitempty"`
}

// Referent says which objects a modelRef names.
//
// +kubebuilder:validation:XValidation:rule="self.group != ” || self.kind != 'Secret'",message="Secrets are never read: use an object that may be seen by everyone who may see a MaaSModel"
// +kubebuilder:validation:XValidation:rule="!has(self.scope) || self.scope != 'Cluster' || !has(self.crossNamespace)",message="objects of scope Cluster are in no namespace: remove crossNamespace"
type Referent struct {
	ObjectType `json:",inline"`

	// alternatives are further types that the referent may be of, in order of
	// preference behind the first, for a backend that moved from one API group to
	// another: the first that is served and has the object is read.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=4
	Alternatives []ObjectType `json:"alternatives,omitempty"`

	// crossNamespace says whether a MaaSModel may refer to a referent in another
	// namespace. Grant: where a Gateway API ReferenceGrant in the referent's
	// namespace permits it. Deny: never. Left out, it is what the controller's
	// --cross-namespace says; a kind writes only what is stricter.
	// +optional
	// +kubebuilder:validation:Enum=Grant;Deny
	CrossNamespace CrossNamespace `json:"crossNamespace,omitempty"`
}

// ObjectType is a type of Kubernetes objects.
type ObjectType struct {
	// group is the API group; "" for the core group.
	// +required
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$`
	Group string `json:"group"`

	// kind is the Kubernetes kind, for example LLMInferenceService.
	// +required
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[A-Z][A-Za-z0-9]*$`
	Kind string `json:"kind"`

	// versions in order of preference: the first one served is read.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:Pattern=`^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$`
	Versions []string `json:"versions"`

	// scope says whether objects of this type live in a namespace.
	// +optional
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
type Subject struct {
	// as is the name by which the rest of the kind-spec calls it.
	// +required
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z][A-Za-z0-9]*$`
	As string `json:"as"`

	// object is read beside the referent: one by its name, or those that have some
	// labels. A change in it wakes the models concerned.
	// +optional
	Object *RelatedObject `json:"object,omitempty"`

	// of is the subject in whose objects or entries each and all look. Left out:
	// the referent.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// each is the path of a list, of which the subject is one entry: the first, in
	// the order of prefer, for which all of where hold. $ is what of names itself,
	// to choose among its entries.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Each string `json:"each,omitempty"`

	// all is the path of a list, of which the subject is every entry for which all
	// of where hold, in the order of prefer. Predicates about it say match.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	All string `json:"all,omitempty"`

	// where leaves only the entries for which all these predicates hold. Their
	// paths start at the entry, and their conditions are those of the entry's field
	// conditions.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Where []Predicate `json:"where,omitempty"`

	// prefer puts the entries first for which the first of these predicates holds;
	// among these, and among the rest, those for which the second does, and so on.
	// What is alike keeps its order.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	Prefer []Predicate `json:"prefer,omitempty"`
}

// RelatedObject says which objects are read beside the referent.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.name) && (has(self.labels) || has(self.fields)))",message="name excludes labels and fields: remove one"
// +kubebuilder:validation:XValidation:rule="self.group != ” || self.kind != 'Secret'",message="Secrets are never read: use an object that may be seen by everyone who may see a MaaSModel"
type RelatedObject struct {
	ObjectType `json:",inline"`

	// name of the one object. Left out, and without labels and fields, it has the
	// referent's own name.
	// +optional
	Name Sources `json:"name,omitempty"`

	// labels that the objects have; each value is a template. The first 64 objects
	// by name are read, and the message says when there are more.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=8
	Labels map[string]Template `json:"labels,omitempty"`

	// fields that the objects have, by their path: one of the values there is what
	// the template gives, for example {"$.spec.rules[*].backendRefs[*].name":
	// "{name}"} for the HTTPRoutes that name this object. The first 64 objects of
	// the namespace by name are read, and the message says when there are more.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=4
	Fields map[string]Template `json:"fields,omitempty"`

	// namespace of the objects. Left out, it is the referent's.
	// +optional
	Namespace Sources `json:"namespace,omitempty"`

	// generation says how fresh the object's status is. A path: the generation that
	// the status was made for; while it differs from metadata.generation the
	// backend is not ready. PerCondition: each condition has an observedGeneration
	// of its own; one of another generation does not hold, one that has none does.
	// Left out: the object says nothing about it, or fills the field with another
	// object's generation.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Generation string `json:"generation,omitempty"`
}

// Template is text with {NAME} for each value, for example
// http://{name}.{namespace}.svc:8000. Without one of its values it yields
// nothing, nor if that would be more than 4096 bytes.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=512
type Template string

// Predicate is one fact that may hold: a condition, or a path or value that is
// compared. Absent values never match, unless orAbsent says so.
//
// +kubebuilder:validation:XValidation:rule="[has(self.condition), has(self.path), has(self.value), has(self.agrees)].exists_one(written, written)",message="write exactly one of condition, path, value and agrees; two facts are two predicates"
// +kubebuilder:validation:XValidation:rule="!has(self.condition) || [has(self.status), has(self.statusIn), has(self.exists)].exists_one(written, written)",message="a condition needs exactly one of status, statusIn and exists: write status: \"True\", or exists where its presence alone counts"
// +kubebuilder:validation:XValidation:rule="has(self.condition) || !(has(self.status) || has(self.statusIn) || has(self.reasonIn) || has(self.messageMatches) || has(self.anyGeneration))",message="status, statusIn, reasonIn, messageMatches and anyGeneration go with condition: write a path or a value with one of equals, in, exists, matches, atLeast"
type Predicate struct {
	// of is the subject that is looked at. Left out: the referent; inside where
	// and prefer, the entry.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// versions: it counts only for objects that were read in one of these, for
	// fields that differ between versions.
	// +optional
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
	// +kubebuilder:validation:Enum=Any;All
	Match Match `json:"match,omitempty"`

	// condition is the type of a condition: of status.conditions, or of an entry's
	// conditions.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=316
	Condition string `json:"condition,omitempty"`

	// status that the condition has to have: "True", "False" or "Unknown".
	// +optional
	// +kubebuilder:validation:Enum="True";"False";Unknown
	Status string `json:"status,omitempty"`

	// statusIn: the condition's status has to be one of these.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=3
	// +kubebuilder:validation:items:Enum="True";"False";Unknown
	StatusIn []string `json:"statusIn,omitempty"`

	// reasonIn: the condition's reason has to be one of these.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=1024
	ReasonIn []string `json:"reasonIn,omitempty"`

	// messageMatches is an RE2 regular expression that matches in the condition's
	// message.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	MessageMatches string `json:"messageMatches,omitempty"`

	// anyGeneration: the condition counts whatever generation it is of, for what
	// stays true when the spec changes.
	// +optional
	AnyGeneration bool `json:"anyGeneration,omitempty"`

	// path is an RFC 9535 JSONPath that starts at the object or entry that is
	// looked at, for example $.status.url. One that may select several values
	// needs match.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Path string `json:"path,omitempty"`

	// value is the name of a value, instead of a path.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Value string `json:"value,omitempty"`

	// equals: it is this string, number or boolean, or the value named in
	// {value: NAME}.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Equals *Operand `json:"equals,omitempty"`

	// in: it is one of these strings or numbers.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	In []Scalar `json:"in,omitempty"`

	// exists true: there is a value that is neither null nor "", or there is a
	// condition of the type, whatever its status. false: there is none.
	// +optional
	Exists *bool `json:"exists,omitempty"`

	// matches: it is a string in which this RE2 regular expression matches.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Matches string `json:"matches,omitempty"`

	// atLeast: it is a number not smaller than this one, or than the value named in
	// {value: NAME}.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	AtLeast *Operand `json:"atLeast,omitempty"`

	// intersects: it is a host name, or several, that have a host in common with
	// the ones there, as the Gateway API intersects hostnames: *.example.com has
	// every name below example.com, and none at all is any host.
	// +optional
	Intersects *FieldReference `json:"intersects,omitempty"`

	// orAbsent: it holds as well where there is no value. It goes inside where and
	// prefer.
	// +optional
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
type FieldReference struct {
	// of is the subject. Left out: the referent.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// path of the field, which may select several values.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Path string `json:"path"`
}

// Agreement compares an entry with the entries of another subject, in several
// fields at once: it holds where one of them agrees in all of the fields.
type Agreement struct {
	// with is the subject whose entries are compared.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	With string `json:"with"`

	// on has, by the path of a field in the entry, the path of the field in the
	// other one. Two agree that are equal, or both absent.
	// +required
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=8
	On map[string]FieldPath `json:"on"`

	// optional: a field that is absent on either side agrees with anything.
	// +optional
	Optional bool `json:"optional,omitempty"`

	// absent has, by the path of a field in the entry, the name of the value that
	// the field stands for where it is absent on either side, for example
	// {$.namespace: namespace}.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=8
	Absent map[string]string `json:"absent,omitempty"`
}

// FieldPath is an RFC 9535 JSONPath that selects one value at most.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=512
type FieldPath string

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
// +kubebuilder:validation:XValidation:rule="!has(self.path) || !(has(self.template) || has(self.condition) || has(self.value))",message="path, condition, value, template and constant exclude each other: write two sources"
type Source struct {
	// of is the subject that is looked at. Left out: the referent.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// versions: it counts only for objects that were read in one of these, for
	// fields that differ between versions.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:Pattern=`^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$`
	Versions []string `json:"versions,omitempty"`

	// path is an RFC 9535 JSONPath that starts at the object or entry that is
	// looked at, for example $.status.url.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Path string `json:"path,omitempty"`

	// key: not the selected value, but the name under which its map has it.
	// +optional
	Key bool `json:"key,omitempty"`

	// intersects: of the host names at path, the hosts that they have in common
	// with the ones there, as the Gateway API intersects hostnames, the more exact
	// of two; wildcards are left out.
	// +optional
	Intersects *FieldReference `json:"intersects,omitempty"`

	// condition is the type of a condition, whose message is taken.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=316
	Condition string `json:"condition,omitempty"`

	// value is the name of another value.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Value string `json:"value,omitempty"`

	// template is text with {NAME} for each value.
	// +optional
	Template Template `json:"template,omitempty"`

	// constant is this very string, number or boolean.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Constant *Scalar `json:"constant,omitempty"`

	// capture is an RE2 regular expression with one group, which is cut out of the
	// value: --max-model-len[ =](\d+) out of a container's args. The texts of a
	// list are joined by spaces. Where it does not match there is no value.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Capture string `json:"capture,omitempty"`

	// lower: in lower case.
	// +optional
	Lower bool `json:"lower,omitempty"`

	// when: it counts only while these predicates hold, for values that a backend
	// leaves behind when they are no longer true.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	When []Predicate `json:"when,omitempty"`
}

// HealthRule says how the backend is when all its predicates hold, or hands an
// object on to the kind that reads such objects.
//
// +kubebuilder:validation:XValidation:rule="has(self.is) != has(self.kind)",message="write is, or with of and kind who decides: exactly one of the two"
// +kubebuilder:validation:XValidation:rule="has(self.is) ? has(self.when) : has(self.of)",message="is needs when, and kind needs of"
type HealthRule struct {
	// name of the rule, in traces and cases. Left out, it is made from what the
	// rule says.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z][A-Za-z0-9]*$`
	Name string `json:"name,omitempty"`

	// is what the backend is when every predicate holds. Servable: it is not ready
	// but wakes when it is called, as one that is scaled to zero does; its models
	// are in phase Ready and are listed.
	// +optional
	// +kubebuilder:validation:Enum=Ready;Servable;Failed;Progressing
	Is HealthVerdict `json:"is,omitempty"`

	// when are predicates, all of which have to hold.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	When []Predicate `json:"when,omitempty"`

	// because is where the backend says why, for the message of the condition
	// BackendReady. It decides nothing, and may be absent.
	// +optional
	Because Sources `json:"because,omitempty"`

	// of is the object that kind decides about. The rule counts while the object is
	// there.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Of string `json:"of,omitempty"`

	// kind is the name of the kind that decides: with its own rules, subjects and
	// freshness.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`
}

// HealthVerdict is what a rule says.
type HealthVerdict string

// The verdicts.
const (
	VerdictReady       HealthVerdict = "Ready"
	VerdictServable    HealthVerdict = "Servable"
	VerdictFailed      HealthVerdict = "Failed"
	VerdictProgressing HealthVerdict = "Progressing"
)

// EndpointCandidate is where the endpoint may be: a source of the whole URL, a
// URL in parts, or, with of and kind, the endpoint that another kind finds for
// an object.
//
// +kubebuilder:validation:XValidation:rule="!has(self.path) || !(has(self.template) || has(self.condition) || has(self.value))",message="path, condition, value, template and constant exclude each other: write two candidates"
// +kubebuilder:validation:XValidation:rule="!(has(self.url) && (has(self.path) || has(self.template) || has(self.value) || has(self.kind)))",message="url excludes path, template, value and kind: write two candidates"
// +kubebuilder:validation:XValidation:rule="!has(self.kind) || has(self.of) && !(has(self.path) || has(self.template) || has(self.value))",message="kind needs of, and finds the whole endpoint by itself"
type EndpointCandidate struct {
	// name of the candidate, in traces and cases. Left out, it is made from what
	// the candidate says.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z][A-Za-z0-9]*$`
	Name string `json:"name,omitempty"`

	Source `json:",inline"`

	// url is the URL in parts.
	// +optional
	URL *URLParts `json:"url,omitempty"`

	// scheme is put before a value that has none, as in 10.96.1.2:8000.
	// +optional
	// +kubebuilder:validation:Enum=http;https
	Scheme string `json:"scheme,omitempty"`

	// port is put behind the host of a value that has none. The path of the value
	// is kept.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port,omitempty"`

	// kind is the name of the kind whose candidates find the endpoint of the object
	// that of names.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Kind string `json:"kind,omitempty"`
}

// URLParts are the parts of a URL, each a list of sources.
type URLParts struct {
	// scheme is http or https, in any case. Left out: http.
	// +optional
	Scheme Sources `json:"scheme,omitempty"`

	// host is a host name or an address. Without one there is no URL.
	// +required
	Host Sources `json:"host"`

	// port is a port number. It is not written where it is the scheme's own.
	// +optional
	Port Sources `json:"port,omitempty"`

	// path of the URL, with or without its first slash.
	// +optional
	Path Sources `json:"path,omitempty"`
}

// Probe says how the API asks an endpoint whether it lets a caller in.
type Probe struct {
	// policy PerCaller: the endpoint is asked with the caller's own Authorization,
	// and a model is listed to those it lets in. WhenAwake: the same, but a backend
	// that is Servable, and would be woken by a question, is not asked; meanwhile
	// its model is listed to those whom it has let in within the last ten minutes,
	// and to nobody else. Never: the endpoint is never asked, and every caller sees
	// a model that is Ready; only the endpoint itself keeps out who may not call
	// it. Left out: PerCaller.
	// +optional
	// +kubebuilder:validation:Enum=PerCaller;WhenAwake;Never
	Policy ProbePolicy `json:"policy,omitempty"`

	// path is appended to the endpoint, whose own path is kept. Segments in which
	// the endpoint ends and with which this path begins are written once: of
	// https://example.com/llm/v1 and /v1/models, https://example.com/llm/v1/models
	// is asked. Left out: /v1/models.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:Pattern=`^(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+/?$`
	Path string `json:"path,omitempty"`

	// method of HTTP; requests have no body. Left out: GET.
	// +optional
	// +kubebuilder:validation:Enum=GET;HEAD;OPTIONS;POST
	Method string `json:"method,omitempty"`

	// accept are the response statuses that mean the caller is let in: a class such
	// as 2xx, or a code such as 405. Left out: 2xx and 405.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	Accept []Scalar `json:"accept,omitempty"`

	// expect is what an accepted 2xx response has to be, by its Content-Type; other
	// accepted statuses say all by themselves. NoPage: no HTML, which a login page
	// or the default page of a proxy is, and no list of models. JSON:
	// application/json, or a type that ends in +json. Anything: anything. Where it
	// is not met the caller is not let in, and the log says so. Left out: NoPage.
	// +optional
	// +kubebuilder:validation:Enum=NoPage;JSON;Anything
	Expect ProbeExpectation `json:"expect,omitempty"`

	// timeout is how long to wait for the response, from 100ms to 30s. Left out: as
	// long as the API is set to.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^(0|([0-9]+(\.[0-9]+)?(ms|s|m))+)$`
	Timeout string `json:"timeout,omitempty"`

	// headers are further request headers, the same for every caller. Those that
	// say who calls (Impersonate-User, X-Forwarded-User, X-Api-Key and the like),
	// where to, or how the message is framed are refused.
	// +optional
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=16
	Headers map[string]string `json:"headers,omitempty"`
}

// ProbePolicy says whether an endpoint is asked.
type ProbePolicy string

// ProbeExpectation says what an accepted response has to be.
type ProbeExpectation string

// ModelSources say where what is known of a model is.
type ModelSources struct {
	// displayName is a name for people.
	// +optional
	DisplayName Sources `json:"displayName,omitempty"`

	// description is a sentence for people.
	// +optional
	Description Sources `json:"description,omitempty"`

	// contextLength is the largest context in tokens.
	// +optional
	ContextLength Sources `json:"contextLength,omitempty"`

	// maxOutputTokens is the largest completion in tokens.
	// +optional
	MaxOutputTokens Sources `json:"maxOutputTokens,omitempty"`

	// capabilities are strings such as chat; a path may select several.
	// +optional
	Capabilities Sources `json:"capabilities,omitempty"`

	// aliases are other names that the backend serves the model under; a path may
	// select several.
	// +optional
	Aliases Sources `json:"aliases,omitempty"`
}
