package phase_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// look is one observation at a time after noon, and what must come of it.
// Between looks only the status is carried over, so each is a restart too.
type look struct {
	after time.Duration
	obs   kind.Observation
	want  outcome
}

type outcome struct {
	Phase   v1alpha1.Phase
	Reason  string
	Held    bool
	Recheck time.Duration
	// Lost is when BackendReady says that it became False, after noon; 0 while it is not False.
	Lost time.Duration
}

func TestDwell(t *testing.T) {
	const ms = time.Millisecond
	lagging := observe(stale, dwelling(10*time.Second))
	healing := observe(progressing, dwelling(30*time.Second))
	held := func(left, lost time.Duration) outcome {
		return outcome{v1alpha1.PhaseReady, v1alpha1.ReasonBackendFlapping, true, left, lost}
	}
	isReady := outcome{Phase: v1alpha1.PhaseReady, Reason: v1alpha1.ReasonReady}
	not := func(p v1alpha1.Phase, reason string, lost time.Duration) outcome {
		return outcome{Phase: p, Reason: reason, Lost: lost}
	}
	cases := map[string][]look{
		"an edit that the backend follows in time is never seen": {
			{60 * time.Second, lagging, held(10*time.Second, 60*time.Second)},
			{63 * time.Second, observe(), isReady},
		},
		"held until the dwell is over, looked at when it says": {
			{60 * time.Second, lagging, held(10*time.Second, 60*time.Second)},
			{64 * time.Second, lagging, held(6*time.Second, 60*time.Second)},
			{69 * time.Second, lagging, held(1*time.Second, 60*time.Second)},
			{70 * time.Second, lagging, not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 60*time.Second)},
			{71 * time.Second, lagging, not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 60*time.Second)},
			{72 * time.Second, observe(), isReady},
		},
		"fractions of a second neither end it early nor ask for no time": {
			{60*time.Second + 900*ms, lagging, held(10*time.Second, 60*time.Second)},
			{69*time.Second + 999*ms, lagging, held(1*time.Second, 60*time.Second)},
			{70*time.Second + 900*ms, lagging, not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 60*time.Second)},
		},
		"a dwell below the precision of stored times lasts a second": {
			{60*time.Second + 900*ms, observe(stale, dwelling(100*ms)), held(1*time.Second, 60*time.Second)},
			{61*time.Second + 900*ms, observe(stale, dwelling(100*ms)), not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 60*time.Second)},
		},
		"a controller that was down for longer finds it over": {
			{60 * time.Second, lagging, held(10*time.Second, 60*time.Second)},
			{time.Hour, lagging, not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 60*time.Second)},
		},
		"flapping twice starts a second dwell": {
			{60 * time.Second, lagging, held(10*time.Second, 60*time.Second)},
			{65 * time.Second, observe(), isReady},
			{68 * time.Second, lagging, held(10*time.Second, 68*time.Second)},
			{77 * time.Second, lagging, held(1*time.Second, 68*time.Second)},
			{78 * time.Second, lagging, not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 68*time.Second)},
		},
		"another reason that heals by itself goes on with its own length": {
			{60 * time.Second, lagging, held(10*time.Second, 60*time.Second)},
			{65 * time.Second, healing, held(25*time.Second, 60*time.Second)},
			{90 * time.Second, healing, not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonBackendProgressing, 60*time.Second)},
		},
		"a reason without a dwell ends it at once": {
			{60 * time.Second, lagging, held(10*time.Second, 60*time.Second)},
			{61 * time.Second, observe(progressing), not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonBackendProgressing, 60*time.Second)},
		},
		"once Unhealthy, a dwell does not lead back": {
			{60 * time.Second, observe(progressing), not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonBackendProgressing, 60*time.Second)},
			{61 * time.Second, lagging, not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 60*time.Second)},
		},
		"a failure never dwells": {
			{60 * time.Second, observe(failed, dwelling(time.Minute)), not(v1alpha1.PhaseFailed, v1alpha1.ReasonBackendFailed, 60*time.Second)},
		},
		"an invalid endpoint never dwells": {
			{60 * time.Second, observe(invalidEndpoint, dwelling(time.Minute)), not(v1alpha1.PhaseFailed, v1alpha1.ReasonEndpointInvalid, 0)},
		},
		"a lost reference never dwells": {
			{60 * time.Second, observe(lost, dwelling(time.Minute)), not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonReferentNotFound, 0)},
		},
		"a refused reference never dwells": {
			{60 * time.Second, observe(refused, dwelling(time.Minute)), not(v1alpha1.PhaseFailed, v1alpha1.ReasonNamespaceNotAllowed, 0)},
		},
		"nothing to serve from, nothing to hold": {
			{60 * time.Second, observe(stale, noEndpoint, dwelling(time.Minute)), not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 60*time.Second)},
		},
		"a model that is pointed at another backend is not Ready on the old one's account": {
			{60 * time.Second, observe(stale, dwelling(time.Minute), func(o *kind.Observation) { o.Referent.Name = "other" }),
				not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 60*time.Second)},
		},
		"nor is one whose backend was made anew": {
			{60 * time.Second, observe(progressing, dwelling(time.Minute), func(o *kind.Observation) { o.Referent.UID = "u2" }),
				not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonBackendProgressing, 60*time.Second)},
		},
		"the same backend read in another version is the same": {
			{60 * time.Second, observe(stale, dwelling(time.Minute), func(o *kind.Observation) { o.Referent.Version = "v1" }), held(time.Minute, 60*time.Second)},
		},
		"a clock that goes back holds no longer than the dwell": {
			{60 * time.Second, lagging, held(10*time.Second, 60*time.Second)},
			{20 * time.Second, lagging, held(10*time.Second, 20*time.Second)},
			{29 * time.Second, lagging, held(1*time.Second, 20*time.Second)},
			{30 * time.Second, lagging, not(v1alpha1.PhaseUnhealthy, v1alpha1.ReasonGenerationStale, 20*time.Second)},
		},
	}
	m := newMachine(t)
	for name, looks := range cases {
		t.Run(name, func(t *testing.T) {
			status := ready(t, m)
			for i, l := range looks {
				d := decide(t, m, status, l.obs, noon.Add(l.after))
				if diff := cmp.Diff(l.want, outcomeOf(d)); diff != "" {
					t.Errorf("look %d, %s after noon (-want +got):\n%s", i, l.after, diff)
				}
				status = d.Status
			}
		})
	}
}

