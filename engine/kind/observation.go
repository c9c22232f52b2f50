package kind

import (
	"time"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Observation is what one look at a MaaSModel's reference has shown: facts,
// and no decision. Exactly one of the following holds: the kind is unknown
// or there is none to look up (Kind is empty), the reference did not resolve (Reference.State is not
// ReferenceFound), or everything below is filled in.
type Observation struct {
	// Kind is the canonical name of the kind that looked, empty when
	// modelRef.kind names none.
	Kind string
	// Revision of that kind.
	Revision string
	// NewerRefused says why a newer revision of that kind is not in force; empty
	// when there is none.
	NewerRefused string
	// ID is what callers know the model by; empty where it was given none.
	ID string
	// Reference says whether the referent could be read.
	Reference Reference
	// Referent identifies the object; nil while its type is not known to be served.
	Referent *v1alpha1.ReferentStatus
	// Reads are the queries for related objects that were asked, in order: what
	// has to be watched besides the referent.
	Reads []Query
	// Generation compares the referent's status with its generation.
	Generation Generation
	// Health is the verdict of the kind's health rules.
	Health Health
	// Endpoint is what the kind's candidates, or the override, yield.
	Endpoint Endpoint
	// Untrusted is why the API sends no credentials to the endpoint, by its flags;
	// nil where it does, and where the flags are not known.
	Untrusted *endpoint.Distrust
	// Model is the enrichment; nil when nothing is known.
	Model *v1alpha1.ModelInfo
	// Dwell is how long a Ready model outlives this observation if it is one
	// that may heal by itself; zero for every other.
	Dwell time.Duration
	// Trace lists everything that was tried, in order.
	Trace []Step
}

// ReferenceState says in which way a reference resolved or did not.
type ReferenceState string

// The states. Lost means the referent is not there and may come; Refused means
// somebody has to change a spec, a kind or a permission.
const (
	ReferenceFound   ReferenceState = "Found"
	ReferenceLost    ReferenceState = "Lost"
	ReferenceRefused ReferenceState = "Refused"
)

// Reference is the outcome of resolving modelRef.
type Reference struct {
	State ReferenceState
	// Reason is one of the v1alpha1 reasons of KindAccepted and ReferenceResolved.
	Reason string
	// Message for people: what is wrong, where, what to do.
	Message string
}

// Generation compares a referent's status with its metadata.generation.
type Generation struct {
	// Gated is false for kinds without a generation gate; then Fresh is true.
	Gated bool
	// Fresh means the status was made for the current generation.
	Fresh bool
	// Message says what was compared; empty when not gated.
	Message string
	// Of are the objects that were compared, in order. While they stay the same nobody
	// has changed the spec of any.
	Of []ObjectGeneration
}

// ObjectGeneration is the spec of an object at one time.
type ObjectGeneration struct {
	UID        string
	Generation float64
}

// HealthState is a health rule's verdict.
type HealthState string

// The verdicts. HealthProgressing is the verdict when no rule matches.
const (
	HealthReady       HealthState = "Ready"
	HealthFailed      HealthState = "Failed"
	HealthProgressing HealthState = "Progressing"
)

// Health is the verdict of the health rules and what decided it.
type Health struct {
	State HealthState
	// OnDemand is true in state HealthReady when the backend is not ready itself
	// but wakes when it is called.
	OnDemand bool
	// Rule is the health rule that decided, for example "ready", or "route/taken"
	// for one of the kind that route is handed on to; empty when none did.
	Rule string
	// Message names the rule and quotes what the backend says about it.
	Message string
}

// EndpointSource says where an endpoint came from.
type EndpointSource string

// The sources.
const (
	EndpointFromCandidate EndpointSource = "Candidate"
	EndpointFromOverride  EndpointSource = "Override"
)

// Endpoint is the resolved endpoint, or why there is none.
type Endpoint struct {
	// URL is valid under the rules given to Observe; empty when there is none.
	URL    string
	Source EndpointSource
	// Rule is the candidate that yielded the URL, named like a health rule, or
	// "endpointOverride"; empty when there is none.
	Rule string
	// Invalid is true when a value was found and refused.
	Invalid bool
	// Reason is one of the v1alpha1 reasons of EndpointResolved where Invalid is
	// true for another one than ReasonEndpointInvalid; empty otherwise.
	Reason string
	// None is true when the kind declares that its backends have no endpoint of
	// their own; Message then says what to do.
	None bool
	// Message says which candidate yielded the URL, or why none did.
	Message string
}

// Step is one entry of a trace: one rule, predicate or candidate tried.
type Step struct {
	// Stage is "reference", "subjects", "values", "generation", "health",
	// "endpoint" or "model".
	Stage string `json:"stage"`
	// Rule names the part of the kind-spec, for example "ready.when[0]".
	Rule string `json:"rule"`
	// Path is the RFC 9535 path or the condition that was looked up.
	Path string `json:"path,omitempty"`
	// Want is the comparison, for example `equals "True"`; empty when any value will do.
	Want string `json:"want,omitempty"`
	// Found is the value, as JSON; null when absent.
	Found any `json:"found"`
	// Matched says whether the rule, predicate or candidate held.
	Matched bool `json:"matched"`
	// Note explains a refusal or a value of the wrong type.
	Note string `json:"note,omitempty"`
}

// Unknown is the observation for a modelRef.kind that no kind-spec claims;
// message says so and lists what there is.
func Unknown(message string) Observation {
	return Observation{Reference: Reference{State: ReferenceRefused, Reason: v1alpha1.ReasonKindUnknown, Message: message}}
}

// Unreadable is the observation for a MaaSModel whose spec is not made as one is.
func Unreadable(message string) Observation {
	return Observation{Reference: Reference{State: ReferenceRefused, Reason: v1alpha1.ReasonSpecInvalid, Message: message}}
}

// Unresolved is the observation of k when its referent cannot be read. The
// referent may be nil.
func (k *Kind) Unresolved(reference Reference, referent *v1alpha1.ReferentStatus) Observation {
	return Observation{Kind: k.name, Revision: k.revision, Reference: reference, Referent: referent,
		Trace: []Step{{Stage: "reference", Rule: "modelRef", Found: reference.Reason, Note: reference.Message}}}
}
