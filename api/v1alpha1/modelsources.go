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

	// contextLength is the largest context in tokens.
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
	// +example: [{path: "$.spec.adapters[*].name"}]
	Aliases Sources `json:"aliases,omitempty"`
}

// ByField are the sources by the names of their fields; none for nil.
func (m *ModelSources) ByField() map[string]Sources {
	if m == nil {
		return nil
	}
	return map[string]Sources{
		"displayName": m.DisplayName, "description": m.Description, "contextLength": m.ContextLength,
		"maxOutputTokens": m.MaxOutputTokens, "capabilities": m.Capabilities, "aliases": m.Aliases,
	}
}
