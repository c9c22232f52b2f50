package engine_test

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/catalogue"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// The objects that the backends' own controllers write, under the backends' own
// CRDs, through the whole controller.
func TestExamples(t *testing.T) {
	t.Parallel()
	crds, examples := testenv.CRDDir(t), testenv.ExamplesDir(t)
	env := testenv.Start(t) // alone: every later controller would read these definitions at its start
	builtIn := catalogue.BuiltIn(t)
	const (
		llm     = "http://203.0.113.10/llm/qwen2-7b-instruct-single"
		isvc    = "http://qwen-llm.example.com/openai"
		knative = "http://qwen.llm.example.com"
	)
	pending := func(endpoint string) stands {
		return stands{v1alpha1.PhasePending, endpoint, v1alpha1.ReasonBackendProgressing}
	}
	failed := func(endpoint string) stands {
		return stands{v1alpha1.PhaseFailed, endpoint, v1alpha1.ReasonBackendFailed}
	}
	ready := func(endpoint string) stands { return stands{v1alpha1.PhaseReady, endpoint, v1alpha1.ReasonReady} }
	type step struct {
		file string
		want stands
	}
	type history struct {
		dir, kind string
		steps     []step
	}
	stale := stands{v1alpha1.PhasePending, "", v1alpha1.ReasonGenerationStale}
	histories := map[string]history{
		"LLMInferenceService that fails": {"kserve-llminferenceservice", "LLMInferenceService", []step{
			{"failed.yaml", failed("")}}},
		"LLMInferenceService that lives": {"kserve-llminferenceservice", "llmisvc", []step{
			{"just-created.yaml", stale}, {"progressing.yaml", pending(llm)}, {"ready.yaml", ready(llm)},
			{"ready-then-not-ready.yaml", stands{v1alpha1.PhaseUnhealthy, llm, v1alpha1.ReasonBackendProgressing}}, {"ready.yaml", ready(llm)}}},
		"InferenceService that fails": {"kserve-inferenceservice", "InferenceService", []step{
			{"failed.yaml", failed("")}}},
		"InferenceService that lives": {"kserve-inferenceservice", "InferenceService", []step{
			{"just-created.yaml", pending("")}, {"progressing.yaml", pending("")}, {"ready.yaml", ready(isvc)}}},
		"Knative Service that fails": {"knative-service", "KnativeService", []step{
			{"failed.yaml", failed(knative)}}},
		"Knative Service that lives": {"knative-service", "KnativeService", []step{
			{"just-created.yaml", stale}, {"progressing.yaml", pending(knative)}, {"ready.yaml", ready(knative)}}},
	}
	dirs := map[string]bool{}
	for _, h := range histories {
		dirs[filepath.Join(crds, h.dir)] = true
	}
	env.InstallCRDs(t, slices.Collect(maps.Keys(dirs))...)
	run(t, env, builtIn)
	for name, h := range histories {
		t.Run(name, func(t *testing.T) {
			// A namespace each: the objects have finalizers and names in common.
			namespace := env.Namespace(t)
			for _, step := range h.steps {
				object := testenv.ReadObjects(t, filepath.Join(examples, h.dir, step.file))[0]
				object.SetNamespace(namespace)
				env.Apply(t, object)
				model := &v1alpha1.MaaSModel{}
				model.Namespace, model.Name = namespace, object.GetName()
				model.Spec.ModelRef = v1alpha1.ModelReference{Kind: h.kind, Name: object.GetName()}
				if refresh(t, env, model) != nil {
					create(t, env, model)
				}
				expect(t, env, model, step.want)
			}
		})
	}
}
