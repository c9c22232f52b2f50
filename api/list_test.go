package api

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func TestListHoldsWhatTheBackendsLetIn(t *testing.T) {
	yes, no := startBackend(t, admits("alice", "bob")), startBackend(t, admits("bob"))
	s := startService(t, loopback(), model("a/zeta", yes.URL), model("a/alpha", no.URL), model("a/pending", ""),
		model("a/unready", yes.URL, func(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhaseUnhealthy }))
	for token, want := range map[string][]string{
		"alice": {"unready", "zeta"},
		"bob":   {"alpha", "unready", "zeta"},
		"eve":   {},
	} {
		t.Run(token, func(t *testing.T) {
			got := s.get(t, "/v1/models", token)
			if diff := cmp.Diff(want, got.ids(t)); diff != "" || got.StatusCode != http.StatusOK {
				t.Errorf("status %d, ids (-want +got):\n%s", got.StatusCode, diff)
			}
		})
	}
}
