package phase

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/maas-kinds/maas/engine/kind/syntax"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// maxMessage bounds a condition's message in bytes. The API server refuses a
// status over 32768, and a backend may say as much about itself; nobody reads
// on after this.
const maxMessage = 2048

// Bounds on what is kept of conditions that others have put into a status: it
// has to stay small enough to be written.
const (
	maxForeign = 16
	// maxForeignSize of all of them together, in bytes.
	maxForeignSize = 16 << 10
)

// evaluate states an observation as the four conditions that Ready sums up. They
// carry no generation and no time yet.
func evaluate(obs kind.Observation) []metav1.Condition {
	if obs.Kind == "" {
		const notLookedUp = "Not looked up: see KindAccepted."
		reason := cmp.Or(obs.Reference.Reason, v1alpha1.ReasonKindUnknown)
		return []metav1.Condition{
			condition(v1alpha1.ConditionKindAccepted, metav1.ConditionFalse, reason, obs.Reference.Message),
			condition(v1alpha1.ConditionReferenceResolved, metav1.ConditionUnknown, reason, notLookedUp),
			condition(v1alpha1.ConditionBackendReady, metav1.ConditionUnknown, v1alpha1.ReasonReferenceNotResolved, notLookedUp),
			condition(v1alpha1.ConditionEndpointResolved, metav1.ConditionUnknown, v1alpha1.ReasonReferenceNotResolved, notLookedUp),
		}
	}
	accepted := evaluateKind(obs)
	if obs.Reference.State != kind.ReferenceFound {
		const nothingToRead = "Nothing to read: see ReferenceResolved."
		return []metav1.Condition{
			accepted,
			condition(v1alpha1.ConditionReferenceResolved, metav1.ConditionFalse,
				cmp.Or(obs.Reference.Reason, v1alpha1.ReasonReferenceNotResolved), obs.Reference.Message),
			condition(v1alpha1.ConditionBackendReady, metav1.ConditionUnknown, v1alpha1.ReasonReferenceNotResolved, nothingToRead),
			condition(v1alpha1.ConditionEndpointResolved, metav1.ConditionUnknown, v1alpha1.ReasonReferenceNotResolved, nothingToRead),
		}
	}
	resolved := condition(v1alpha1.ConditionReferenceResolved, metav1.ConditionTrue, v1alpha1.ReasonResolved,
		cmp.Or(obs.Reference.Message, "The backend object was found."))
	return []metav1.Condition{accepted, resolved, evaluateBackend(obs), evaluateEndpoint(obs.Endpoint)}
}

// evaluateKind is True for a kind whose newer revision was refused as well: the one
// before it goes on reading.
func evaluateKind(obs kind.Observation) metav1.Condition {
	reason, message := v1alpha1.ReasonAccepted, fmt.Sprintf("The kind-spec %s reads this model's backend.", obs.Kind)
	if obs.NewerRefused != "" {
		reason = v1alpha1.ReasonServingPreviousRevision
		message = fmt.Sprintf("The kind-spec %s reads this model's backend in revision %s, because a newer one was refused: %s",
			obs.Kind, obs.Revision, obs.NewerRefused)
	}
	return condition(v1alpha1.ConditionKindAccepted, metav1.ConditionTrue, reason, message)
}

// evaluateBackend is False for everything short of ready, so that the condition's
// lastTransitionTime is when readiness was lost.
func evaluateBackend(obs kind.Observation) metav1.Condition {
	status, reason, message := metav1.ConditionFalse, v1alpha1.ReasonBackendProgressing, obs.Health.Message
	switch {
	case stale(obs):
		reason, message = v1alpha1.ReasonGenerationStale, obs.Generation.Message
	case obs.Health.State == kind.HealthReady && obs.Health.OnDemand:
		status, reason = metav1.ConditionTrue, v1alpha1.ReasonBackendServable
	case obs.Health.State == kind.HealthReady:
		status, reason = metav1.ConditionTrue, v1alpha1.ReasonBackendReady
	case obs.Health.State == kind.HealthFailed:
		reason = v1alpha1.ReasonBackendFailed
	}
	return condition(v1alpha1.ConditionBackendReady, status, reason, message)
}

// evaluateEndpoint does not ask whether the backend is ready: an address is a fact
// of its own.
func evaluateEndpoint(endpoint kind.Endpoint) metav1.Condition {
	status, reason := metav1.ConditionFalse, v1alpha1.ReasonEndpointMissing
	switch {
	case endpoint.URL != "" && endpoint.Source == kind.EndpointFromOverride:
		status, reason = metav1.ConditionTrue, v1alpha1.ReasonEndpointOverridden
	case endpoint.URL != "":
		status, reason = metav1.ConditionTrue, v1alpha1.ReasonResolved
	case endpoint.None:
		reason = v1alpha1.ReasonNoEndpoint
	case endpoint.Invalid:
		reason = cmp.Or(endpoint.Reason, v1alpha1.ReasonEndpointInvalid)
	}
	return condition(v1alpha1.ConditionEndpointResolved, status, reason, endpoint.Message)
}

// evaluateName does not tell whose the name is: that is not for everybody to know.
func evaluateName(name, id string) metav1.Condition {
	if id == name {
		return condition(v1alpha1.ConditionNameAccepted, metav1.ConditionTrue, v1alpha1.ReasonNoConflicts,
			fmt.Sprintf("Callers find this model as %q.", id))
	}
	return condition(v1alpha1.ConditionNameAccepted, metav1.ConditionFalse, v1alpha1.ReasonNameHeld,
		fmt.Sprintf("The id %q is held for another namespace: callers find this model as %q. Choose another name for the MaaSModel to have an id of its own.", name, id))
}

func condition(conditionType string, status metav1.ConditionStatus, reason, message string) metav1.Condition {
	return metav1.Condition{Type: conditionType, Status: status, Reason: reason, Message: syntax.Message(message, maxMessage)}
}

// stamp gives each condition the generation it was made for, and the stored
// lastTransitionTime where its status is the stored one. Stored conditions of
// other types belong to somebody else and are kept at the end, as far as they
// fit; leftOut counts those that do not.
func stamp(decided, stored []metav1.Condition, generation int64, now time.Time) (stamped []metav1.Condition, leftOut int) {
	stamped = slices.Clone(decided)
	for i := range stamped {
		c := &stamped[i]
		c.ObservedGeneration = generation
		c.LastTransitionTime = metav1.NewTime(now)
		before := meta.FindStatusCondition(stored, c.Type)
		if before != nil && before.Status == c.Status && !before.LastTransitionTime.IsZero() {
			c.LastTransitionTime = before.LastTransitionTime
		}
	}
	kept, size := 0, 0
	for _, c := range stored {
		if meta.FindStatusCondition(decided, c.Type) != nil || transient(c.Type) {
			continue
		}
		if larger := size + len(c.Type) + len(c.Reason) + len(c.Message); kept < maxForeign && larger <= maxForeignSize {
			stamped, kept, size = append(stamped, c), kept+1, larger
			continue
		}
		leftOut++
	}
	return stamped, leftOut
}
