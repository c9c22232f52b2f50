package phase_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

var seed = flag.Uint64("seed", 0, "seed of the property test; 0 picks one")

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// anyObservation mixes what a kind may observe freely, also what it never
// would: the invariant must not depend on the observer.
func anyObservation(r *rand.Rand) kind.Observation {
	// Without these, few histories come to the interesting part.
	switch r.IntN(5) {
	case 0:
		return observe()
	case 1:
		return observe(stale, dwelling(time.Minute))
	}
	obs := observe()
	obs.Kind = pick(r, "llmisvc", "llmisvc", "llmisvc", "llmisvc", "KnativeService", "")
	obs.Reference.State = pick(r, kind.ReferenceFound, kind.ReferenceFound, kind.ReferenceFound, kind.ReferenceFound, kind.ReferenceLost, kind.ReferenceRefused, "")
	obs.Reference.Reason = pick(r, v1alpha1.ReasonReferentNotFound, v1alpha1.ReasonCRDNotInstalled, v1alpha1.ReasonForbidden, "")
	obs.Generation = kind.Generation{Gated: r.IntN(2) == 0, Fresh: r.IntN(3) > 0, Message: "generations compared"}
	obs.Health.State = pick(r, kind.HealthReady, kind.HealthReady, kind.HealthReady, kind.HealthProgressing, kind.HealthFailed, "")
	obs.Endpoint.URL = pick(r, address, address, address, "http://10.0.0.7:8080/v1", "")
	obs.Endpoint.Source = pick(r, kind.EndpointFromCandidate, kind.EndpointFromOverride)
	obs.Endpoint.Invalid = obs.Endpoint.URL == "" && r.IntN(2) == 0
	obs.Dwell = pick(r, 0, 0, 300*time.Millisecond, 10*time.Second, time.Minute)
	obs.Referent.UID = pick(r, "u1", "u1", "u1", "u1", "u2")
	if r.IntN(8) == 0 {
		obs.Referent = nil
	}
	if r.IntN(4) == 0 {
		obs.Model = nil
	}
	return obs
}

func anyStored(r *rand.Rand) v1alpha1.MaaSModelStatus {
	status := v1alpha1.MaaSModelStatus{
		Phase:    pick(r, "", "Deleting", v1alpha1.PhasePending, v1alpha1.PhaseReady, v1alpha1.PhaseUnhealthy, v1alpha1.PhaseFailed),
		Endpoint: pick(r, "", address, "file:///etc/passwd"),
		Referent: observe().Referent,
	}
	for _, name := range []string{v1alpha1.ConditionReady, "example.com/Audited", v1alpha1.ConditionBackendReady, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled} {
		if r.IntN(2) == 0 {
			continue
		}
		at := metav1.NewTime(noon.Add(time.Duration(r.IntN(240)-120) * time.Second))
		status.Conditions = append(status.Conditions, metav1.Condition{
			Type: name, Reason: "Stored", LastTransitionTime: pick(r, at, at, metav1.Time{}),
			Status: pick(r, metav1.ConditionTrue, metav1.ConditionFalse, metav1.ConditionUnknown),
		})
	}
	return status
}

func TestEveryHistoryHoldsTheInvariants(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("repeat with -seed=%d", *seed)
	r := rand.New(rand.NewPCG(*seed, 0))
	m := newMachine(t)
	reached := map[string]int{}
	histories, enough := 2500, 100
	if testing.Short() { // each run has other histories
		histories, enough = histories/5, enough/5
	}
	for history := range histories {
		h := &past{ctx: t.Context(), machine: m, status: anyStored(r), now: noon}
		obs := anyObservation(r)
		for step := range 1 + r.IntN(12) {
			// Half of the looks show what the one before has shown.
			if r.IntN(2) == 0 {
				obs = anyObservation(r)
			}
			h.now = h.now.Add(time.Duration(r.IntN(20_000)-1000) * time.Millisecond)
			d, err := h.decide(obs)
			if err != nil {
				t.Fatalf("seed %d, history %d, step %d: %v\nobservation %+v", *seed, history, step, err, obs)
			}
			reached[fmt.Sprintf("%s held=%t", d.Status.Phase, d.Held)]++
		}
	}
	for _, must := range []string{"Pending held=false", "Ready held=false", "Ready held=true", "Unhealthy held=false", "Failed held=false"} {
		if reached[must] < enough {
			t.Errorf("%s was reached %d times: the generator proves little: %v", must, reached[must], reached)
		}
	}
}

