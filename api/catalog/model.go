package catalog

import (
	"cmp"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Model is a model as OpenAI clients know it, with this API's additions. What is
// not known of it is left out. Its slices and maps must not be changed.
type Model struct {
	ID              string   `json:"id"`
	Object          string   `json:"object"`
	Created         int64    `json:"created"`
	OwnedBy         string   `json:"owned_by"`
	URL             string   `json:"url"`
	Ready           bool     `json:"ready"`
	Kind            string   `json:"kind"`
	Name            string   `json:"name,omitempty"`
	Description     string   `json:"description,omitempty"`
	ContextLength   int64    `json:"context_length,omitempty"`
	MaxModelLen     int64    `json:"max_model_len,omitempty"`
	MaxOutputTokens int64    `json:"max_output_tokens,omitempty"`
	Capabilities    []string `json:"capabilities,omitempty"`
	Aliases         []string `json:"aliases,omitempty"`

	UseCase          string   `json:"use_case,omitempty"`
	Type             string   `json:"type,omitempty"`
	InputModalities  []string `json:"input_modalities,omitempty"`
	OutputModalities []string `json:"output_modalities,omitempty"`
	Adapters         []string `json:"adapters,omitempty"`
	Quantization     string   `json:"quantization,omitempty"`
	Source           string   `json:"source,omitempty"`
	Revision         string   `json:"revision,omitempty"`
	Replicas         *int64   `json:"replicas,omitempty"`

	Parent             string            `json:"parent,omitempty"`
	ParameterCount     int64             `json:"parameter_count,omitempty"`
	License            string            `json:"license,omitempty"`
	Tokenizer          string            `json:"tokenizer,omitempty"`
	SupportedEndpoints []string          `json:"supported_endpoints,omitempty"`
	SupportedFeatures  []string          `json:"supported_features,omitempty"`
	Pricing            *Pricing          `json:"pricing,omitempty"`
	Lifecycle          *Lifecycle        `json:"lifecycle,omitempty"`
	Details            map[string]string `json:"details,omitempty"`
	NotReady           *NotReady         `json:"not_ready,omitempty"`
}

// Pricing is what a token costs: decimal numbers as text, in a currency by its
// ISO 4217 code.
type Pricing struct {
	Prompt     string `json:"prompt,omitempty"`
	Completion string `json:"completion,omitempty"`
	Currency   string `json:"currency"`
}

// The words of Lifecycle.Status.
const (
	StatusActive     = "active"
	StatusDeprecated = "deprecated"
)

// Lifecycle says until when a model is offered.
type Lifecycle struct {
	Status string `json:"status"`
	// Deprecated and Retires are in RFC 3339.
	Deprecated *metav1.Time `json:"deprecated,omitempty"`
	Retires    *metav1.Time `json:"retires,omitempty"`
	// ReplacedBy is the id of the model to use instead.
	ReplacedBy string `json:"replaced_by,omitempty"`
}

// NotReady says why a model is not.
type NotReady struct {
	Reason  string `json:"reason"`
	Message string `json:"message,omitempty"`
}

// bare is the model without texts of any length.
func (m Model) bare() Model {
	return Model{ID: m.ID, Object: m.Object, Created: m.Created, OwnedBy: m.OwnedBy, URL: m.URL, Ready: m.Ready, Kind: m.Kind,
		ContextLength: m.ContextLength, MaxModelLen: m.MaxModelLen, MaxOutputTokens: m.MaxOutputTokens, Lifecycle: m.Lifecycle}
}

// maxNotReady bounds what is told of why a model is not ready, in bytes.
const maxNotReady = 512

func notReady(model *v1alpha1.MaaSModel) *NotReady {
	ready := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.Status == metav1.ConditionTrue || ready.Reason == "" {
		return nil
	}
	return &NotReady{Reason: ready.Reason, Message: syntax.Shorten(ready.Message, maxNotReady)}
}

func modelOf(model *v1alpha1.MaaSModel, entry *Entry) Model {
	m := Model{
		ID: entry.ID, Object: "model", Created: model.CreationTimestamp.Unix(), OwnedBy: model.Namespace,
		URL: model.Status.Endpoint, Ready: entry.Ready, Kind: entry.Kind,
	}
	if !m.Ready {
		m.NotReady = notReady(model)
	}
	info := model.Status.Model
	if info == nil {
		return m
	}
	m.Name, m.Description = info.DisplayName, info.Description
	m.ContextLength, m.MaxModelLen = max(0, info.ContextLength), max(0, info.ContextLength)
	m.MaxOutputTokens = max(0, info.MaxOutputTokens)
	m.Capabilities, m.Aliases, m.Adapters = info.Capabilities, info.Aliases, info.Adapters
	m.UseCase, m.Type, m.InputModalities, m.OutputModalities = info.UseCase, info.Type, info.InputModalities, info.OutputModalities
	m.Quantization, m.Source, m.Revision, m.Replicas = info.Quantization, info.Source, info.Revision, info.Replicas
	m.Parent, m.ParameterCount, m.License, m.Tokenizer = info.Parent, max(0, info.ParameterCount), info.License, info.Tokenizer
	m.SupportedEndpoints, m.SupportedFeatures, m.Details = info.SupportedEndpoints, info.SupportedFeatures, info.Details
	if info.PromptPrice != "" || info.CompletionPrice != "" {
		m.Pricing = &Pricing{Prompt: info.PromptPrice, Completion: info.CompletionPrice, Currency: cmp.Or(info.Currency, "USD")}
	}
	return m
}
