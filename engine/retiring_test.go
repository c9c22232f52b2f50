package engine_test

import (
	"fmt"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// The end of a model is told in its status, once a stage in an Event, and in a
// metric, also when the day comes and nobody has changed anything.
func TestRetiringIsSaidAloud(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	c := run(t, env, w.kinds)
	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "http://granite.llm.svc"})
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://granite.llm.svc", v1alpha1.ReasonReady})

	ends := time.Now().Add(4 * time.Second).UTC().Truncate(time.Second)
	before := model.DeepCopy()
	model.Annotations = map[string]string{v1alpha1.AnnotationRetires: ends.Format(time.RFC3339), v1alpha1.AnnotationReplacedBy: "granite-4"}
	if err := env.Client.Patch(t.Context(), model, client.MergeFrom(before)); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, patience, func() error {
		if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(model), model); err != nil {
			return err
		}
		if got := condition(model, v1alpha1.ConditionRetiring).Reason; got != v1alpha1.ReasonRetired || model.Status.Phase != v1alpha1.PhaseReady {
			return fmt.Errorf("it is %s, and Retiring has the reason %q", model.Status.Phase, got)
		}
		return expectMetric(t, c, "maas_models_retiring", map[string]string{"reason": v1alpha1.ReasonRetired}, 1)
	})
	at := ends.Format(time.RFC3339)
	expectEvents(t, env, model, []string{
		"Normal Ready Resolve: Pending → Ready: The backend is ready and its endpoint is published.",
		"Warning RetiresSoon Retire: The model retires at " + at + ": it is in no list from then on, and its id is not found. Use granite-4 instead.",
		"Warning Retired Retire: The model has retired at " + at + ": it is in no list any more, and its id is not found. Use granite-4 instead. Delete the MaaSModel when nobody asks for it.",
	})
}