// past is one model's history so far.
type past struct {
	ctx     context.Context
	machine *phase.Machine
	status  v1alpha1.MaaSModelStatus
	now     time.Time
	// heldSince is when the run of held decisions has begun; zero outside one.
	heldSince time.Time
}

// decide takes one step and checks all that must hold of it.
func (h *past) decide(obs kind.Observation) (phase.Decision, error) {
	model, asGiven, obsAsGiven := modelWith(h.status), modelWith(*h.status.DeepCopy()), copyOf(obs)
	d, err := h.machine.Decide(h.ctx, model, obs, h.now)
	if err != nil {
		return d, err
	}
	again, err := h.machine.Decide(h.ctx, model, obs, h.now)
	if err != nil || !equal(d, again) {
		return d, fmt.Errorf("the same was decided differently: %v\n%s", err, cmp.Diff(d, again))
	}
	scribble(&again.Status)
	if !equal(asGiven, model) || !equal(obsAsGiven, obs) {
		return d, fmt.Errorf("an argument changed, or shares memory with the result:\n%s%s", cmp.Diff(asGiven, model), cmp.Diff(obsAsGiven, obs))
	}
	for _, check := range []func(phase.Decision, kind.Observation) error{h.checkStable, h.checkReady, h.checkConditions, h.checkHold} {
		if err := check(d, obs); err != nil {
			return d, err
		}
	}
	h.status = d.Status
	return d, nil
}

// checkStable: deciding on the result changes nothing, now or later.
func (h *past) checkStable(d phase.Decision, obs kind.Observation) error {
	for _, later := range []time.Duration{0, 700 * time.Millisecond, time.Hour} {
		if d.Held && later > 0 {
			later = d.Recheck - time.Second
		}
		next, err := h.machine.Decide(h.ctx, modelWith(d.Status), obs, h.now.Add(later))
		if err != nil {
			return err
		}
		if !equal(d.Status, next.Status) {
			return fmt.Errorf("not idempotent %s later:\n%s", later, cmp.Diff(d.Status, next.Status))
		}
	}
	if !d.Held {
		return nil
	}
	over, err := h.machine.Decide(h.ctx, modelWith(d.Status), obs, h.now.Add(d.Recheck))
	if err == nil && (over.Held || over.Status.Phase != v1alpha1.PhaseUnhealthy) {
		err = fmt.Errorf("phase %s, held %t when the recheck of %s is due", over.Status.Phase, over.Held, d.Recheck)
	}
	return err
}

// checkReady: what Ready promises, and that nothing else promises it.
func (h *past) checkReady(d phase.Decision, obs kind.Observation) error {
	s := d.Status
	ready := meta.IsStatusConditionTrue(s.Conditions, v1alpha1.ConditionReady)
	if ready != (s.Phase == v1alpha1.PhaseReady) || s.Phase != d.To {
		return fmt.Errorf("phase %s, to %s, condition Ready %t", s.Phase, d.To, ready)
	}
	if s.Endpoint != "" {
		if _, err := (endpoint.Rules{}).Parse(s.Endpoint); err != nil {
			return err
		}
	}
	if !ready {
		return nil
	}
	if s.Endpoint == "" || s.Endpoint != obs.Endpoint.URL {
		return fmt.Errorf("ready at %q, observed %q", s.Endpoint, obs.Endpoint.URL)
	}
	current := obs.Health.State == kind.HealthReady && (obs.Generation.Fresh || !obs.Generation.Gated)
	if d.Held == current {
		return fmt.Errorf("ready and current %t, held %t", current, d.Held)
	}
	for _, c := range s.Conditions[:4] {
		if c.Status != metav1.ConditionTrue && !(d.Held && c.Type == v1alpha1.ConditionBackendReady) {
			return fmt.Errorf("ready with %s %s", c.Type, c.Status)
		}
	}
	return nil
}

