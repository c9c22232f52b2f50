package engine_test

import (
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// One model from its creation to the loss of its backend.
func TestPhaseFollowsTheBackend(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	run(t, env, w.kinds)

	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhasePending, "", v1alpha1.ReasonReferentNotFound})

	steps := []struct {
		name   string
		status facts
		want   stands
	}{
		{"created, says nothing", nil,
			stands{v1alpha1.PhasePending, "", v1alpha1.ReasonBackendProgressing}},
		{"an address before it is ready", facts{"url": "http://granite.example.com"},
			stands{v1alpha1.PhasePending, "http://granite.example.com", v1alpha1.ReasonBackendProgressing}},
		{"ready", facts{"url": "http://granite.example.com", "verdict": "Ready"},
			stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady}},
		{"another address while it stays ready", facts{"url": "http://granite.example.org", "verdict": "Ready"},
			stands{v1alpha1.PhaseReady, "http://granite.example.org", v1alpha1.ReasonReady}},
		{"ready, and the address is gone", facts{"verdict": "Ready"},
			stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonEndpointMissing}},
		{"an address that must not be published", facts{"url": "http://169.254.169.254/", "verdict": "Ready"},
			stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonEndpointInvalid}},
		{"ready again", facts{"url": "http://granite.example.org", "verdict": "Ready"},
			stands{v1alpha1.PhaseReady, "http://granite.example.org", v1alpha1.ReasonReady}},
		{"failed", facts{"url": "http://granite.example.org", "verdict": "Broken"},
			stands{v1alpha1.PhaseFailed, "http://granite.example.org", v1alpha1.ReasonBackendFailed}},
		{"starting over", facts{"verdict": "Starting"},
			stands{v1alpha1.PhasePending, "", v1alpha1.ReasonBackendProgressing}},
		{"ready for the last time", facts{"url": "http://granite.example.org", "verdict": "Ready"},
			stands{v1alpha1.PhaseReady, "http://granite.example.org", v1alpha1.ReasonReady}},
	}
	for _, step := range steps {
		t.Log(step.name)
		w.apply(t, namespace, "granite", step.status)
		expect(t, env, model, step.want)
	}
	widget := w.apply(t, namespace, "granite", facts{"url": "http://granite.example.org", "verdict": "Ready"})
	w.delete(t, widget)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonReferentNotFound})
}
