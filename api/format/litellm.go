package format

import (
	"encoding/json"

	"github.com/maas-kinds/maas/api/catalog"
)

// litellm is a configuration of the LiteLLM proxy: config.yaml with its model_list.
//
// Sources: BerriAI/litellm 0044fbe, litellm/types/router.py (Deployment,
// LiteLLM_Params: model, api_base, api_key; ModelInfo takes further fields);
// model_prices_and_context_window.json, sample_spec (the fields of model_info and the
// words of mode); docs.litellm.ai/docs/providers/openai_compatible (the prefixes) and
// litellm/llms/hosted_vllm/rerank/transformation.py at 05d54f5, since "openai/" knows
// no rerank.
//
// The proxy replaces every text in it that begins with os.environ/ by that variable
// (litellm/proxy/proxy_server.py, ProxyConfig._check_for_os_environ_vars), and shows
// model_info to its users. So no text that a model chose stands there by itself: ids
// cannot begin so, since no namespace has a dot, nor can a name have a slash; the name
// that a backend serves stands behind a prefix.
func litellm() Form {
	return Form{
		Name: "litellm", ContentType: contentTypeJSON,
		takes: func(m *catalog.Model) bool { return litellmRoute(m) != (route{}) },
		open:  `{"model_list":[`, between: ",", end: ends("]}\n"),
		entry: func(m *catalog.Model) ([]byte, error) { return encoded(litellmOf(m)) },
	}
}

type litellmModel struct {
	ModelName string        `json:"model_name"`
	Params    litellmParams `json:"litellm_params"`
	Info      litellmInfo   `json:"model_info"`
}

type litellmParams struct {
	Model   string `json:"model"`
	APIBase string `json:"api_base"`
	APIKey  string `json:"api_key"`
}

type litellmInfo struct {
	Mode             string       `json:"mode,omitempty"`
	MaxTokens        int64        `json:"max_tokens,omitempty"`
	MaxInputTokens   int64        `json:"max_input_tokens,omitempty"`
	MaxOutputTokens  int64        `json:"max_output_tokens,omitempty"`
	InputCost        *json.Number `json:"input_cost_per_token,omitempty"`
	OutputCost       *json.Number `json:"output_cost_per_token,omitempty"`
	SupportsVision   bool         `json:"supports_vision,omitempty"`
	SupportsAudio    bool         `json:"supports_audio_input,omitempty"`
	SupportsTools    bool         `json:"supports_function_calling,omitempty"`
	SupportsSchema   bool         `json:"supports_response_schema,omitempty"`
	SupportsThinking bool         `json:"supports_reasoning,omitempty"`
}

// route is how LiteLLM calls models of a type: its mode, and the provider by which
// it speaks OpenAI's API.
type route struct{ mode, provider string }

// litellmRoute is the zero value for a model that LiteLLM has no mode for.
func litellmRoute(m *catalog.Model) route {
	if m.Type == "" {
		if !writesText(m) {
			return route{}
		}
		return route{provider: "openai/"}
	}
	return map[string]route{
		typeChat:          {"chat", "openai/"},
		typeCompletion:    {"completion", "text-completion-openai/"},
		typeEmbedding:     {"embedding", "openai/"},
		typeRerank:        {"rerank", "hosted_vllm/"},
		typeImage:         {"image_generation", "openai/"},
		typeTranscription: {"audio_transcription", "openai/"},
		typeSpeech:        {"audio_speech", "openai/"},
	}[m.Type]
}

func litellmOf(m *catalog.Model) litellmModel {
	way := litellmRoute(m)
	prompt, completion := prices(m)
	return litellmModel{
		ModelName: m.ID,
		Params:    litellmParams{Model: way.provider + servedName(m), APIBase: baseURL(m), APIKey: "os.environ/" + KeyVariable},
		Info: litellmInfo{
			Mode: way.mode, MaxTokens: m.MaxOutputTokens, MaxInputTokens: m.ContextLength, MaxOutputTokens: m.MaxOutputTokens,
			InputCost: number(prompt), OutputCost: number(completion),
			SupportsVision: takesInput(m, "image"), SupportsAudio: takesInput(m, "audio"), SupportsTools: has(m, "tools"),
			SupportsSchema: has(m, "structured_outputs"), SupportsThinking: has(m, "reasoning"),
		},
	}
}
