package v1alpha1

import "slices"

// ModelSources are where what is known of a model is, by the names of facts:
// displayName, description, useCase, type, inputModalities, outputModalities,
// contextLength, maxOutputTokens, capabilities, aliases, adapters, quantization,
// source, revision, replicas, parent, parameterCount, license, tokenizer,
// supportedEndpoints, supportedFeatures, promptPrice, completionPrice, currency,
// deprecated, retires and replacedBy. kinds/REFERENCE.md explains each.
//
// +kubebuilder:validation:MaxProperties=64
// +kubebuilder:validation:XValidation:rule="self.all(fact, fact in ['displayName', 'description', 'useCase', 'type', 'inputModalities', 'outputModalities', 'contextLength', 'maxOutputTokens', 'capabilities', 'supportedEndpoints', 'supportedFeatures', 'aliases', 'adapters', 'parent', 'quantization', 'parameterCount', 'source', 'revision', 'tokenizer', 'license', 'replicas', 'promptPrice', 'completionPrice', 'currency', 'deprecated', 'retires', 'replacedBy'])",message="there is no such fact: kinds/REFERENCE.md has those that there are, such as contextLength"
// +example: {contextLength: [{path: $.spec.maxModelLen}]}
type ModelSources map[string]Sources

// FactShape is what a fact looks like.
//
// +kubebuilder:object:generate=false
type FactShape string

// The shapes of facts. Numbers may be text as well.
const (
	FactText   FactShape = "text"
	FactNumber FactShape = "number"
	FactList   FactShape = "list"
)

// Fact is something that may be known of a model. A kind-spec has it by this name
// in spec.model, and a status in status.model.
//
// +kubebuilder:object:generate=false
type Fact struct {
	Name  string
	Shape FactShape
	// Doc is a sentence or two that begin with the name.
	Doc string
	// Example are sources, as YAML.
	Example string
	// Annotations of a MaaSModel that say it; the first that is there counts, and
	// wins over the kind-spec.
	Annotations []string
}

// Facts are all that may be known, in the order in which they are explained.
func Facts() []Fact {
	return slices.Concat(textFacts(), modalityFacts(), nameFacts(), weightFacts(), offerFacts())
}

func textFacts() []Fact {
	return []Fact{
		{"displayName", FactText, "displayName is a name for people.", `[{path: $.spec.model.name}]`, []string{AnnotationDisplayName, AnnotationUpstreamDisplayName}},
		{"description", FactText, "description is a sentence for people.", `[{path: $.metadata.annotations.description}]`, []string{AnnotationDescription, AnnotationUpstreamDescription}},
		{"useCase", FactText, "useCase is what the model is meant for.", `[{path: '$.metadata.annotations["opendatahub.io/genai-use-case"]'}]`, []string{AnnotationUseCase, AnnotationUpstreamUseCase}},
	}
}

func modalityFacts() []Fact {
	return []Fact{
		{"type", FactText, "type is what the model does: chat, completion, embedding, rerank, classification, transcription (speech to text), speech (text to speech), image or video. Another word is left out; map a backend's own words with when and constant.",
			`[{constant: embedding, when: [{path: "$.spec.features[*]", match: Any, equals: TextEmbedding}]}, {constant: chat}]`, []string{AnnotationType}},
		{"inputModalities", FactList, "inputModalities are what the model takes: text, image, audio, video or file. Other words are left out.", `[{path: $.spec.modalities}]`, []string{AnnotationInputModalities}},
		{"outputModalities", FactList, "outputModalities are what the model gives: text, image, audio, video, embedding or score. Other words are left out.", `[{constant: text}]`, []string{AnnotationOutputModalities}},
		{"contextLength", FactNumber, "contextLength is the largest context in tokens. A text may be a number with a suffix, as vLLM takes it: 32k are 32,000 and 32K are 32,768.",
			`[{path: '$.spec.containers[*].args', capture: '--max-model-len[ =](\d+)'}]`, []string{AnnotationContextLength, AnnotationUpstreamContextWindow}},
		{"maxOutputTokens", FactNumber, "maxOutputTokens is the largest completion in tokens.", `[{path: $.spec.limits.maxTokens}]`, []string{AnnotationMaxOutputTokens}},
		{"capabilities", FactList, "capabilities are strings such as chat; a path may select several.", `[{constant: chat}]`, []string{AnnotationCapabilities, AnnotationUpstreamCapabilities}},
		{"supportedEndpoints", FactList, "supportedEndpoints are paths that clients append to the endpoint, such as /v1/chat/completions. What does not begin with a slash is left out.", `[{constant: /v1/embeddings}]`, []string{AnnotationSupportedEndpoints}},
		{"supportedFeatures", FactList, "supportedFeatures are what requests may ask for, such as tools, json_mode, structured_outputs, logprobs or reasoning.",
			`[{constant: tools, when: [{path: "$.spec.args[*]", match: Any, equals: --enable-auto-tool-choice}]}]`, []string{AnnotationSupportedFeatures}},
	}
}

