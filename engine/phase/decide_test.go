package phase_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// Conditions in short: type=status/reason, in the order of the status.
func brief(conditions []metav1.Condition) []string {
	var lines []string
	for _, c := range conditions {
		lines = append(lines, fmt.Sprintf("%s=%s/%s", c.Type, c.Status, c.Reason))
	}
	return lines
}

func TestEveryEventInEveryPhase(t *testing.T) {
	m := newMachine(t)
	var b strings.Builder
	for _, obs := range []kind.Observation{observe(), observe(progressing), observe(lost), observe(failed), observe(refused)} {
		for _, from := range []v1alpha1.Phase{"", "Deleting", v1alpha1.PhasePending, v1alpha1.PhaseReady, v1alpha1.PhaseUnhealthy, v1alpha1.PhaseFailed} {
			d := decide(t, m, v1alpha1.MaaSModelStatus{Phase: from}, obs, noon)
			ready := meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionReady)
			fmt.Fprintf(&b, "%-18s stored %-12q %s -> %s, Ready=%s/%s\n", d.Event, from, d.From, d.Status.Phase, ready.Status, ready.Reason)
		}
	}
	golden.Compare(t, filepath.Join("testdata", "matrix.golden"), b.String())
}

func TestDecide(t *testing.T) {
	type want struct {
		Event      phase.Event
		Phase      v1alpha1.Phase
		Endpoint   string
		Model      bool
		Referent   bool
		Message    string
		Conditions []string
	}
	resolved := []string{"KindAccepted=True/Accepted", "ReferenceResolved=True/Resolved"}
	with := func(rest ...string) []string { return append(append([]string(nil), resolved...), rest...) }
	unresolved := func(reason, progress string) []string {
		return []string{"KindAccepted=True/Accepted", "ReferenceResolved=False/" + reason,
			"BackendReady=Unknown/ReferenceNotResolved", "EndpointResolved=Unknown/ReferenceNotResolved",
			"Ready=False/" + reason, progress + "=True/" + reason}
	}
	cases := map[string]struct {
		stored v1alpha1.Phase
		obs    kind.Observation
		want   want
	}{
		"ready at the current generation with an endpoint": {
			obs: observe(),
			want: want{phase.BackendReady, v1alpha1.PhaseReady, address, true, true, "The backend is ready and its endpoint is published.",
				with("BackendReady=True/BackendReady", "EndpointResolved=True/Resolved", "Ready=True/Ready")},
		},
		"a kind without a generation gate needs no freshness": {
			obs: observe(func(o *kind.Observation) { o.Generation = kind.Generation{} }),
			want: want{phase.BackendReady, v1alpha1.PhaseReady, address, true, true, "The backend is ready and its endpoint is published.",
				with("BackendReady=True/BackendReady", "EndpointResolved=True/Resolved", "Ready=True/Ready")},
		},
		"servable on demand counts as ready, and says so": {
			obs: observe(func(o *kind.Observation) { o.Health.OnDemand = true }),
			want: want{phase.BackendReady, v1alpha1.PhaseReady, address, true, true, "The backend is ready and its endpoint is published.",
				with("BackendReady=True/BackendServable", "EndpointResolved=True/Resolved", "Ready=True/Ready")},
		},
		"no endpoint of its own: somebody has to change something": {
			obs: observe(func(o *kind.Observation) { o.Endpoint = kind.Endpoint{None: true, Message: "use its route"} }),
			want: want{phase.BackendFailed, v1alpha1.PhaseFailed, "", true, true, "use its route",
				with("BackendReady=True/BackendReady", "EndpointResolved=False/NoEndpoint", "Ready=False/NoEndpoint", "Stalled=True/NoEndpoint")},
		},
		"an override replaces the endpoint": {
			obs: observe(overridden),
			want: want{phase.BackendReady, v1alpha1.PhaseReady, "https://gw.example.com", true, true, "The backend is ready and its endpoint is published.",
				with("BackendReady=True/BackendReady", "EndpointResolved=True/EndpointOverridden", "Ready=True/Ready")},
		},
		"an override does not make the backend ready": {
			obs: observe(overridden, progressing),
			want: want{phase.BackendProgressing, v1alpha1.PhasePending, "https://gw.example.com", true, true, "condition Ready is False",
				with("BackendReady=False/BackendProgressing", "EndpointResolved=True/EndpointOverridden", "Ready=False/BackendProgressing", "Reconciling=True/BackendProgressing")},
		},
		"ready of an earlier generation is not ready": {
			obs: observe(stale),
			want: want{phase.BackendProgressing, v1alpha1.PhasePending, address, true, true, "status is of generation 2, the object of 3",
				with("BackendReady=False/GenerationStale", "EndpointResolved=True/Resolved", "Ready=False/GenerationStale", "Reconciling=True/GenerationStale")},
		},
		"a failure of an earlier generation is no failure": {
			stored: v1alpha1.PhaseFailed,
			obs:    observe(stale, failed),
			want: want{phase.BackendProgressing, v1alpha1.PhasePending, address, true, true, "status is of generation 2, the object of 3",
				with("BackendReady=False/GenerationStale", "EndpointResolved=True/Resolved", "Ready=False/GenerationStale", "Reconciling=True/GenerationStale")},
		},
		"nor is an invalid endpoint of one": {
			obs: observe(stale, invalidEndpoint),
			want: want{phase.BackendProgressing, v1alpha1.PhasePending, "", true, true, "status is of generation 2, the object of 3",
				with("BackendReady=False/GenerationStale", "EndpointResolved=False/EndpointInvalid", "Ready=False/GenerationStale", "Reconciling=True/GenerationStale")},
		},
		"not ready yet, the address is known already": {
			obs: observe(progressing),
			want: want{phase.BackendProgressing, v1alpha1.PhasePending, address, true, true, "condition Ready is False",
				with("BackendReady=False/BackendProgressing", "EndpointResolved=True/Resolved", "Ready=False/BackendProgressing", "Reconciling=True/BackendProgressing")},
		},
		"not ready and no address: the backend is the reason": {
			obs: observe(progressing, noEndpoint),
			want: want{phase.BackendProgressing, v1alpha1.PhasePending, "", true, true, "condition Ready is False",
				with("BackendReady=False/BackendProgressing", "EndpointResolved=False/EndpointMissing", "Ready=False/BackendProgressing", "Reconciling=True/BackendProgressing")},
		},
		"a verdict that is none counts as progressing": {
			obs: observe(func(o *kind.Observation) { o.Health = kind.Health{} }),
			want: want{phase.BackendProgressing, v1alpha1.PhasePending, address, true, true, "",
				with("BackendReady=False/BackendProgressing", "EndpointResolved=True/Resolved", "Ready=False/BackendProgressing", "Reconciling=True/BackendProgressing")},
		},
		"ready, but nowhere to be reached": {
			stored: v1alpha1.PhaseReady,
			obs:    observe(noEndpoint, dwelling(time.Minute)),
			want: want{phase.BackendProgressing, v1alpha1.PhaseUnhealthy, "", true, true, "no candidate yields a value",
				with("BackendReady=True/BackendReady", "EndpointResolved=False/EndpointMissing", "Ready=False/EndpointMissing", "Reconciling=True/EndpointMissing")},
		},
		"failed keeps its address in the list": {
			stored: v1alpha1.PhaseReady,
			obs:    observe(failed),
			want: want{phase.BackendFailed, v1alpha1.PhaseFailed, address, true, true, "presets do not combine",
				with("BackendReady=False/BackendFailed", "EndpointResolved=True/Resolved", "Ready=False/BackendFailed", "Stalled=True/BackendFailed")},
		},
		"ready at an address that may not be published": {
			stored: v1alpha1.PhaseReady,
			obs:    observe(invalidEndpoint),
			want: want{phase.BackendFailed, v1alpha1.PhaseFailed, "", true, true, "127.0.0.1 is a loopback address",
				with("BackendReady=True/BackendReady", "EndpointResolved=False/EndpointInvalid", "Ready=False/EndpointInvalid", "Stalled=True/EndpointInvalid")},
		},
		"the invalid address is the reason even while progressing": {
			obs: observe(progressing, invalidEndpoint),
			want: want{phase.BackendFailed, v1alpha1.PhaseFailed, "", true, true, "127.0.0.1 is a loopback address",
				with("BackendReady=False/BackendProgressing", "EndpointResolved=False/EndpointInvalid", "Ready=False/EndpointInvalid", "Stalled=True/EndpointInvalid")},
		},
		"a failure counts before an invalid address": {
			obs: observe(failed, invalidEndpoint),
			want: want{phase.BackendFailed, v1alpha1.PhaseFailed, "", true, true, "presets do not combine",
				with("BackendReady=False/BackendFailed", "EndpointResolved=False/EndpointInvalid", "Ready=False/BackendFailed", "Stalled=True/BackendFailed")},
		},
		"a lost referent has no address any more": {
			stored: v1alpha1.PhaseReady,
			obs:    observe(lost),
			want:   want{phase.ReferenceLost, v1alpha1.PhaseUnhealthy, "", false, true, "because of ReferentNotFound", unresolved("ReferentNotFound", "Reconciling")},
		},
		"a referent that never was": {
			obs:  observe(lost),
			want: want{phase.ReferenceLost, v1alpha1.PhasePending, "", false, true, "because of ReferentNotFound", unresolved("ReferentNotFound", "Reconciling")},
		},
		"a refused reference publishes nothing, whatever was read": {
			stored: v1alpha1.PhaseReady,
			obs:    observe(refused),
			want:   want{phase.ReferenceRefused, v1alpha1.PhaseFailed, "", false, false, "because of NamespaceNotAllowed", unresolved("NamespaceNotAllowed", "Stalled")},
		},
		"a state that is none is refused, not trusted": {
			obs: observe(func(o *kind.Observation) { o.Reference = kind.Reference{} }),
			want: want{phase.ReferenceRefused, v1alpha1.PhaseFailed, "", false, false, "",
				unresolved("ReferenceNotResolved", "Stalled")},
		},
		"no such kind": {
			obs: kind.Unknown(`no kind "Lama"; there are llmisvc`),
			want: want{phase.ReferenceRefused, v1alpha1.PhaseFailed, "", false, false, `no kind "Lama"; there are llmisvc`,
				[]string{"KindAccepted=False/KindUnknown", "ReferenceResolved=Unknown/KindUnknown", "BackendReady=Unknown/ReferenceNotResolved",
					"EndpointResolved=Unknown/ReferenceNotResolved", "Ready=False/KindUnknown", "Stalled=True/KindUnknown"}},
		},
	}
	m := newMachine(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := decide(t, m, v1alpha1.MaaSModelStatus{Phase: c.stored}, c.obs, noon)
			got := want{d.Event, d.Status.Phase, d.Status.Endpoint, d.Status.Model != nil, d.Status.Referent != nil, d.Message, brief(d.Status.Conditions)}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("decision (-want +got):\n%s", diff)
			}
			if d.Status.ObservedGeneration != 7 || d.Status.Kind != c.obs.Kind || d.Status.KindRevision != c.obs.Revision {
				t.Errorf("status of generation %d, kind %q, revision %q", d.Status.ObservedGeneration, d.Status.Kind, d.Status.KindRevision)
			}
			for _, c := range d.Status.Conditions {
				if c.ObservedGeneration != 7 || !c.LastTransitionTime.Time.Equal(noon) {
					t.Errorf("%s is of generation %d and %s", c.Type, c.ObservedGeneration, c.LastTransitionTime)
				}
			}
		})
	}
}

