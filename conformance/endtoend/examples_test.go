package endtoend_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// stands is what a status has to say.
type stands struct {
	phase            v1alpha1.Phase
	endpoint, reason string
}

// step is an object as a backend's own controller wrote it, and what follows.
type step struct {
	file string
	want stands
}

// history is what becomes of one object: a folder of the examples.
type history struct {
	dir, kind string
	steps     []step
}

func histories() map[string]history {
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
	stale := stands{v1alpha1.PhasePending, "", v1alpha1.ReasonGenerationStale}
	return map[string]history{
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
}

// playExamples has the installed controller see the objects that the backends' own
// controllers write, one after another, under the backends' own CRDs.
func (w *world) playExamples(t *testing.T) {
	examples := testenv.ExamplesDir(t)
	testenv.CRDDir(t) // else installTypes has made them up
	for name, h := range histories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			namespace := w.env.Namespace(t) // each its own: the objects have finalizers and names in common
			for _, step := range h.steps {
				object := testenv.ReadObjects(t, filepath.Join(examples, h.dir, step.file))[0]
				object.SetNamespace(namespace)
				w.env.Apply(t, object)
				model := &v1alpha1.MaaSModel{}
				model.Namespace, model.Name = namespace, object.GetName()
				model.Spec.ModelRef = v1alpha1.ModelReference{Kind: h.kind, Name: object.GetName()}
				if err := w.env.Client.Create(t.Context(), model); client.IgnoreAlreadyExists(err) != nil {
					t.Fatal(err)
				}
				w.awaitStanding(t, model, step.want)
			}
		})
	}
}

func (w *world) awaitStanding(t *testing.T, model *v1alpha1.MaaSModel, want stands) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		if err := w.env.Client.Get(t.Context(), client.ObjectKeyFromObject(model), model); err != nil {
			return err
		}
		got := stands{phase: model.Status.Phase, endpoint: model.Status.Endpoint}
		if ready := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
			got.reason = ready.Reason
		}
		if got != want {
			return fmt.Errorf("%s stands at %+v, want %+v: %+v", model.Name, got, want, model.Status.Conditions)
		}
		return nil
	})
}
