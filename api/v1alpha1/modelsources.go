package v1alpha1

// ModelSources say where what is known of a model is.
//
// +example: {contextLength: [{path: $.spec.maxModelLen}]}
type ModelSources struct {
	// displayName is a name for people.
	// +optional
	// +example: [{path: $.spec.model.name}]
	DisplayName Sources `json:"displayName,omitempty"`

	// description is a sentence for people.
	// +optional
	// +example: [{path: $.metadata.annotations.description}]
	Description Sources `json:"description,omitempty"`

	// useCase is what the model is meant for.
	// +optional
	// +example: [{path: '$.metadata.annotations["opendatahub.io/genai-use-case"]'}]
	UseCase Sources `json:"useCase,omitempty"`

	// type is what the model does: chat, completion, embedding, rerank, classification, transcription (speech to text),
	// speech (text to speech), image or video. Another word is left out; map a backend's own words with when and constant.
	// +optional
	// +example: [{constant: embedding, when: [{path: "$.spec.features[*]", match: Any, equals: TextEmbedding}]}, {constant: chat}]
	Type Sources `json:"type,omitempty"`

	// inputModalities are what the model takes: text, image, audio, video or file. Other words are left out.
	// +optional
	// +example: [{path: $.spec.modalities}]
	InputModalities Sources `json:"inputModalities,omitempty"`

	// outputModalities are what the model gives: text, image, audio, video, embedding or score. Other words are left out.
	// +optional
	// +example: [{constant: text}]
	OutputModalities Sources `json:"outputModalities,omitempty"`

	// contextLength is the largest context in tokens. A text may be a number with a suffix, as vLLM takes it: 32k are
	// 32,000 and 32K are 32,768.
	// +optional
	// +example: [{path: '$.spec.containers[*].args', capture: '--max-model-len[ =](\d+)'}]
	ContextLength Sources `json:"contextLength,omitempty"`

	// maxOutputTokens is the largest completion in tokens.
	// +optional
	// +example: [{path: $.spec.limits.maxTokens}]
	MaxOutputTokens Sources `json:"maxOutputTokens,omitempty"`

	// capabilities are strings such as chat; a path may select several.
	// +optional
	// +example: [{constant: chat}]
	Capabilities Sources `json:"capabilities,omitempty"`

	// aliases are other names that the backend serves the model under; a path may
	// select several.
	// +optional
	// +example: [{path: $.spec.servedModelName}]
	Aliases Sources `json:"aliases,omitempty"`

	// adapters are names of LoRA adapters that the backend serves beside the model.
	// +optional
	// +example: [{path: "$.spec.adapters[*].name"}]
	Adapters Sources `json:"adapters,omitempty"`

	// quantization of the weights, such as fp8 or awq.
	// +optional
	// +example: [{path: '$.spec.containers[*].args', capture: '--quantization[ =](\S+)'}]
	Quantization Sources `json:"quantization,omitempty"`

	// source is where the weights are from: a repository or a URI. One with a user, a password or a query in it is left out,
	// since these may be credentials.
	// +optional
	// +example: [{path: $.spec.model.uri}]
	Source Sources `json:"source,omitempty"`

	// revision of the source.
	// +optional
	// +example: [{path: $.spec.model.revision}]
	Revision Sources `json:"revision,omitempty"`

	// replicas are those that are ready, a whole number.
	// +optional
	// +example: [{path: $.status.readyReplicas}]
	Replicas Sources `json:"replicas,omitempty"`
}

// Fields are the sources by the names of their fields; none for nil.
func (m *ModelSources) Fields() map[string]*Sources {
	if m == nil {
		return nil
	}
	return map[string]*Sources{
		"displayName": &m.DisplayName, "description": &m.Description, "useCase": &m.UseCase, "type": &m.Type,
		"inputModalities": &m.InputModalities, "outputModalities": &m.OutputModalities,
		"contextLength": &m.ContextLength, "maxOutputTokens": &m.MaxOutputTokens,
		"capabilities": &m.Capabilities, "aliases": &m.Aliases, "adapters": &m.Adapters,
		"quantization": &m.Quantization, "source": &m.Source, "revision": &m.Revision, "replicas": &m.Replicas,
	}
}

// ByField are those of Fields that are written.
func (m *ModelSources) ByField() map[string]Sources {
	written := map[string]Sources{}
	for field, sources := range m.Fields() {
		if *sources != nil {
			written[field] = *sources
		}
	}
	return written
}