func TestAnEndpointChangesWhileReady(t *testing.T) {
	m := newMachine(t)
	moved := observe(func(o *kind.Observation) { o.Endpoint.URL = "https://elsewhere.example.com" })
	d := decide(t, m, ready(t, m), moved, noon.Add(time.Hour))
	if d.Status.Phase != v1alpha1.PhaseReady || d.Status.Endpoint != "https://elsewhere.example.com" {
		t.Errorf("phase %s at %s", d.Status.Phase, d.Status.Endpoint)
	}
	for _, c := range d.Status.Conditions {
		if !c.LastTransitionTime.Time.Equal(noon) {
			t.Errorf("%s says it changed at %s, its status did not", c.Type, c.LastTransitionTime)
		}
	}
}

func TestLastTransitionTimeFollowsTheStatus(t *testing.T) {
	m := newMachine(t)
	later := noon.Add(90*time.Second + 700*time.Millisecond)
	d := decide(t, m, ready(t, m), observe(failed), later)
	want := map[string]time.Time{
		v1alpha1.ConditionKindAccepted:      noon,
		v1alpha1.ConditionReferenceResolved: noon,
		v1alpha1.ConditionBackendReady:      noon.Add(90 * time.Second),
		v1alpha1.ConditionEndpointResolved:  noon,
		v1alpha1.ConditionReady:             noon.Add(90 * time.Second),
		v1alpha1.ConditionStalled:           noon.Add(90 * time.Second),
	}
	got := map[string]time.Time{}
	for _, c := range d.Status.Conditions {
		got[c.Type] = c.LastTransitionTime.Time
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
}

func TestForeignConditionsAreKept(t *testing.T) {
	m := newMachine(t)
	foreign := metav1.Condition{Type: "example.com/Audited", Status: metav1.ConditionTrue, Reason: "Ok", LastTransitionTime: metav1.NewTime(noon)}
	stored := v1alpha1.MaaSModelStatus{Conditions: []metav1.Condition{
		foreign,
		// Written by hand, without the time that the API server demands.
		{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: "Ready"},
	}}
	d := decide(t, m, stored, observe(), noon.Add(time.Hour))
	if len(d.Status.Conditions) != 6 {
		t.Fatalf("conditions: %v", brief(d.Status.Conditions))
	}
	if diff := cmp.Diff(foreign, d.Status.Conditions[5]); diff != "" {
		t.Errorf("foreign condition (-want +got):\n%s", diff)
	}
	if got := d.Status.Conditions[4].LastTransitionTime; !got.Time.Equal(noon.Add(time.Hour)) {
		t.Errorf("Ready without a stored time got %s", got)
	}
}

func TestALongMessageIsCut(t *testing.T) {
	m := newMachine(t)
	d := decide(t, m, v1alpha1.MaaSModelStatus{}, observe(func(o *kind.Observation) {
		o.Health = kind.Health{State: kind.HealthFailed, Message: strings.Repeat("ü", 40_000)}
	}), noon)
	if len(d.Message) > 2048 || !strings.HasSuffix(d.Message, "ü…") {
		t.Errorf("%d bytes, ending in %q", len(d.Message), d.Message[len(d.Message)-8:])
	}
}

// A cancelled context wedges a looplab/fsm machine in the middle of an event.
func TestACancelledContextDecidesAsWell(t *testing.T) {
	m := newMachine(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 {
		d, err := m.Decide(ctx, modelWith(v1alpha1.MaaSModelStatus{}), observe(), noon)
		if err != nil || d.Status.Phase != v1alpha1.PhaseReady {
			t.Errorf("phase %q, error %v", d.Status.Phase, err)
		}
	}
}

func TestOneMachineServesAllWorkers(t *testing.T) {
	m := newMachine(t)
	observations := []kind.Observation{observe(), observe(stale, dwelling(10*time.Second)), observe(failed), observe(lost), observe(refused)}
	stored := ready(t, m)
	var want []phase.Decision
	for _, obs := range observations {
		want = append(want, decide(t, m, stored, obs, noon))
	}
	model := modelWith(stored)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for range 50 {
				for i, obs := range observations {
					got, err := m.Decide(t.Context(), model, obs, noon)
					if diff := cmp.Diff(want[i], got); diff != "" || err != nil {
						t.Errorf("error %v, decision (-want +got):\n%s", err, diff)
						return
					}
				}
			}
		})
	}
	workers.Wait()
}