// checkConditions: all five and what kstatus reads, in order, of this generation,
// with times that move with the status only, and what others have added.
func (h *past) checkConditions(d phase.Decision, _ kind.Observation) error {
	want := []string{v1alpha1.ConditionKindAccepted, v1alpha1.ConditionReferenceResolved, v1alpha1.ConditionBackendReady,
		v1alpha1.ConditionEndpointResolved, v1alpha1.ConditionReady}
	switch d.To {
	case v1alpha1.PhasePending, v1alpha1.PhaseUnhealthy:
		want = append(want, v1alpha1.ConditionReconciling)
	case v1alpha1.PhaseFailed:
		want = append(want, v1alpha1.ConditionStalled)
	}
	if meta.FindStatusCondition(h.status.Conditions, "example.com/Audited") != nil {
		want = append(want, "example.com/Audited")
	}
	var got []string
	for _, c := range d.Status.Conditions {
		got = append(got, c.Type)
		if c.Type == "example.com/Audited" {
			continue
		}
		if c.ObservedGeneration != 7 || c.Reason == "" || c.LastTransitionTime.IsZero() || c.LastTransitionTime.Nanosecond() != 0 {
			return fmt.Errorf("the API server would refuse, or a reader misread: %+v", c)
		}
		before := meta.FindStatusCondition(h.status.Conditions, c.Type)
		unchanged := before != nil && before.Status == c.Status && !before.LastTransitionTime.IsZero()
		ahead := unchanged && d.Held && before.LastTransitionTime.After(h.now)
		if unchanged && !ahead && !c.LastTransitionTime.Equal(&before.LastTransitionTime) {
			return fmt.Errorf("%s stays %s and moves from %s to %s", c.Type, c.Status, before.LastTransitionTime, c.LastTransitionTime)
		}
		if !unchanged && !c.LastTransitionTime.Time.Equal(h.now.Truncate(time.Second)) {
			return fmt.Errorf("%s becomes %s at %s, it is %s", c.Type, c.Status, c.LastTransitionTime, h.now)
		}
	}
	if !slices.Equal(want, got) {
		return fmt.Errorf("conditions %v, want %v", got, want)
	}
	return nil
}

// checkHold: a hold is bounded, and nothing but a lapse of the backend is held.
func (h *past) checkHold(d phase.Decision, obs kind.Observation) error {
	if d.Held != (d.Recheck > 0) || d.Held != (d.Reason == v1alpha1.ReasonBackendFlapping) {
		return fmt.Errorf("held %t, recheck in %s, reason %s", d.Held, d.Recheck, d.Reason)
	}
	if !d.Held {
		h.heldSince = time.Time{}
		return nil
	}
	if d.Event != phase.BackendProgressing || d.From != v1alpha1.PhaseReady || d.Recheck >= obs.Dwell+time.Second {
		return fmt.Errorf("held on %s from %s for %s of %s", d.Event, d.From, d.Recheck, obs.Dwell)
	}
	// A clock that went back begins a new run.
	if h.heldSince.IsZero() || h.now.Before(h.heldSince) {
		h.heldSince = h.now.Truncate(time.Second)
	}
	if d.Recheck > obs.Dwell-h.now.Truncate(time.Second).Sub(h.heldSince)+time.Second {
		return fmt.Errorf("held since %s, at %s for another %s of %s", h.heldSince, h.now, d.Recheck, obs.Dwell)
	}
	return nil
}

// equal is cmp.Diff's verdict at a hundredth of its cost.
func equal(a, b any) bool { return equality.Semantic.DeepEqual(a, b) }

func copyOf(obs kind.Observation) kind.Observation {
	obs.Referent, obs.Model = obs.Referent.DeepCopy(), obs.Model.DeepCopy()
	return obs
}

// scribble overwrites everything that a status points at.
func scribble(s *v1alpha1.MaaSModelStatus) {
	if s.Referent != nil {
		s.Referent.Name = "scribbled"
	}
	if s.Model != nil {
		s.Model.DisplayName, s.Model.Capabilities[0] = "scribbled", "scribbled"
	}
	for i := range s.Conditions {
		s.Conditions[i] = metav1.Condition{Type: "scribbled"}
	}
}
