package format

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api/catalog"
)

// openRouter is the list as OpenRouter reads it from those whose models it offers,
// and as its own API gives it, in one: what either has stands in each entry.
//
// Sources: openrouter.ai/docs/guides/providers/integration, "List Models Endpoint"
// (hugging_face_id, quantization, max_output_length, pricing,
// supported_sampling_parameters, supported_features, is_ready, deprecation_date);
// @openrouter/sdk 1.3.19, esm/models/model.js, modelslistresponse.js (all others).
func openRouter() Form {
	return Form{
		Name: "openrouter", ContentType: contentTypeJSON, saysReady: true,
		open: `{"data":[`, between: ",",
		end: func(models []*catalog.Model, _ bool) string {
			return fmt.Sprintf(`],"links":{"next":null},"total_count":%d}`+"\n", len(models))
		},
		entry: func(m *catalog.Model) ([]byte, error) { return encoded(openRouterOf(m)) },
	}
}

type openRouterModel struct {
	ID                 string  `json:"id"`
	CanonicalSlug      string  `json:"canonical_slug"`
	HuggingFaceID      *string `json:"hugging_face_id"`
	Name               string  `json:"name"`
	Created            int64   `json:"created"`
	Description        string  `json:"description,omitempty"`
	ContextLength      *int64  `json:"context_length"`
	MaxOutputLength    *int64  `json:"max_output_length"`
	InputModalities    words   `json:"input_modalities"`
	OutputModalities   words   `json:"output_modalities"`
	Quantization       string  `json:"quantization"`
	IsReady            bool    `json:"is_ready"`
	DeprecationDate    string  `json:"deprecation_date,omitempty"`
	ExpirationDate     *string `json:"expiration_date"`
	Pricing            pricing `json:"pricing"`
	SamplingParameters words   `json:"supported_sampling_parameters"`
	Features           words   `json:"supported_features"`
	Parameters         words   `json:"supported_parameters"`
	Voices             words   `json:"supported_voices"`

	Architecture      architecture      `json:"architecture"`
	TopProvider       topProvider       `json:"top_provider"`
	PerRequestLimits  *struct{}         `json:"per_request_limits"`
	DefaultParameters *struct{}         `json:"default_parameters"`
	Links             map[string]string `json:"links"`
}

type words []string

type pricing struct {
	Prompt     string `json:"prompt"`
	Completion string `json:"completion"`
}

type architecture struct {
	Modality         string  `json:"modality"`
	InputModalities  words   `json:"input_modalities"`
	OutputModalities words   `json:"output_modalities"`
	InstructType     *string `json:"instruct_type"`
}

type topProvider struct {
	ContextLength       *int64 `json:"context_length"`
	MaxCompletionTokens *int64 `json:"max_completion_tokens"`
	IsModerated         bool   `json:"is_moderated"`
}

func openRouterOf(m *catalog.Model) openRouterModel {
	in, out := openRouterModalities(m)
	context, output := known(m.ContextLength), known(m.MaxOutputTokens)
	one := openRouterModel{
		ID: m.ID, CanonicalSlug: m.ID, HuggingFaceID: huggingFaceID(m), Name: title(m), Created: m.Created, Description: m.Description,
		ContextLength: context, MaxOutputLength: output, InputModalities: in, OutputModalities: out,
		Quantization: quantization(m), IsReady: m.Ready, Pricing: openRouterPricing(m),
		SamplingParameters: words{}, Features: openRouterFeatures(m), Parameters: openRouterParameters(m),
		Architecture: architecture{Modality: strings.Join(in, "+") + "->" + strings.Join(out, "+"), InputModalities: in, OutputModalities: out},
		TopProvider:  topProvider{ContextLength: context, MaxCompletionTokens: output},
		Links:        map[string]string{"details": "/v1/models/" + m.ID},
	}
	if m.Lifecycle != nil && m.Lifecycle.Retires != nil {
		one.DeprecationDate = m.Lifecycle.Retires.UTC().Format(time.DateOnly)
		one.ExpirationDate = &one.DeprecationDate
	}
	return one
}

// openRouterPricing has the prices in US dollars. The form has no word for a price
// that is not known, and wants one: such a model costs 0.
func openRouterPricing(m *catalog.Model) pricing {
	p := pricing{Prompt: "0", Completion: "0"}
	prompt, completion := prices(m)
	if prompt != "" {
		p.Prompt = prompt
	}
	if completion != "" {
		p.Completion = completion
	}
	return p
}

// openRouterModalities are in OpenRouter's words, and where nothing is known what the
// type of the model goes without saying.
func openRouterModalities(m *catalog.Model) (in, out words) {
	for _, modality := range m.InputModalities {
		if slices.Contains([]string{"text", "image", "file", "audio", "video"}, modality) {
			in = append(in, modality)
		}
	}
	for _, modality := range m.OutputModalities {
		if word, ok := map[string]string{"text": "text", "image": "image", "audio": "audio", "video": "video",
			"embedding": "embeddings", "score": "rerank"}[modality]; ok {
			out = append(out, word)
		}
	}
	usual := map[string][2]string{
		typeEmbedding: {"text", "embeddings"}, typeRerank: {"text", "rerank"}, typeTranscription: {"audio", "transcription"},
		typeSpeech: {"text", "speech"}, typeImage: {"text", "image"}, typeVideo: {"text", "video"},
	}
	guess, ok := usual[m.Type]
	if !ok {
		guess = [2]string{"text", "text"}
	}
	if len(in) == 0 {
		in = words{guess[0]}
	}
	if len(out) == 0 {
		out = words{guess[1]}
	}
	return in, out
}

// quantization is one of OpenRouter's words (esm/models/quantization.js).
func quantization(m *catalog.Model) string {
	word := strings.ToLower(m.Quantization)
	if slices.Contains([]string{"int4", "int8", "fp4", "mxfp4", "nvfp4", "fp6", "fp8", "mxfp8", "fp16", "bf16", "fp32"}, word) {
		return word
	}
	return "unknown"
}

func openRouterFeatures(m *catalog.Model) words {
	features := words{}
	for _, word := range []string{"tools", "json_mode", "structured_outputs", "logprobs", "web_search", "reasoning"} {
		if has(m, word) {
			features = append(features, word)
		}
	}
	return features
}

// openRouterParameters are the fields of requests that are known to be taken, of
// OpenRouter's (esm/models/parameter.js).
func openRouterParameters(m *catalog.Model) words {
	parameters := words{}
	if has(m, "tools") {
		parameters = append(parameters, "tools", "tool_choice")
	}
	if has(m, "json_mode", "structured_outputs") {
		parameters = append(parameters, "response_format")
	}
	for _, word := range []string{"structured_outputs", "logprobs", "reasoning"} {
		if has(m, word) {
			parameters = append(parameters, word)
		}
	}
	return parameters
}

// huggingFaceID is the repository that the weights are from, where that is on
// Hugging Face.
func huggingFaceID(m *catalog.Model) *string {
	for _, prefix := range []string{"hf://", "https://huggingface.co/"} {
		if rest, found := strings.CutPrefix(m.Source, prefix); found {
			parts := strings.SplitN(rest, "/", 3)
			if len(parts) < 2 || parts[0] == "" {
				return nil
			}
			name, _, _ := strings.Cut(parts[1], "@")
			name, _, _ = strings.Cut(name, ":") // KServe writes the revision there
			id := parts[0] + "/" + name
			return &id
		}
	}
	return nil
}

// known is a number of tokens; null in JSON where it is not known.
func known(tokens int64) *int64 {
	if tokens <= 0 {
		return nil
	}
	return &tokens
}
