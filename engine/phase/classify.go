package phase

import (
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// classify picks the one event that an observation means, and the type of the
// condition that carries the reason for it. The order matters: what was
// refused is not looked at further, and a verdict about an earlier generation,
// even a failure, says nothing about this one.
func classify(obs kind.Observation) (event Event, because string) {
	switch {
	case obs.Kind == "":
		return ReferenceRefused, v1alpha1.ConditionKindAccepted
	case obs.Reference.State == kind.ReferenceLost:
		return ReferenceLost, v1alpha1.ConditionReferenceResolved
	case obs.Reference.State != kind.ReferenceFound:
		return ReferenceRefused, v1alpha1.ConditionReferenceResolved
	case stale(obs):
		return BackendProgressing, v1alpha1.ConditionBackendReady
	case obs.Health.State == kind.HealthFailed:
		return BackendFailed, v1alpha1.ConditionBackendReady
	case obs.Endpoint.URL == "" && (obs.Endpoint.Invalid || obs.Endpoint.None):
		return BackendFailed, v1alpha1.ConditionEndpointResolved
	case obs.Health.State != kind.HealthReady:
		return BackendProgressing, v1alpha1.ConditionBackendReady
	case obs.Endpoint.URL == "":
		return BackendProgressing, v1alpha1.ConditionEndpointResolved
	}
	return BackendReady, v1alpha1.ConditionReady
}

// stale says that the referent's status was made for an earlier generation.
func stale(obs kind.Observation) bool {
	return obs.Generation.Gated && !obs.Generation.Fresh
}
