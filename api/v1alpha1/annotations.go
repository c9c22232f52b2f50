package v1alpha1

// Annotations on a MaaSModel that override what the backend says about the
// model. Numbers are written in decimal, lists with commas.
const (
	AnnotationDisplayName     = "maas.opendatahub.io/display-name"
	AnnotationDescription     = "maas.opendatahub.io/description"
	AnnotationContextLength   = "maas.opendatahub.io/context-length"
	AnnotationMaxOutputTokens = "maas.opendatahub.io/max-output-tokens"
	AnnotationCapabilities    = "maas.opendatahub.io/capabilities"
	AnnotationAliases         = "maas.opendatahub.io/aliases"
)
