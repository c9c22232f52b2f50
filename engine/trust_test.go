package engine_test

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// A Ready model at a host that the API's flags keep callers' credentials from says
// so, once in an Event and in a metric too, until its endpoint is elsewhere.
func TestUnlistedIsSaidAloud(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	trust, faults := endpoint.NewTrust(nil, "")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	c := run(t, env, w.kinds, func(_ *rest.Config, _ *manager.Options, o *engine.Options) { o.Trust = &trust })
	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "https://granite.example.org"})
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhaseReady, "https://granite.example.org", v1alpha1.ReasonReady})

	const message = "The API lists this model to nobody: host granite.example.org is not among the trusted hosts. If callers' credentials may be sent there, " +
		"give maas-api and maas-controller --trusted-hosts=granite.example.org,.svc,.svc.cluster.local"
	if got := condition(model, v1alpha1.ConditionUnlisted); got.Reason != v1alpha1.ReasonHostNotTrusted || got.Message != message {
		t.Errorf("Unlisted says %s: %s", got.Reason, got.Message)
	}
	expectEvents(t, env, model, []string{
		"Warning HostNotTrusted List: " + message,
		"Normal Ready Resolve: Pending → Ready: The backend is ready and its endpoint is published.",
	})
	eventuallyUnlisted(t, c, 1)

	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "http://granite.llm.svc"})
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://granite.llm.svc", v1alpha1.ReasonReady})
	if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(model), model); err != nil {
		t.Fatal(err)
	}
	if c := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionUnlisted); c != nil {
		t.Errorf("at the name of a Service it still says %s: %s", c.Reason, c.Message)
	}
	eventuallyUnlisted(t, c, 0)
}

func eventuallyUnlisted(t *testing.T, c *controller, models float64) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		for flag, want := range map[string]float64{"trusted-hosts": models, "allow-http": 0, "https-only": 0} {
			if err := expectMetric(t, c, "maas_models_unlisted", map[string]string{"flag": flag}, want); err != nil {
				return fmt.Errorf("%s: %w", flag, err)
			}
		}
		return nil
	})
}
