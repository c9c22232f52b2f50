package kind_test

import (
	"strings"
	"testing"

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
`

// What is known of a model is of the type that its field has; what cannot be true
// is left out, and the trace says so.
func TestFactsOfModel(t *testing.T) {
	k := widget(t, factsKind)
	type facts = v1alpha1.ModelInfo
	replicas := func(n int64) *int64 { return &n }
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
	for _, a := range v1alpha1.ModelAnnotations() {
		long[a.Name] = strings.Repeat("x", 10_000)
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
