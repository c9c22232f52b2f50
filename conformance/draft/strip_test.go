package draft_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/conformance/draft"
)

// What is a secret or says who somebody is goes, and what a kind is made from stays.
func TestStripped(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"env of a container": {
			`{spec: {env: [{name: HF_TOKEN, value: abc}, {name: DB_PASSWORD, value: x}, {name: MY_API_KEY, value: 5}, {name: MAX_TOKENS, value: "5"}, {name: TOKENIZER, value: t}]}}`,
			`{spec: {env: [{name: HF_TOKEN, value: REDACTED}, {name: DB_PASSWORD, value: REDACTED}, {name: MY_API_KEY, value: REDACTED}, {name: MAX_TOKENS, value: "5"}, {name: TOKENIZER, value: t}]}}`},
		"a reference to a Secret says only where it is": {
			`{spec: {env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token}}}], tls: {secretName: cert}, tokenSecretRef: {name: hf}}}`,
			`{spec: {env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token}}}], tls: {secretName: cert}, tokenSecretRef: {name: hf}}}`},
		"arguments, with the value behind = or as the next one": {
			`{spec: {args: [--api-key=abc, --hf-token, def, --max-num-batched-tokens, "2048", --tokenizer, mistral]}}`,
			`{spec: {args: [--api-key=REDACTED, --hf-token, REDACTED, --max-num-batched-tokens, "2048", --tokenizer, mistral]}}`},
		"a command in a shell": {
			`{spec: {command: [sh, -c, "HF_TOKEN=abc vllm serve x --api-key def --max-model-len 4096"]}}`,
			`{spec: {command: [sh, -c, "HF_TOKEN=REDACTED vllm serve x --api-key REDACTED --max-model-len 4096"]}}`},
		"fields called as a secret is": {
			`{spec: {password: abc, clientSecret: def, authToken: ghi, key: nvidia.com/gpu, topologyKey: kubernetes.io/hostname}}`,
			`{spec: {password: REDACTED, clientSecret: REDACTED, authToken: REDACTED, key: nvidia.com/gpu, topologyKey: kubernetes.io/hostname}}`},
		"users and queries of URLs": {
			`{status: {url: "https://user:pw@example.com/x?token=abc&n=1"}}`,
			`{status: {url: "https://example.com/x?token=REDACTED&n=1"}}`},
		"credentials in a message": {
			`{status: {message: "401 for Authorization: Bearer abcdef0123456789, asked by jane.doe@example.org with hf_abcdefghijklmnopq"}}`,
			`{status: {message: "401 for Authorization: Bearer REDACTED, asked by person@example.com with REDACTED"}}`},
		"a document in a field": {
			`{data: {config: "{\"apiKey\": \"abc\", \"port\": 1}"}}`,
			`{data: {config: "{\"apiKey\": \"REDACTED\", \"port\": 1}"}}`},
		"what programs keep, and who": {
			`{metadata: {name: a, managedFields: [{manager: m}], annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}", example.com/requester: jane, a: b}}}`,
			`{metadata: {name: a, annotations: {example.com/requester: REDACTED, a: b}}}`},
		"an image and its digest are no address": {
			`{spec: {image: "quay.io/org/vllm@sha256:0123"}}`, `{spec: {image: "quay.io/org/vllm@sha256:0123"}}`},
		"the data of a Secret": {
			`{kind: Secret, data: {a: Yg==}, stringData: {c: d}}`, `{kind: Secret, data: {a: REDACTED}, stringData: {c: REDACTED}}`},
	} {
		t.Run(name, func(t *testing.T) {
			in, want := parsed(t, c.in), parsed(t, c.want)
			before, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			got := draft.Stripped(&unstructured.Unstructured{Object: in})
			if diff := cmp.Diff(want, got.Object); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if after, err := json.Marshal(in); err != nil || string(before) != string(after) {
				t.Errorf("the object itself was changed to %s (%v)", after, err)
			}
		})
	}
}

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// A draft is refused where there is nothing to make one of.
func TestOfRefuses(t *testing.T) {
	widget := &unstructured.Unstructured{Object: parsed(t, "{apiVersion: example.com/v1, kind: Widget, metadata: {name: a}}")}
	gadget := &unstructured.Unstructured{Object: parsed(t, "{apiVersion: example.com/v1, kind: Gadget, metadata: {name: a}}")}
	for name, c := range map[string]struct {
		in   draft.Input
		want string
	}{
		"nothing":             {draft.Input{}, "neither an object nor a CRD"},
		"states of two types": {draft.Input{States: []draft.State{{Name: "a", Object: widget}, {Name: "b", Object: gadget}}}, "a kind is of one type"},
		"a name that is none": {draft.Input{Name: "my-kind", States: []draft.State{{Name: "a", Object: widget}}}, "letters and digits"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := draft.Of(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
