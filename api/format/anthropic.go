package format

import (
	"fmt"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/catalog"
)

// anthropic is Anthropic's list of models, GET /v1/models.
//
// Sources: @anthropic-ai/sdk 1.14.0, resources/models.d.ts (ModelInfo) and
// core/pagination.js (Page).
func anthropic() Form {
	return Form{
		Name: "anthropic", ContentType: contentTypeJSON,
		takes: writesText,
		open:  `{"data":[`, between: ",",
		end: func(models []*catalog.Model, more bool) string {
			first, last := "null", "null"
			if len(models) > 0 { // ids are names of objects, in which nothing is escaped
				first, last = strconv.Quote(models[0].ID), strconv.Quote(models[len(models)-1].ID)
			}
			return fmt.Sprintf(`],"has_more":%t,"first_id":%s,"last_id":%s}`+"\n", more, first, last)
		},
		entry: func(m *catalog.Model) ([]byte, error) { return encoded(anthropicOf(m)) },
	}
}

// anthropicModel has null for what is not known: the SDK's types have all fields.
type anthropicModel struct {
	Type           string    `json:"type"`
	ID             string    `json:"id"`
	DisplayName    string    `json:"display_name"`
	CreatedAt      string    `json:"created_at"`
	MaxInputTokens *int64    `json:"max_input_tokens"`
	MaxTokens      *int64    `json:"max_tokens"`
	Capabilities   *struct{} `json:"capabilities"`
	Lifecycle      string    `json:"lifecycle"`
	DeprecatedAt   *string   `json:"deprecated_at"`
	RetiresAt      *string   `json:"retires_at"`
	Line           *string   `json:"line"`
}

func anthropicOf(m *catalog.Model) anthropicModel {
	one := anthropicModel{
		Type: "model", ID: m.ID, DisplayName: title(m), CreatedAt: createdAt(m), Lifecycle: catalog.StatusActive,
		MaxInputTokens: known(m.ContextLength), MaxTokens: known(m.MaxOutputTokens),
	}
	if l := m.Lifecycle; l != nil && l.Status == catalog.StatusDeprecated {
		one.Lifecycle, one.DeprecatedAt, one.RetiresAt = l.Status, moment(l.Deprecated), moment(l.Retires)
	}
	return one
}

// moment is in RFC 3339, nil where there is none.
func moment(t *metav1.Time) *string {
	if t == nil {
		return nil
	}
	text := t.UTC().Format(time.RFC3339)
	return &text
}

// AnthropicModel is one model as GET /v1/models/{id} has it.
func AnthropicModel(m *catalog.Model) ([]byte, error) {
	body, err := encoded(anthropicOf(m))
	if err != nil {
		return nil, fmt.Errorf("writing model %s as anthropic: %w", m.ID, err)
	}
	return append(body, '\n'), nil
}
