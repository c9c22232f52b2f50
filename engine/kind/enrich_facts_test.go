package kind_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// factsKind reads each fact of a model from the field of the same name.
const factsKind = `  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
  model:
    displayName: [{path: $.spec.displayName}]
    description: [{path: $.spec.description}]
    useCase: [{path: $.spec.useCase}]
    type: [{path: $.spec.type}]
    inputModalities: [{path: $.spec.inputModalities}]
    outputModalities: [{path: $.spec.outputModalities}]
    contextLength: [{path: $.spec.contextLength}, {path: "$.spec.args[*]", capture: '^--max-model-len[ =](.+)$'}]
    maxOutputTokens: [{path: $.spec.maxOutputTokens}]
    capabilities: [{path: $.spec.capabilities}]
    aliases: [{path: $.spec.aliases}]
    adapters: [{path: "$.spec.adapters[*].name"}]
    quantization: [{path: $.spec.quantization}]
    source: [{path: $.spec.source}]
    revision: [{path: $.spec.revision}]
    replicas: [{path: $.status.readyReplicas}]
    parent: [{path: $.spec.parent}]
    parameterCount: [{path: $.spec.parameters}]
    license: [{path: $.spec.license}]
    tokenizer: [{path: $.spec.tokenizer}]
    supportedEndpoints: [{path: $.spec.endpoints}]
    supportedFeatures: [{path: $.spec.features}]
    promptPrice: [{path: $.spec.price}]
    completionPrice: [{path: $.spec.completionPrice}]
    currency: [{path: $.spec.currency}]
    deprecated: [{path: $.spec.deprecated}]
    retires: [{path: $.spec.retires}]
    replacedBy: [{path: $.spec.replacedBy}]
`

