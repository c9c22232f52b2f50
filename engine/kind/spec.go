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
	Name           string                 `json:"name,omitempty"`
	Description    string                 `json:"description"`
	Aliases        []string               `json:"aliases,omitempty"`
	Referent       *referentSpec          `json:"referent,omitempty"`
	NoReferent     string                 `json:"noReferent,omitempty"`
	Related        []relatedSpec          `json:"related,omitempty"`
	Values         map[string][]placeSpec `json:"values,omitempty"`
	Generation     string                 `json:"generation,omitempty"`
	UnhealthyAfter string                 `json:"unhealthyAfter,omitempty"`
	Health         []ruleSpec             `json:"health,omitempty"`
	NoFailure      string                 `json:"noFailure,omitempty"`
	Endpoint       []candidateSpec        `json:"endpoint,omitempty"`
	NoEndpoint     string                 `json:"noEndpoint,omitempty"`
	Probe          probeSpec              `json:"probe,omitzero"`
	Model          map[string]placeSpec   `json:"model,omitempty"`
}

type referentSpec struct {
	Group          string         `json:"group"`
	Kind           string         `json:"kind"`
	Versions       []string       `json:"versions"`
	Scope          Scope          `json:"scope,omitempty"`
	CrossNamespace CrossNamespace `json:"crossNamespace,omitempty"`
}

type relatedSpec struct {
	As             string         `json:"as"`
	Group          string         `json:"group"`
	Kind           string         `json:"kind"`
	Versions       []string       `json:"versions"`
	Scope          Scope          `json:"scope,omitempty"`
	Name           string         `json:"name,omitempty"`
	Selector       *selectorSpec  `json:"selector,omitempty"`
	Namespace      string         `json:"namespace,omitempty"`
	CrossNamespace CrossNamespace `json:"crossNamespace,omitempty"`
	Generation     string         `json:"generation,omitempty"`
}

type selectorSpec struct {
	MatchLabels map[string]string `json:"matchLabels"`
}

type ruleSpec struct {
	Is      string          `json:"is"`
	When    []predicateSpec `json:"when"`
	Because string          `json:"because,omitempty"`
}

// subjectSpec says what a predicate or a place looks at.
type subjectSpec struct {
	Of       string          `json:"of,omitempty"`
	Versions []string        `json:"versions,omitempty"`
	Each     string          `json:"each,omitempty"`
	Where    []predicateSpec `json:"where,omitempty"`
}

type predicateSpec struct {
	subjectSpec
	Match quantifier `json:"match,omitempty"`

	Condition      string   `json:"condition,omitempty"`
	Status         string   `json:"status,omitempty"`
	StatusIn       []string `json:"statusIn,omitempty"`
	ReasonIn       []string `json:"reasonIn,omitempty"`
	MessageMatches string   `json:"messageMatches,omitempty"`

	Path    string `json:"path,omitempty"`
	Value   string `json:"value,omitempty"`
	Equals  any    `json:"equals,omitempty"`
	In      []any  `json:"in,omitempty"`
	Exists  *bool  `json:"exists,omitempty"`
	Matches string `json:"matches,omitempty"`
	AtLeast any    `json:"atLeast,omitempty"`
}

type placeSpec struct {
	subjectSpec
	Path     string          `json:"path,omitempty"`
	Key      bool            `json:"key,omitempty"`
	Template string          `json:"template,omitempty"`
	Constant any             `json:"constant,omitempty"`
	Lower    bool            `json:"lower,omitempty"`
	When     []predicateSpec `json:"when,omitempty"`
}

type candidateSpec struct {
	placeSpec
	Scheme string `json:"scheme,omitempty"`
	Port   int    `json:"port,omitempty"`
	Prefer string `json:"prefer,omitempty"`
}

type probeSpec struct {
	Policy  ProbePolicy       `json:"policy,omitempty"`
	Path    string            `json:"path,omitempty"`
	Method  string            `json:"method,omitempty"`
	Accept  []any             `json:"accept,omitempty"`
	Expect  Expectation       `json:"expect,omitempty"`
	Timeout string            `json:"timeout,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
}
