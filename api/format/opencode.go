package format

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/maas-kinds/maas/api/catalog"
)

// openCode is a configuration of opencode, opencode.json: one provider, whose models
// have a base URL each.
//
// Sources: @opencode-ai/sdk 1.19.3, dist/v2/gen/types.gen.d.ts (Config,
// ProviderConfig); anomalyco/opencode 00249ba, packages/opencode/src/provider/
// provider.ts: a model's provider.api is its base URL where the provider has none in
// its options, and id is what is sent. A model whose status is deprecated is left out
// there, so no status is written; nor one limit without the other, since the schema
// has both or none, and 0 is its own word for what is not known.
func openCode() Form {
	return Form{
		Name: "opencode", ContentType: contentTypeJSON,
		takes: writesText,
		open: `{"$schema":"https://opencode.ai/config.json","provider":{"maas":{"npm":"@ai-sdk/openai-compatible","name":"Models as a Service",` +
			`"options":{"apiKey":"{env:` + KeyVariable + `}"},"models":{`,
		between: ",", end: ends("}}}}\n"),
		entry: func(m *catalog.Model) ([]byte, error) {
			key, err := json.Marshal(m.ID)
			if err != nil {
				return nil, fmt.Errorf("its id: %w", err)
			}
			model, err := json.Marshal(openCodeOf(m))
			if err != nil {
				return nil, err
			}
			return escape(append(append(key, ':'), model...), openCodeMarks), nil
		},
	}
}

// openCodeMarks begin what opencode replaces, {env:NAME} and {file:PATH}, in the text
// of its configuration before it reads the JSON (0380a03, packages/opencode/src/config/
// variable.ts). A model that is called so would have its reader's secrets, and be sent
// them if it is its id.
const openCodeMarks = "{"

type openCodeModel struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Attachment *bool               `json:"attachment,omitempty"`
	Reasoning  bool                `json:"reasoning,omitempty"`
	ToolCall   *bool               `json:"tool_call,omitempty"`
	Cost       *openCodeCost       `json:"cost,omitempty"`
	Limit      *openCodeLimit      `json:"limit,omitempty"`
	Modalities *openCodeModalities `json:"modalities,omitempty"`
	Provider   openCodeProvider    `json:"provider"`
}

// openCodeCost is in US dollars for a million tokens.
type openCodeCost struct {
	Input  json.Number `json:"input"`
	Output json.Number `json:"output"`
}

type openCodeLimit struct {
	Context int64 `json:"context"`
	Output  int64 `json:"output"`
}

type openCodeModalities struct {
	Input  words `json:"input,omitempty"`
	Output words `json:"output,omitempty"`
}

type openCodeProvider struct {
	API string `json:"api"`
}

func openCodeOf(m *catalog.Model) openCodeModel {
	one := openCodeModel{ID: servedName(m), Name: title(m), Reasoning: has(m, "reasoning"), Provider: openCodeProvider{API: baseURL(m)}}
	if m.ContextLength > 0 {
		one.Limit = &openCodeLimit{Context: m.ContextLength, Output: m.MaxOutputTokens}
	}
	if len(m.SupportedFeatures) > 0 {
		tools := has(m, "tools")
		one.ToolCall = &tools
	}
	if in, out := openCodeWords(m.InputModalities), openCodeWords(m.OutputModalities); len(in) > 0 || len(out) > 0 {
		one.Modalities = &openCodeModalities{Input: in, Output: out}
	}
	if len(m.InputModalities) > 0 {
		more := slices.ContainsFunc(m.InputModalities, func(modality string) bool { return modality != "text" })
		one.Attachment = &more
	}
	if prompt, completion := prices(m); prompt != "" && completion != "" {
		one.Cost = &openCodeCost{Input: json.Number(perMillion(prompt)), Output: json.Number(perMillion(completion))}
	}
	return one
}

// openCodeWords are the modalities that opencode knows.
func openCodeWords(modalities []string) words {
	var known words
	for _, modality := range modalities {
		if slices.Contains([]string{"text", "audio", "image", "video"}, modality) {
			known = append(known, modality)
		}
	}
	return known
}
