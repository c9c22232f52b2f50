package api

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func servable(m *v1alpha1.MaaSModel) {
	m.ResourceVersion = "2"
	m.Status.Conditions = []metav1.Condition{{
		Type: v1alpha1.ConditionBackendReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonBackendServable,
	}}
}

// A list wakes no model of a kind that says so. Those who were let in before it fell
// asleep see it; to others it is as if it were not there, by its name as well.
func TestListsWakeNobody(t *testing.T) {
	for name, tc := range map[string]struct {
		policy string
		// alice was let in before it fell asleep, bob never asked.
		alice, bob []string
		// probes are how many the sleeping backend got while it slept.
		probes int64
	}{
		"WhenAwake": {"WhenAwake", []string{"awake", "sleepy"}, []string{"awake"}, 0},
		"PerCaller": {"PerCaller", []string{"awake", "sleepy"}, []string{"awake", "sleepy"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			awake, sleepy := startBackend(t, admits("alice", "bob")), startBackend(t, admits("alice", "bob"))
			probes := map[string]string{"Own": "{policy: " + tc.policy + "}"}
			own := ofKind("Own")
			s := startService(t, loopback())
			s.showsOf(t, probes, model("lab/awake", awake.URL, own), model("lab/sleepy", sleepy.URL, own))
			if diff := cmp.Diff([]string{"awake", "sleepy"}, s.get(t, "/v1/models", "alice").ids(t)); diff != "" {
				t.Errorf("awake (-want +got):\n%s", diff)
			}
			before := sleepy.probes.Load()

			s.show(t, model("lab/awake", awake.URL, own), model("lab/sleepy", sleepy.URL, own, servable))
			for token, want := range map[string][]string{"alice": tc.alice, "bob": tc.bob} {
				got := s.get(t, "/v1/models", token)
				if diff := cmp.Diff(want, got.ids(t)); diff != "" || got.Header.Get("X-Models-Incomplete") != "" {
					t.Errorf("%s, incomplete %q (-want +got):\n%s", token, got.Header.Get("X-Models-Incomplete"), diff)
				}
			}
			if got := s.get(t, "/v1/models/sleepy", "alice"); got.StatusCode != http.StatusOK {
				t.Errorf("alice asks for it by name: %d", got.StatusCode)
			}
			if tc.policy == "WhenAwake" {
				hidden, absent := s.get(t, "/v1/models/sleepy", "bob"), s.get(t, "/v1/models/absent", "bob")
				if hidden.StatusCode != http.StatusNotFound || hidden.body != absent.body {
					t.Errorf("hidden: %d %s\nabsent: %s", hidden.StatusCode, hidden.body, absent.body)
				}
			}
			if got := sleepy.probes.Load() - before; got != tc.probes {
				t.Errorf("%d probes while it slept, want %d", got, tc.probes)
			}

			s.show(t, model("lab/awake", awake.URL, own), model("lab/sleepy", sleepy.URL, own, func(m *v1alpha1.MaaSModel) { m.ResourceVersion = "3" }))
			if diff := cmp.Diff([]string{"awake", "sleepy"}, s.get(t, "/v1/models", "bob").ids(t)); diff != "" {
				t.Errorf("bob, awake again (-want +got):\n%s", diff)
			}
		})
	}
}
