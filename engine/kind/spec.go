package kind

// The YAML shape of a kind-spec. The JSON Schema documents the fields; a
// document that reaches these types has passed it.

type modelKind struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec kindSpec `json:"spec"`
}

type kindSpec struct {
	Description    string          `json:"description"`
	Aliases        []string        `json:"aliases,omitempty"`
	Referent       referentSpec    `json:"referent"`
	Generation     string          `json:"generation,omitempty"`
	UnhealthyAfter string          `json:"unhealthyAfter,omitempty"`
	Health         []ruleSpec      `json:"health"`
	Endpoint       []candidateSpec `json:"endpoint"`
	Probe          probeSpec       `json:"probe,omitzero"`
	Model          modelSpec       `json:"model,omitzero"`
}

type referentSpec struct {
	Group          string         `json:"group"`
	Kind           string         `json:"kind"`
	Versions       []string       `json:"versions"`
	CrossNamespace CrossNamespace `json:"crossNamespace,omitempty"`
}

type ruleSpec struct {
	Is   HealthState     `json:"is"`
	When []predicateSpec `json:"when"`
}

type predicateSpec struct {
	Condition string   `json:"condition,omitempty"`
	Status    string   `json:"status,omitempty"`
	ReasonIn  []string `json:"reasonIn,omitempty"`

	Path    string   `json:"path,omitempty"`
	Equals  any      `json:"equals,omitempty"`
	In      []any    `json:"in,omitempty"`
	Exists  *bool    `json:"exists,omitempty"`
	Matches string   `json:"matches,omitempty"`
	AtLeast *float64 `json:"atLeast,omitempty"`
}

type candidateSpec struct {
	Path string          `json:"path"`
	When []predicateSpec `json:"when,omitempty"`
}

type probeSpec struct {
	Path   string `json:"path,omitempty"`
	Accept []any  `json:"accept,omitempty"`
}

type modelSpec struct {
	DisplayName     *valueSpec `json:"displayName,omitempty"`
	Description     *valueSpec `json:"description,omitempty"`
	ContextLength   *valueSpec `json:"contextLength,omitempty"`
	MaxOutputTokens *valueSpec `json:"maxOutputTokens,omitempty"`
	Capabilities    *valueSpec `json:"capabilities,omitempty"`
	Aliases         *valueSpec `json:"aliases,omitempty"`
}

type valueSpec struct {
	Path string `json:"path"`
}