func outcomeOf(d phase.Decision) outcome {
	o := outcome{d.Status.Phase, d.Reason, d.Held, d.Recheck, 0}
	if c := meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionBackendReady); c.Status == metav1.ConditionFalse {
		o.Lost = c.LastTransitionTime.Sub(noon)
	}
	return o
}

// A held model says both: that it is Ready, and what its backend says.
func TestAHeldModelTellsWhy(t *testing.T) {
	m := newMachine(t)
	d := decide(t, m, ready(t, m), observe(stale, dwelling(10*time.Second)), noon.Add(time.Minute))
	want := []string{"KindAccepted=True/Accepted", "ReferenceResolved=True/Resolved",
		"BackendReady=False/GenerationStale", "EndpointResolved=True/Resolved", "Ready=True/BackendFlapping"}
	if diff := cmp.Diff(want, brief(d.Status.Conditions)); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
	const message = "Kept Ready for up to 10s after the backend stopped being ready (GenerationStale): status is of generation 2, the object of 3"
	if d.Message != message {
		t.Errorf("message %q, want %q", d.Message, message)
	}
	if d.From != v1alpha1.PhaseReady || d.To != v1alpha1.PhaseReady || d.Status.Endpoint != address {
		t.Errorf("%s -> %s at %q", d.From, d.To, d.Status.Endpoint)
	}
}
