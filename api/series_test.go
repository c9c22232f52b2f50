package api

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/catalogue"
	"github.com/maas-kinds/maas/engine/registry"
)

// probedKinds are the kinds that probes are counted for.
func probedKinds(t *testing.T, s *service) []string {
	t.Helper()
	families, err := s.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, family := range families {
		if family.GetName() != "maas_api_probe_duration_seconds" {
			continue
		}
		for _, series := range family.GetMetric() {
			for _, label := range series.GetLabel() {
				if label.GetName() == "kind" {
					found = append(found, label.GetValue())
				}
			}
		}
	}
	return found
}

// Kinds that come and go leave no series behind.
func TestSeriesOfKindsThatAreGone(t *testing.T) {
	none, err := registry.Load()
	if err != nil {
		t.Fatal(err)
	}
	o := loopback()
	o.Limits.VerdictTTL = 0 // each list probes
	backend := startBackend(t, status(http.StatusOK))
	service := model("a/one", backend.URL, func(m *v1alpha1.MaaSModel) { m.Status.Kind = "Service" })
	foreign := model("a/two", backend.URL+"/two", func(m *v1alpha1.MaaSModel) { m.Status.Kind = "Mine" })
	s := startService(t, o, service, foreign)
	want := func(when string, kinds ...string) {
		t.Helper()
		if diff := cmp.Diff(kinds, probedKinds(t, s)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	s.get(t, "/v1/models", "alice")
	want("while both are probed", "Service", "unknown")
	s.renderer.Kinds.Replace(none)
	want("after the kind is gone", "unknown")
	s.get(t, "/v1/models", "alice") // by a snapshot that still has the kind
	want("after a late probe", "unknown")
	s.renderer.Kinds.Replace(catalogue.BuiltIn(t))
	s.get(t, "/v1/models", "alice")
	want("after it is back", "Service", "unknown")
}
