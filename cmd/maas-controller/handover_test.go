package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// The leader of two replicas is killed while backends change. The other one
// takes over: every transition is stored, none of them twice, and nothing else.
func TestHandOverByKill(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	elect := []string{"--leader-elect", "--leader-election-namespace", namespace, "--leader-election-lease-duration=6s",
		"--leader-election-renew-deadline=5s", "--leader-election-retry-period=500ms"}
	first := startProgram(t, "the first", env.Config, elect...)
	names := createModels(t, env, namespace, 24)
	under, after := names[:12], names[12:]
	expectPhase(t, env, namespace, v1alpha1.PhaseReady)
	second := startProgram(t, "the second", env.Config, elect...)
	get(t, "http://"+second.health+"/readyz", http.StatusOK)

	seen := keepLedger(t, env, namespace)
	setReady(t, env, namespace, "no", under...)
	testenv.Eventually(t, patience, func() error {
		if seen.changes() == 0 {
			return errors.New("the leader has not written anything yet")
		}
		return nil
	})
	first.kill()
	setReady(t, env, namespace, "no", after...)
	expectPhase(t, env, namespace, v1alpha1.PhaseUnhealthy)
	setReady(t, env, namespace, "yes", names...)
	expectPhase(t, env, namespace, v1alpha1.PhaseReady)
	second.running(t)

	testenv.Eventually(t, patience, func() error {
		for _, name := range names {
			if diff := cmp.Diff([]v1alpha1.Phase{v1alpha1.PhaseUnhealthy, v1alpha1.PhaseReady}, seen.of(name)); diff != "" {
				return fmt.Errorf("stored phases of %s (-want +got):\n%s", name, diff)
			}
		}
		return nil
	})
	expectEvents(t, env, namespace, under, after)
}

// expectEvents wants one Event of every transition that the second leader has
// stored, and no more than one of those that either may have: a leader that is
// killed may not have told of its last ones.
func expectEvents(t *testing.T, env *testenv.Env, namespace string, under, after []string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		told := losses(t, env, namespace)
		for _, name := range under {
			if told[name] > 1 {
				return fmt.Errorf("%d Events say that %s was lost", told[name], name)
			}
		}
		for _, name := range after {
			if told[name] != 1 {
				return fmt.Errorf("%d Events say that %s was lost, want 1", told[name], name)
			}
		}
		return nil
	})
}

func losses(t *testing.T, env *testenv.Env, namespace string) map[string]int {
	t.Helper()
	all := &eventsv1.EventList{}
	if err := env.Client.List(t.Context(), all, client.InNamespace(namespace)); err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, event := range all.Items {
		if strings.HasPrefix(event.Note, "Ready → Unhealthy") {
			told[event.Regarding.Name]++
			if event.Series != nil {
				told[event.Regarding.Name] += int(event.Series.Count)
			}
		}
	}
	return told
}
