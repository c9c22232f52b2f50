package phase

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// Decision is what one observation means for one model.
type Decision struct {
	// Status is the complete next status.
	Status v1alpha1.MaaSModelStatus
	// Event that the observation was classified as.
	Event Event
	// From is the stored phase, Pending where none is known; To is the next.
	From, To v1alpha1.Phase
	// Reason and Message of the Ready condition.
	Reason, Message string
	// Held is true while a dwell keeps the model Ready: the event was not fired.
	Held bool
	// LeftOut counts conditions of others that the next status has no room for.
	LeftOut int
	// Recheck is how long from now the decision may change although nothing
	// else does, in whole seconds: what is left of the dwell, else 0.
	Recheck time.Duration
	// StageLasts is how long the stage of the model's lifecycle lasts at least; 0 for
	// good.
	StageLasts time.Duration
}

// Again is how long from now the model has to be decided on again although nothing
// has changed; 0 for never.
func (d Decision) Again() time.Duration {
	if d.Recheck == 0 || d.StageLasts == 0 {
		return max(d.Recheck, d.StageLasts)
	}
	return min(d.Recheck, d.StageLasts)
}

// Decide makes a model's next status from its stored one and an observation.
// It is pure: equal arguments give equal decisions, none of them is changed,
// and the result shares no memory with them. Deciding again on the result,
// with the same observation, changes nothing until a dwell is over.
//
// ctx is handed to the state machine, for its values only. The error wraps
// ErrIllegalTransition; the decision then names the event and the phase it was
// fired in, and holds no status.
func (m *Machine) Decide(ctx context.Context, model *v1alpha1.MaaSModel, obs kind.Observation, now time.Time) (Decision, error) {
	now = now.UTC().Truncate(time.Second)
	stored := model.Status
	event, because := classify(obs)
	d := Decision{Event: event, From: known(stored.Phase), To: v1alpha1.PhaseReady}

	since, left := dwell(stored, event, obs, now)
	d.Held, d.Recheck = left > 0, left
	if !d.Held {
		to, err := m.fire(ctx, d.From, event)
		if err != nil {
			return d, err
		}
		d.To = to
	}

	conditions := evaluate(obs)
	ready := sumUp(d, conditions, because, obs.Dwell)
	d.Reason, d.Message = ready.Reason, ready.Message
	d.Status = status(event, obs)
	conditions = append(conditions, ready)
	if obs.ID != "" {
		conditions = append(conditions, evaluateName(model.Name, obs.ID))
	}
	conditions = append(append(conditions, progress(d.To, ready)...), unlisted(d.To, obs)...)
	stage, lasts := retiring(d.Status.Model, now)
	conditions, d.StageLasts = append(conditions, stage...), lasts
	d.Status.ObservedGeneration = model.Generation
	d.Status.Phase = d.To
	d.Status.Conditions, d.LeftOut = stamp(conditions, stored.Conditions, model.Generation, now)
	if d.Held {
		meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionBackendReady).LastTransitionTime = metav1.NewTime(since)
	}
	return d, nil
}

// sumUp makes the Ready condition: True in phase Ready, else the reason and the
// message of the condition that decided.
func sumUp(d Decision, conditions []metav1.Condition, because string, dwell time.Duration) metav1.Condition {
	if d.To == v1alpha1.PhaseReady && !d.Held {
		return condition(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady,
			"The backend is ready and its endpoint is published.")
	}
	cause := meta.FindStatusCondition(conditions, because)
	if d.Held {
		return condition(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonBackendFlapping,
			fmt.Sprintf("Kept Ready for up to %s after the backend stopped being ready (%s): %s", dwell, cause.Reason, cause.Message))
	}
	return condition(v1alpha1.ConditionReady, metav1.ConditionFalse, cause.Reason, cause.Message)
}

// status holds what an observation publishes besides the verdict. A refused
// reference publishes nothing of what it points at, lest a MaaSModel be a way
// to read objects of other namespaces; a lost one has nothing to publish.
func status(event Event, obs kind.Observation) v1alpha1.MaaSModelStatus {
	s := v1alpha1.MaaSModelStatus{ID: obs.ID, Kind: obs.Kind, KindRevision: obs.Revision}
	switch event {
	case ReferenceRefused:
	case ReferenceLost:
		s.Referent = obs.Referent.DeepCopy()
	default:
		s.Endpoint = obs.Endpoint.URL
		s.Model = obs.Model.DeepCopy()
		s.Referent = obs.Referent.DeepCopy()
	}
	return s
}