// What is known of a model is of the type that its field has; what cannot be true
// is left out, and the trace says so.
func TestFactsOfModel(t *testing.T) {
	k := widget(t, factsKind)
	type facts = v1alpha1.ModelInfo
	replicas := func(n int64) *int64 { return &n }
	at := func(year int, month time.Month, day, hour int) *metav1.Time {
		return &metav1.Time{Time: time.Date(year, month, day, hour, 0, 0, 0, time.UTC)}
	}
	const noParameters = "the value is no count of parameters: write a whole number, or one such as 8.03B with K, M, B or T behind it"
	const noPrice = "the value is no price: write a decimal number from 0 to 1000000, such as 0.0000002"
	const noTime = "the value is no time: write a day such as 2026-12-31, or a time such as 2026-12-31T12:00:00Z"
	for name, test := range map[string]struct {
		spec        map[string]any
		status      map[string]any
		annotations map[string]string
		want        *facts
		note        string
	}{
		"nothing is known": {},
		"every fact": {
			spec: map[string]any{
				"displayName": "Granite", "description": "A model.", "useCase": "support", "type": "chat",
				"inputModalities": []any{"text", "image"}, "outputModalities": []any{"text"}, "contextLength": int64(4096), "maxOutputTokens": "512",
				"capabilities": []any{"tools"}, "aliases": []any{"granite"}, "adapters": []any{map[string]any{"name": "sql"}},
				"quantization": "fp8", "source": "hf://ibm/granite", "revision": "main",
			},
			status: map[string]any{"readyReplicas": int64(2)},
			want: &facts{
				DisplayName: "Granite", Description: "A model.", UseCase: "support", Type: "chat",
				InputModalities: []string{"text", "image"}, OutputModalities: []string{"text"}, ContextLength: 4096, MaxOutputTokens: 512,
				Capabilities: []string{"tools"}, Aliases: []string{"granite"}, Adapters: []string{"sql"},
				Quantization: "fp8", Source: "hf://ibm/granite", Revision: "main", Replicas: replicas(2),
			},
		},
		"what is known of the weights and the offer": {
			spec: map[string]any{
				"parent": "granite", "parameters": "8.03B", "license": "apache-2.0", "tokenizer": "ibm/granite", "endpoints": []any{"/v1/chat/completions"},
				"features": []any{"tools", "json_mode"}, "price": "0.0000002", "completionPrice": 0.0000006, "currency": "eur",
				"deprecated": "2026-12-31", "retires": "2027-06-30T14:00:00+02:00", "replacedBy": "granite-4",
			},
			want: &facts{
				Parent: "granite", ParameterCount: 8_030_000_000, License: "apache-2.0", Tokenizer: "ibm/granite", SupportedEndpoints: []string{"/v1/chat/completions"},
				SupportedFeatures: []string{"tools", "json_mode"}, PromptPrice: "0.0000002", CompletionPrice: "0.0000006", Currency: "EUR",
				Deprecated: at(2026, 12, 31, 0), Retires: at(2027, 6, 30, 12), ReplacedBy: "granite-4",
			},
		},
		"details of an operator": {
			annotations: map[string]string{"details.maas.opendatahub.io/owner": " team-a ", "details.maas.opendatahub.io/tier": "gold\x1b[2J", "details.maas.opendatahub.io/none": " "},
			want:        &facts{Details: map[string]string{"owner": "team-a", "tier": "gold[2J"}},
			note:        "control characters, or marks that cannot be seen, are left out",
		},
		"a detail that is long":              {annotations: map[string]string{"details.maas.opendatahub.io/a": strings.Repeat("x", 300)}, want: &facts{Details: map[string]string{"a": strings.Repeat("x", 253) + "…"}}, note: "it is cut to 256 bytes"},
		"parameters as a number":             {spec: map[string]any{"parameters": int64(125_000_000)}, want: &facts{ParameterCount: 125_000_000}},
		"parameters in trillions":            {spec: map[string]any{"parameters": "1.04t"}, want: &facts{ParameterCount: 1_040_000_000_000}},
		"parameters of experts":              {spec: map[string]any{"parameters": "8x7B"}, note: noParameters},
		"parameters of no model":             {spec: map[string]any{"parameters": "1000000T"}, note: noParameters},
		"parameters that are a suffix":       {spec: map[string]any{"parameters": "B"}, note: noParameters},
		"an endpoint that is no path":        {spec: map[string]any{"endpoints": []any{"chat", "/v1/embeddings"}}, want: &facts{SupportedEndpoints: []string{"/v1/embeddings"}}, note: "what does not begin with a slash is left out"},
		"a price with an exponent":           {spec: map[string]any{"price": "2e-7"}, want: &facts{PromptPrice: "0.0000002"}},
		"a price of nothing":                 {spec: map[string]any{"price": int64(0)}, want: &facts{PromptPrice: "0"}},
		"a price that is no number":          {spec: map[string]any{"price": "cheap"}, note: noPrice},
		"a price that is not a number":       {spec: map[string]any{"price": "NaN"}, note: noPrice},
		"a price below nothing":              {spec: map[string]any{"price": "-0.1"}, note: noPrice},
		"a price beyond all":                 {spec: map[string]any{"price": "Inf"}, note: noPrice},
		"a price in hexadecimal":             {spec: map[string]any{"price": "0x1p-2"}, want: &facts{PromptPrice: "0.25"}},
		"a currency that is a sign":          {spec: map[string]any{"price": "1", "currency": "€"}, want: &facts{PromptPrice: "1"}, note: "the value is no currency: write its ISO 4217 code, such as USD"},
		"a day of the last year":             {spec: map[string]any{"retires": "9999-12-31"}, want: &facts{Retires: at(9999, 12, 31, 0)}},
		"a time that leads out of it":        {spec: map[string]any{"retires": "9999-12-31T23:59:59-01:00"}, note: noTime},
		"a day that there is not":            {spec: map[string]any{"retires": "2026-02-30"}, note: noTime},
		"a day as another country has it":    {spec: map[string]any{"retires": "31.12.2026"}, note: noTime},
		"a day by an annotation":             {annotations: map[string]string{v1alpha1.AnnotationDeprecated: "2026-12-31"}, want: &facts{Deprecated: at(2026, 12, 31, 0)}},
		"a tokenizer with a password":        {spec: map[string]any{"tokenizer": "https://u:p@hub/t"}, note: "it is left out: a user, a query or a fragment may be credentials"},
		"a type in capitals":                 {spec: map[string]any{"type": "Embedding"}, want: &facts{Type: "embedding"}},
		"a type that nobody knows":           {spec: map[string]any{"type": "TextGeneration"}, note: "it is none of chat, completion, embedding, rerank, classification, transcription, speech, image, video"},
		"a type that is a number":            {spec: map[string]any{"type": int64(1)}, note: "the value is a number, and the kind-spec expects a string"},
		"a modality that nobody knows":       {spec: map[string]any{"inputModalities": []any{"Text", "smell"}}, want: &facts{InputModalities: []string{"text"}}, note: "what is none of text, image, audio, video, file, embedding, score is left out"},
		"a context of -1":                    {spec: map[string]any{"contextLength": int64(-1)}, note: "the value is not a positive whole number"},
		"a context of nothing":               {spec: map[string]any{"contextLength": int64(0)}, note: "the value is not a positive whole number"},
		"a context of a part":                {spec: map[string]any{"contextLength": 0.5}, note: "the value is not a positive whole number"},
		"a context as large as may be":       {spec: map[string]any{"contextLength": int64(1_000_000_000)}, want: &facts{ContextLength: 1_000_000_000}},
		"a context that is larger":           {spec: map[string]any{"contextLength": int64(1_000_000_001)}, note: "the value is more than 1000000000"},
		"a context of more digits than fit":  {spec: map[string]any{"contextLength": strings.Repeat("9", 30)}, note: "the value is not a positive whole number"},
		"a context in thousands":             {spec: map[string]any{"args": []any{"--max-model-len=25.6k"}}, want: &facts{ContextLength: 25_600}},
		"a context in binary thousands":      {spec: map[string]any{"args": []any{"--port=1", "--max-model-len 32K"}}, want: &facts{ContextLength: 32_768}},
		"a context in binary millions":       {spec: map[string]any{"contextLength": "1M"}, want: &facts{ContextLength: 1 << 20}},
		"decimals that vLLM refuses":         {spec: map[string]any{"contextLength": "1.5K"}, note: "the value is not a positive whole number"},
		"binary thousands that do not fit":   {spec: map[string]any{"contextLength": "9223372036854775807K"}, note: "the value is not a positive whole number"},
		"a suffix alone":                     {spec: map[string]any{"contextLength": "K"}, note: "the value is not a positive whole number"},
		"as vLLM finds it out itself":        {spec: map[string]any{"args": []any{"--max-model-len=auto"}}, note: "the value is not a positive whole number"},
		"no replicas":                        {status: map[string]any{"readyReplicas": int64(0)}, want: &facts{Replicas: replicas(0)}},
		"replicas below none":                {status: map[string]any{"readyReplicas": int64(-3)}, note: "the value is not a whole number from 0 to 1000000000"},
		"a source with a password":           {spec: map[string]any{"source": "s3://key:secret@minio/models"}, note: "it is left out: a user, a query or a fragment may be credentials"},
		"a source that is signed":            {spec: map[string]any{"source": "https://storage/model?X-Amz-Signature=1"}, note: "it is left out: a user, a query or a fragment may be credentials"},
		"an image by its digest":             {spec: map[string]any{"source": "oci://registry:5000/m/granite@sha256:0a"}, want: &facts{Source: "oci://registry:5000/m/granite@sha256:0a"}},
		"a source that is no URI":            {spec: map[string]any{"source": "meta-llama/Llama-3.1-8B"}, want: &facts{Source: "meta-llama/Llama-3.1-8B"}},
		"ten thousand adapters":              {spec: map[string]any{"adapters": repeated(10_000, map[string]any{"name": "a"})}, want: &facts{Adapters: []string{"a"}}},
		"an annotation wins over the object": {spec: map[string]any{"type": "chat"}, annotations: map[string]string{v1alpha1.AnnotationType: "rerank"}, want: &facts{Type: "rerank"}},
		"our annotation wins over upstream's": {
			annotations: map[string]string{v1alpha1.AnnotationDisplayName: "ours", v1alpha1.AnnotationUpstreamDisplayName: "theirs"},
			want:        &facts{DisplayName: "ours"},
		},
		"what upstream knows on its models": {
			annotations: map[string]string{
				"openshift.io/display-name": "Llama", "openshift.io/description": "A model.", "opendatahub.io/genai-use-case": "chat",
				"opendatahub.io/context-window": "4096", "opendatahub.io/model-capabilities": `["text-generation","image, text"]`,
			},
			want: &facts{DisplayName: "Llama", Description: "A model.", UseCase: "chat", ContextLength: 4096, Capabilities: []string{"text-generation", "image, text"}},
		},
		"an empty JSON array":            {annotations: map[string]string{v1alpha1.AnnotationCapabilities: "[]"}},
		"half a JSON array":              {annotations: map[string]string{v1alpha1.AnnotationCapabilities: `["a","b`}, note: "it begins as a JSON array and is none of strings: write one, or words with commas"},
		"a JSON array of something else": {annotations: map[string]string{v1alpha1.AnnotationAliases: `[1]`}, note: "it begins as a JSON array and is none of strings: write one, or words with commas"},
		"words with commas":              {annotations: map[string]string{v1alpha1.AnnotationAliases: "a, b,a"}, want: &facts{Aliases: []string{"a", "b"}}},
		"an annotation of nothing":       {spec: map[string]any{"type": "chat"}, annotations: map[string]string{v1alpha1.AnnotationType: " "}, want: &facts{Type: "chat"}},
	} {
		t.Run(name, func(t *testing.T) {
			model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Annotations: kind.ReadAnnotations(test.annotations)}}
			object := &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "example.com/v1", "kind": "Widget", "metadata": map[string]any{"name": "a"}, "spec": test.spec, "status": test.status,
			}}
			got := k.Explain(model, object, kind.Objects(nil), endpoint.Rules{})
			if diff := cmp.Diff(test.want, got.Model); diff != "" {
				t.Errorf("model (-want +got):\n%s", diff)
			}
			if notes := notesOfModel(got); notes != test.note {
				t.Errorf("got the notes %q, want %q", notes, test.note)
			}
		})
	}
}

// A MaaSModel is kept in memory with its annotations: no more of them than is read.
func TestAnnotationsAreBounded(t *testing.T) {
	long := map[string]string{"example.com/other": "x"}
	for _, fact := range v1alpha1.Facts() {
		for _, name := range fact.Annotations {
			long[name] = strings.Repeat("x", 10_000)
		}
	}
	size, longest := 0, 0
	for _, value := range kind.ReadAnnotations(long) {
		size, longest = size+len(value), max(longest, len(value))
	}
	if size != 30<<10 || longest != 5<<10 {
		t.Errorf("%d bytes are kept, the longest value has %d", size, longest)
	}
}

func repeated(n int, value any) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = value
	}
	return all
}

// notesOfModel are what the trace says about the facts of a model.
func notesOfModel(o kind.Observation) string {
	var notes []string
	for _, step := range o.Trace {
		if step.Stage == "model" && step.Note != "" {
			notes = append(notes, step.Note)
		}
	}
	return strings.Join(notes, ", ")
}
