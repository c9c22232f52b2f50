package phase_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

const address = "https://models.example.com/llm/granite"

// noon is when the stored statuses of these tests were written.
var noon = time.Date(2026, 8, 20, 12, 0, 0, 0, time.UTC)

// observe gives a ready observation, changed as the case asks for.
func observe(changes ...func(*kind.Observation)) kind.Observation {
	obs := kind.Observation{
		Kind:       "llmisvc",
		Revision:   "r1",
		Reference:  kind.Reference{State: kind.ReferenceFound, Reason: v1alpha1.ReasonResolved, Message: "found it"},
		Referent:   &v1alpha1.ReferentStatus{Group: "serving.kserve.io", Version: "v1alpha2", Kind: "LLMInferenceService", Namespace: "llm", Name: "granite", UID: "u1"},
		Generation: kind.Generation{Gated: true, Fresh: true, Message: "status is of generation 3"},
		Health:     kind.Health{State: kind.HealthReady, Message: "condition Ready is True"},
		Endpoint:   kind.Endpoint{URL: address, Source: kind.EndpointFromCandidate, Message: "from $.status.url"},
		Model:      &v1alpha1.ModelInfo{DisplayName: "Granite", Capabilities: []string{"chat"}},
	}
	for _, change := range changes {
		change(&obs)
	}
	return obs
}

func stale(obs *kind.Observation) {
	obs.Generation = kind.Generation{Gated: true, Message: "status is of generation 2, the object of 3"}
}

func progressing(obs *kind.Observation) {
	obs.Health = kind.Health{State: kind.HealthProgressing, Message: "condition Ready is False"}
}

func failed(obs *kind.Observation) {
	obs.Health = kind.Health{State: kind.HealthFailed, Message: "presets do not combine"}
}

func noEndpoint(obs *kind.Observation) {
	obs.Endpoint = kind.Endpoint{Message: "no candidate yields a value"}
}

func invalidEndpoint(obs *kind.Observation) {
	obs.Endpoint = kind.Endpoint{Invalid: true, Message: "127.0.0.1 is a loopback address"}
}

func overridden(obs *kind.Observation) {
	obs.Endpoint = kind.Endpoint{URL: "https://gw.example.com", Source: kind.EndpointFromOverride, Message: "from spec.endpointOverride"}
}

func dwelling(d time.Duration) func(*kind.Observation) {
	return func(obs *kind.Observation) { obs.Dwell = d }
}

// unresolved keeps what Observe would have filled in, to show that none of it is published.
func unresolved(state kind.ReferenceState, reason string) func(*kind.Observation) {
	return func(obs *kind.Observation) {
		obs.Reference = kind.Reference{State: state, Reason: reason, Message: "because of " + reason}
	}
}

func lost(obs *kind.Observation) {
	unresolved(kind.ReferenceLost, v1alpha1.ReasonReferentNotFound)(obs)
}

func refused(obs *kind.Observation) {
	unresolved(kind.ReferenceRefused, v1alpha1.ReasonNamespaceNotAllowed)(obs)
}

func newMachine(t *testing.T) *phase.Machine {
	t.Helper()
	m, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func modelWith(status v1alpha1.MaaSModelStatus) *v1alpha1.MaaSModel {
	return &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: "llm", Name: "granite", Generation: 7},
		Status:     status,
	}
}

func decide(t *testing.T, m *phase.Machine, stored v1alpha1.MaaSModelStatus, obs kind.Observation, now time.Time) phase.Decision {
	t.Helper()
	d, err := m.Decide(t.Context(), modelWith(stored), obs, now)
	if err != nil {
		t.Fatalf("Decide: %v", err)
	}
	return d
}

// ready is the status of a model that became Ready at noon.
func ready(t *testing.T, m *phase.Machine) v1alpha1.MaaSModelStatus {
	t.Helper()
	return decide(t, m, v1alpha1.MaaSModelStatus{}, observe(), noon).Status
}
