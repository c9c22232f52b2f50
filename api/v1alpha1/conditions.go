package v1alpha1

// Condition types of a MaaSModel, in the order in which they are decided. Each
// carries observedGeneration.
const (
	// ConditionKindAccepted: modelRef.kind names a kind-spec in force.
	ConditionKindAccepted = "KindAccepted"
	// ConditionReferenceResolved: the referent exists and may be read.
	ConditionReferenceResolved = "ReferenceResolved"
	// ConditionBackendReady: the referent reports itself ready, at its current
	// generation where the kind has a generation gate.
	ConditionBackendReady = "BackendReady"
	// ConditionEndpointResolved: a valid endpoint was found.
	ConditionEndpointResolved = "EndpointResolved"
	// ConditionReady: all of the above. True exactly in phase Ready.
	ConditionReady = "Ready"
	// ConditionNameAccepted: callers know the model by its name alone. Ready does
	// not depend on it. Type and reason are named as those of a
	// CustomResourceDefinition's names (apiextensions.k8s.io/v1).
	ConditionNameAccepted = "NameAccepted"
	// ConditionReconciling: the model is Pending or Unhealthy; kstatus says InProgress.
	// It and ConditionStalled are named as kstatus reads them (sigs.k8s.io/cli-utils,
	// pkg/kstatus/status), are there only while they are True, and have the reason
	// and message of Ready.
	ConditionReconciling = "Reconciling"
	// ConditionStalled: the model is Failed; kstatus says Failed.
	ConditionStalled = "Stalled"
	// ConditionUnlisted: the model is Ready, and the API shows it to nobody because
	// of the API's own flags. It is there only while it is True; its message names
	// the flag and the value to give it.
	ConditionUnlisted = "Unlisted"
	// ConditionRetiring: the model is deprecated, or retires within 30 days, or has
	// retired. Ready does not depend on it. It is there only while it is True.
	ConditionRetiring = "Retiring"
)

// Reasons of the conditions. They are part of the API: programs match on them.
const (
	// ReasonAccepted: KindAccepted is True.
	ReasonAccepted = "Accepted"
	// ReasonServingPreviousRevision: KindAccepted is True; a newer revision of
	// the kind-spec has faults, and the last good one stays in force.
	ReasonServingPreviousRevision = "ServingPreviousRevision"
	// ReasonSpecInvalid: spec is not made as a MaaSModel's is. An API server that has
	// this version's CRD takes no such object, and may hold one from before.
	ReasonSpecInvalid = "SpecInvalid"
	// ReasonKindUnknown: no kind-spec has that name or alias.
	ReasonKindUnknown = "KindUnknown"

	// ReasonResolved: ReferenceResolved or EndpointResolved is True.
	ReasonResolved = "Resolved"
	// ReasonCRDNotInstalled: the API server does not serve the referent's type.
	ReasonCRDNotInstalled = "CRDNotInstalled"
	// ReasonVersionNotServed: the type is served, but in no version the kind reads.
	ReasonVersionNotServed = "VersionNotServed"
	// ReasonReferentNotFound: the type is served, the object does not exist.
	ReasonReferentNotFound = "ReferentNotFound"
	// ReasonReferentTerminating: the object is being deleted.
	ReasonReferentTerminating = "ReferentTerminating"
	// ReasonModelTerminating: the MaaSModel itself is being deleted.
	ReasonModelTerminating = "ModelTerminating"
	// ReasonTooMuchToRead: the objects are so large, or so made, that reading them
	// as the kind says takes too much work.
	ReasonTooMuchToRead = "TooMuchToRead"
	// ReasonCircularReference: the model refers to a MaaSModel that refers, maybe
	// through others, to MaaSModels that were passed already.
	ReasonCircularReference = "CircularReference"
	// ReasonForbidden: the controller may not list and watch the referent's type,
	// ReferenceGrants where one is needed, or the Service that the endpoint names.
	ReasonForbidden = "Forbidden"
	// ReasonWatchFailing: the API server does not answer what it knows of the
	// referent's type, or of one that is read beside it, or fails to list or watch
	// it, for another reason than permission: from the start, or for a minute.
	ReasonWatchFailing = "WatchFailing"
	// ReasonNamespaceNotAllowed: the kind, or the controller, does not allow this
	// cross-namespace reference.
	ReasonNamespaceNotAllowed = "NamespaceNotAllowed"
	// ReasonRefNotPermitted: no ReferenceGrant permits this cross-namespace reference.
	ReasonRefNotPermitted = "RefNotPermitted"

	// ReasonBackendReady: a Ready rule of the kind matched.
	ReasonBackendReady = "BackendReady"
	// ReasonBackendServable: a Servable rule of the kind matched: the backend is
	// not ready itself, but wakes when it is called. BackendReady is True.
	ReasonBackendServable = "BackendServable"
	// ReasonBackendProgressing: no rule of the kind matched.
	ReasonBackendProgressing = "BackendProgressing"
	// ReasonBackendFailed: a Failed rule of the kind matched.
	ReasonBackendFailed = "BackendFailed"
	// ReasonGenerationStale: the referent's status is of an earlier generation.
	ReasonGenerationStale = "GenerationStale"
	// ReasonReferenceNotResolved: nothing to judge, see ReferenceResolved.
	ReasonReferenceNotResolved = "ReferenceNotResolved"

	// ReasonEndpointOverridden: spec.endpointOverride is published.
	ReasonEndpointOverridden = "EndpointOverridden"
	// ReasonEndpointMissing: no candidate of the kind yields a value yet.
	ReasonEndpointMissing = "EndpointMissing"
	// ReasonNoEndpoint: backends of this kind have no endpoint of their own.
	ReasonNoEndpoint = "NoEndpoint"
	// ReasonEndpointInvalid: a value was found and is no endpoint that may be published.
	ReasonEndpointInvalid = "EndpointInvalid"
	// ReasonEndpointOutsideCluster: the endpoint is at the name of a Service that
	// leads out of the cluster, or is not known to lead inside. Callers' tokens
	// would go there.
	ReasonEndpointOutsideCluster = "EndpointOutsideCluster"

	// ReasonReady: Ready is True.
	ReasonReady = "Ready"
	// ReasonBackendFlapping: the backend has left readiness a moment ago and
	// the model is kept Ready until the kind's dwell is over.
	ReasonBackendFlapping = "BackendFlapping"

	// ReasonHostNotTrusted: Unlisted is True; the endpoint's host is not among the
	// --trusted-hosts.
	ReasonHostNotTrusted = "HostNotTrusted"
	// ReasonPlainHTTP: Unlisted is True; the endpoint is plain http outside of the
	// cluster, which --allow-http would allow.
	ReasonPlainHTTP = "PlainHTTP"
	// ReasonHTTPSOnly: Unlisted is True; the endpoint is plain http, which
	// --https-only forbids.
	ReasonHTTPSOnly = "HTTPSOnly"

	// ReasonDeprecated: Retiring is True; the model should not be chosen any more.
	ReasonDeprecated = "Deprecated"
	// ReasonRetiresSoon: Retiring is True; the model retires within 30 days.
	ReasonRetiresSoon = "RetiresSoon"
	// ReasonRetired: Retiring is True; the model is in no list any more.
	ReasonRetired = "Retired"

	// ReasonEndpointAlternates is that of an Event: the backend's status names several
	// endpoints in turn, though nobody changes a spec. The model keeps the one it has.
	ReasonEndpointAlternates = "EndpointAlternates"

	// ReasonNoConflicts: NameAccepted is True. Where it is False the reason is
	// ReasonNameHeld.
	ReasonNoConflicts = "NoConflicts"
)

