package main

import (
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/testenv"
)

// Names are kept beside the lease, unless it is said where.
func TestStateNamespace(t *testing.T) {
	for name, test := range map[string]struct {
		args          []string
		podNamespace  string
		wantNamespace string
	}{
		"in a Pod":                       {nil, "maas-system", "maas-system"},
		"on somebody's machine":          {nil, "", "default"},
		"where the lease is":             {[]string{"--leader-election-namespace=maas"}, "", "maas"},
		"where it is said":               {[]string{"--leader-election-namespace=maas", "--state-namespace=ids"}, "", "ids"},
		"where it is said, in a Pod too": {[]string{"--state-namespace=ids"}, "maas-system", "ids"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parse(test.args, test.podNamespace, io.Discard)
			if err != nil || s.stateNamespace != test.wantNamespace {
				t.Errorf("stateNamespace is %q (%v), want %q", s.stateNamespace, err, test.wantNamespace)
			}
		})
	}
}

// expectHeld waits until these names are kept in a namespace for another one.
func expectHeld(t *testing.T, env *testenv.Env, in, namespace string, want map[string]string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		held := &corev1.ConfigMap{}
		if err := env.Client.Get(t.Context(), client.ObjectKey{Namespace: in, Name: "maas-ids." + namespace}, held); err != nil {
			return err
		}
		if diff := cmp.Diff(want, held.Data); diff != "" {
			return fmt.Errorf("names that are held (-want +got):\n%s", diff)
		}
		return nil
	})
}
