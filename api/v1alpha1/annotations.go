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
)

// Annotations that the dashboard of Open Data Hub and the upstream
// models-as-a-service know on their objects. Ours win over them.
const (
	AnnotationUpstreamDisplayName   = "openshift.io/display-name"
	AnnotationUpstreamDescription   = "openshift.io/description"
	AnnotationUpstreamUseCase       = "opendatahub.io/genai-use-case"
	AnnotationUpstreamContextWindow = "opendatahub.io/context-window"
	AnnotationUpstreamCapabilities  = "opendatahub.io/model-capabilities"
)

// ModelAnnotation says which field of ModelInfo an annotation gives.
type ModelAnnotation struct{ Name, Field string }

// ModelAnnotations are those of a MaaSModel that enrich it; of several for one
// field the first counts.
func ModelAnnotations() []ModelAnnotation {
	return []ModelAnnotation{
		{AnnotationDisplayName, "displayName"}, {AnnotationUpstreamDisplayName, "displayName"},
		{AnnotationDescription, "description"}, {AnnotationUpstreamDescription, "description"},
		{AnnotationUseCase, "useCase"}, {AnnotationUpstreamUseCase, "useCase"},
		{AnnotationType, "type"},
		{AnnotationInputModalities, "inputModalities"},
		{AnnotationOutputModalities, "outputModalities"},
		{AnnotationContextLength, "contextLength"}, {AnnotationUpstreamContextWindow, "contextLength"},
		{AnnotationMaxOutputTokens, "maxOutputTokens"},
		{AnnotationCapabilities, "capabilities"}, {AnnotationUpstreamCapabilities, "capabilities"},
		{AnnotationAliases, "aliases"},
		{AnnotationAdapters, "adapters"},
		{AnnotationQuantization, "quantization"},
		{AnnotationSource, "source"},
		{AnnotationRevision, "revision"},
	}
}