// Condition types of a ModelKind. Each carries observedGeneration.
const (
	// ConditionAccepted: the spec compiles and is the one in force.
	ConditionAccepted = "Accepted"
	// ConditionReferentServed: the API server serves the referent's type in a
	// version that the kind reads.
	ConditionReferentServed = "ReferentServed"
	// ConditionPermitted: the controller may list and watch every type that the
	// kind reads.
	ConditionPermitted = "Permitted"
	// ConditionHeld: the annotation AnnotationHold keeps the spec out of force. It is
	// there only while it is True; its message says what the spec would change.
	ConditionHeld = "Held"
)

// Reasons of the conditions of a ModelKind, besides ReasonAccepted,
// ReasonServingPreviousRevision, ReasonCRDNotInstalled, ReasonVersionNotServed
// and ReasonForbidden.
const (
	// ReasonAcceptedWithWarnings: the kind is in force, and something in its spec is
	// useless, or a kind is missing that it hands on to.
	ReasonAcceptedWithWarnings = "AcceptedWithWarnings"
	// ReasonInvalid: the spec has faults, and no earlier revision serves.
	ReasonInvalid = "Invalid"
	// ReasonNameHeld: another kind-spec holds the name or an alias; of a MaaSModel,
	// its name is held for another namespace.
	ReasonNameHeld = "NameHeld"
	// ReasonParametersInvalid: the spec is good, and what the installation sets of
	// its parameters is not, or lacks one; no earlier revision serves.
	ReasonParametersInvalid = "ParametersInvalid"
	// ReasonServed: ReferentServed is True.
	ReasonServed = "Served"
	// ReasonNoReferent: the kind reads no object.
	ReasonNoReferent = "NoReferent"
	// ReasonPermitted: Permitted is True.
	ReasonPermitted = "Permitted"
	// ReasonNotAccepted: there is no kind to ask about, see Accepted.
	ReasonNotAccepted = "NotAccepted"
	// ReasonNotChecked: the API server has not answered yet.
	ReasonNotChecked = "NotChecked"
	// ReasonHeldBack: Accepted is False, since the spec is held back. What was in force
	// before stays; see Held.
	ReasonHeldBack = "HeldBack"
	// ReasonPlanned: Held is True, and status.plan says what the spec would change.
	ReasonPlanned = "Planned"
	// ReasonNotPlanned: Held is True, and what the spec would change cannot be said of
	// every model: something is not read yet, or may not be.
	ReasonNotPlanned = "NotPlanned"
	// ReasonWouldBeRefused: Held is True, and the spec would be refused.
	ReasonWouldBeRefused = "WouldBeRefused"
)