func nameFacts() []Fact {
	return []Fact{
		{"aliases", FactList, "aliases are other names that the backend serves the model under; a path may select several.", `[{path: $.spec.servedModelName}]`, []string{AnnotationAliases}},
		{"adapters", FactList, "adapters are names of LoRA adapters that the backend serves beside the model.", `[{path: "$.spec.adapters[*].name"}]`, []string{AnnotationAdapters}},
		{"parent", FactText, "parent is the model that this one adapts, where it is a LoRA adapter.", `[{path: $.spec.baseModel}]`, []string{AnnotationParent}},
	}
}

func weightFacts() []Fact {
	return []Fact{
		{"quantization", FactText, "quantization of the weights, such as fp8 or awq.", `[{path: '$.spec.containers[*].args', capture: '--quantization[ =](\S+)'}]`, []string{AnnotationQuantization}},
		{"parameterCount", FactNumber, "parameterCount is how many parameters the model has: a whole number, or one with K, M, B or T behind it, such as 8.03B.", `[{path: $.spec.model.parameters}]`, []string{AnnotationParameterCount}},
		{"source", FactText, "source is where the weights are from: a repository or a URI. One with a user, a password or a query in it is left out, since these may be credentials.", `[{path: $.spec.model.uri}]`, []string{AnnotationSource}},
		{"revision", FactText, "revision of the source.", `[{path: $.spec.model.revision}]`, []string{AnnotationRevision}},
		{"tokenizer", FactText, "tokenizer that counts the model's tokens: a name or a repository. What may hold credentials is left out, as of a source.", `[{path: '$.spec.containers[*].args', capture: '--tokenizer[ =](\S+)'}]`, []string{AnnotationTokenizer}},
		{"license", FactText, "license of the weights, such as apache-2.0.", `[{path: $.spec.model.license}]`, []string{AnnotationLicense}},
		{"replicas", FactNumber, "replicas are those that are ready, a whole number.", `[{path: $.status.readyReplicas}]`, nil},
	}
}

func offerFacts() []Fact {
	return []Fact{
		{"promptPrice", FactNumber, "promptPrice is what a token costs that is sent: a decimal number, also as text such as 0.0000002.", `[{path: $.spec.pricing.input}]`, []string{AnnotationPromptPrice}},
		{"completionPrice", FactNumber, "completionPrice is what a token costs that is answered.", `[{path: $.spec.pricing.output}]`, []string{AnnotationCompletionPrice}},
		{"currency", FactText, "currency of the prices, by its ISO 4217 code. Left out: USD.", `[{constant: EUR}]`, []string{AnnotationCurrency}},
		{"deprecated", FactText, "deprecated is since when the model should not be chosen any more: a day such as 2026-12-31, which begins at midnight UTC, or a time of RFC 3339.", `[{path: $.spec.deprecatedAt}]`, []string{AnnotationDeprecated}},
		{"retires", FactText, "retires is from when the model is in no list: a day or a time, as deprecated.", `[{path: $.spec.endOfLife}]`, []string{AnnotationRetires}},
		{"replacedBy", FactText, "replacedBy is the id of the model to use instead.", `[{path: $.spec.successor}]`, []string{AnnotationReplacedBy}},
	}
}
