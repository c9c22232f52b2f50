package v1alpha1

// Annotations on a MaaSModel that override what the backend says about the
// model. Numbers are written in decimal, lists with commas or as a JSON array.
const (
	AnnotationDisplayName      = "maas.opendatahub.io/display-name"
	AnnotationDescription      = "maas.opendatahub.io/description"
	AnnotationUseCase          = "maas.opendatahub.io/use-case"
	AnnotationType             = "maas.opendatahub.io/type"
	AnnotationInputModalities  = "maas.opendatahub.io/input-modalities"
	AnnotationOutputModalities = "maas.opendatahub.io/output-modalities"
	AnnotationContextLength    = "maas.opendatahub.io/context-length"
	AnnotationMaxOutputTokens  = "maas.opendatahub.io/max-output-tokens"
	AnnotationCapabilities     = "maas.opendatahub.io/capabilities"
	AnnotationAliases          = "maas.opendatahub.io/aliases"
	AnnotationAdapters         = "maas.opendatahub.io/adapters"
	AnnotationQuantization     = "maas.opendatahub.io/quantization"
	AnnotationSource           = "maas.opendatahub.io/source"
	AnnotationRevision         = "maas.opendatahub.io/revision"

	AnnotationParent             = "maas.opendatahub.io/parent"
	AnnotationParameterCount     = "maas.opendatahub.io/parameter-count"
	AnnotationLicense            = "maas.opendatahub.io/license"
	AnnotationTokenizer          = "maas.opendatahub.io/tokenizer"
	AnnotationSupportedEndpoints = "maas.opendatahub.io/supported-endpoints"
	AnnotationSupportedFeatures  = "maas.opendatahub.io/supported-features"
	AnnotationPromptPrice        = "maas.opendatahub.io/prompt-price"
	AnnotationCompletionPrice    = "maas.opendatahub.io/completion-price"
	AnnotationCurrency           = "maas.opendatahub.io/currency"
	AnnotationDeprecated         = "maas.opendatahub.io/deprecated"
	AnnotationRetires            = "maas.opendatahub.io/retires"
	AnnotationReplacedBy         = "maas.opendatahub.io/replaced-by"
)

// AnnotationDetails is the prefix of annotations whose names behind it, and whose
// values, go into the details of a model as they are.
const AnnotationDetails = "details.maas.opendatahub.io/"

// Annotations on a MaaSModel for callers whom its backend turns away. Whoever writes
// MaaSModels can put a name into everybody's list with them, so the listing API reads
// them with --discoverable alone.
const (
	// AnnotationDiscoverable is "true" where such callers may learn of the model.
	AnnotationDiscoverable = "maas.opendatahub.io/discoverable"
	// AnnotationAccessRequest tells them how to get access, in 512 bytes of text.
	AnnotationAccessRequest = "maas.opendatahub.io/access-request"
)

// AnnotationHold on a ModelKind, with any value but "false", keeps its spec out of
// force: what was in force stays, and status.plan says what the spec would change.
const AnnotationHold = "maas.opendatahub.io/hold"

// Annotations that the dashboard of Open Data Hub and the upstream
// models-as-a-service know on their objects. Ours win over them.
const (
	AnnotationUpstreamDisplayName   = "openshift.io/display-name"
	AnnotationUpstreamDescription   = "openshift.io/description"
	AnnotationUpstreamUseCase       = "opendatahub.io/genai-use-case"
	AnnotationUpstreamContextWindow = "opendatahub.io/context-window"
	AnnotationUpstreamCapabilities  = "opendatahub.io/model-capabilities"
)
