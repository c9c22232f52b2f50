package kind_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// What a request has to say in "model" is often nowhere in the spec: then it is
// the name that the backend falls back to, and callers have to be told that one
// (opendatahub-io/models-as-a-service pull request 143).
func TestServedName(t *testing.T) {
	t.Parallel()
	const (
		llm   = "{apiVersion: serving.kserve.io/v1alpha2, kind: LLMInferenceService, metadata: {name: granite-8b, namespace: llm}, "
		isvc  = "{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: granite-8b, namespace: llm}, "
		kaito = "{apiVersion: kaito.sh/v1beta1, kind: Workspace, inference: {preset: {name: phi-4}}, metadata: {name: granite-8b, namespace: llm"
		old   = "{apiVersion: maas.opendatahub.io/v1alpha1, kind: ExternalModel, metadata: {name: granite-8b, namespace: llm}, "
		moved = "{apiVersion: inference.opendatahub.io/v1alpha1, kind: ExternalModel, metadata: {name: granite-8b, namespace: llm}, "
	)
	own := []string{"granite-8b"}
	for name, test := range map[string]struct {
		kind, object string
		want         []string
	}{
		"LLMInferenceService: its name":           {"llmisvc", llm + "spec: {model: {name: ibm/granite}}}", []string{"ibm/granite"}},
		"LLMInferenceService: none":               {"llmisvc", llm + "spec: {model: {uri: hf://ibm/granite}}}", own},
		"LLMInferenceService: an empty one":       {"llmisvc", llm + `spec: {model: {name: ""}}}`, own},
		"InferenceService: the runtime's default": {"InferenceService", isvc + "spec: {predictor: {model: {modelFormat: {name: vLLM}}}}}", own},
		"InferenceService: in one argument":       {"InferenceService", isvc + "spec: {predictor: {model: {args: [--x, --model_name=granite]}}}}", []string{"granite"}},
		"InferenceService: in two":                {"InferenceService", isvc + "spec: {predictor: {model: {args: [--served-model-name, granite]}}}}", []string{"granite"}},
		"InferenceService: a container of its own": {"InferenceService", isvc +
			"spec: {predictor: {containers: [{image: example.com/own}]}}}", nil},
		"KaitoWorkspace: the preset":           {"KaitoWorkspace", kaito + "}}", []string{"phi-4"}},
		"KaitoWorkspace: of an InferenceSet":   {"KaitoWorkspace", kaito + `, labels: {inferenceset.kaito.sh/created-by: fleet}}}`, []string{"fleet"}},
		"ExternalModel: of the old group":      {"ExternalModel", old + "spec: {provider: openai, targetModel: gpt}}", own},
		"ExternalModel: of the new group":      {"ExternalModel", moved + "spec: {externalProviderRefs: [{targetModel: gpt}]}}", own},
		"ExternalModel: of the new group, own": {"ExternalModel", moved + "spec: {modelName: gpt.4}}", []string{"gpt.4"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model := &v1alpha1.MaaSModel{}
			model.Namespace = "llm"
			observation := lookup(t, test.kind).Observe(model, referent(t, test.object), kind.Objects(nil), endpoint.Rules{})
			var got []string
			if observation.Model != nil {
				got = observation.Model.Aliases
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}
