package format

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/catalog"
)

// plain is a model of which nothing is known but what every entry has.
func plain(change ...func(*catalog.Model)) *catalog.Model {
	m := &catalog.Model{ID: "granite", Object: "model", Created: 1700000000, OwnedBy: "llm", URL: "https://models.example.com/llm/granite", Ready: true, Kind: "llmisvc"}
	for _, c := range change {
		c(m)
	}
	return m
}

// full is a model of which everything is known.
func full() *catalog.Model {
	deprecated, retires := metav1.NewTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), metav1.NewTime(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	replicas := int64(2)
	return &catalog.Model{
		ID: "llm/qwen", Object: "model", Created: 1700000000, OwnedBy: "llm", URL: "https://models.example.com/llm/qwen/v1", Ready: true, Kind: "InferenceService",
		Name: "Qwen 2.5", Description: "Sees and speaks.", ContextLength: 32768, MaxModelLen: 32768, MaxOutputTokens: 4096,
		Capabilities: []string{"chat"}, Aliases: []string{"Qwen/Qwen2.5-VL-7B-Instruct", "qwen"}, UseCase: "images", Type: "chat",
		InputModalities: []string{"text", "image", "file"}, OutputModalities: []string{"text"}, Adapters: []string{"sql"},
		Quantization: "FP8", Source: "hf://Qwen/Qwen2.5-VL-7B-Instruct", Revision: "main", Replicas: &replicas,
		Parent: "qwen-base", ParameterCount: 8_292_166_656, License: "apache-2.0", Tokenizer: "Qwen",
		SupportedEndpoints: []string{"/v1/chat/completions", "/v1/completions"}, SupportedFeatures: []string{"tools", "structured_outputs", "reasoning"},
		Pricing:   &catalog.Pricing{Prompt: "0.00000015", Completion: "0.0000006", Currency: "USD"},
		Lifecycle: &catalog.Lifecycle{Status: catalog.StatusDeprecated, Deprecated: &deprecated, Retires: &retires, ReplacedBy: "granite"},
	}
}

// hostile is a model whose maker has put into every text what some reader might take
// for something else.
func hostile() *catalog.Model {
	const text = "<script>alert(1)</script> {env:MAAS_API_KEY} {file:/etc/passwd} ${HOME} os.environ/HOME \"'&*!|>%@`: #- \x7f\u0085\u009b\u2028\u202e\u200f\ufeff\uffff\x00\n\t😀"
	return &catalog.Model{
		ID: "evil/os.environ", Object: "model", Created: -62135596800, OwnedBy: "evil", URL: "https://evil.example.com/${MAAS_API_KEY}/{env:HOME}", Ready: true, Kind: "Deployment",
		Name: text, Description: strings.Repeat(text, 40), Aliases: []string{"", text}, Adapters: []string{text}, Capabilities: []string{text},
		InputModalities: []string{text}, OutputModalities: []string{text}, Quantization: text, Source: "hf://" + text, Revision: text, Parent: text,
		SupportedEndpoints: []string{text, "/v1/chat/completions", "/v1/" + text}, SupportedFeatures: []string{text},
		Pricing: &catalog.Pricing{Prompt: "1e-7", Completion: "0x1p-2", Currency: "USD"}, Details: map[string]string{"$text": text},
	}
}

func typed(id, kind string) *catalog.Model {
	return plain(func(m *catalog.Model) { m.ID, m.Type = id, kind })
}

// written is what a form makes of the models that it has.
func written(t testing.TB, form Form, models ...*catalog.Model) string {
	t.Helper()
	var body bytes.Buffer
	if err := form.Write(&body, chosen(form, models), false); err != nil {
		t.Fatal(err)
	}
	return body.String()
}

func chosen(form Form, models []*catalog.Model) []*catalog.Model {
	var has []*catalog.Model
	for _, m := range models {
		if form.Has(m, false) {
			has = append(has, m)
		}
	}
	return has
}

func named(t testing.TB, name string) Form {
	t.Helper()
	form, ok := Named(name)
	if !ok {
		t.Fatalf("there is no form %s", name)
	}
	return form
}

// documents are what a YAML file of JSON documents, or one JSON document, holds.
func documents(t testing.TB, body string) []any {
	t.Helper()
	var all []any
	for document := range strings.SplitSeq(body, "---\n") {
		if strings.TrimSpace(document) == "" {
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(document), &value); err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		all = append(all, value)
	}
	return all
}
