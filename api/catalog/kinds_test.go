package catalog

import (
	"testing"
	"testing/fstest"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// A model that has not changed is asked otherwise when its kind is, and as an
// unknown kind is when its kind has gone.
func TestKindChangesUnderModels(t *testing.T) {
	kinds := func(probe string) *kind.Set {
		t.Helper()
		set, err := registry.Load(registry.Source{FS: fstest.MapFS{"a.yaml": {Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Leaflet}
spec:
  description: a backend of a test
  noReferent: the backend runs outside of the cluster
  noEndpoint: set spec.endpointOverride to the address of the service
  probe: ` + probe + "\n")}}})
		if err != nil {
			t.Fatal(err)
		}
		return set
	}
	r := newRenderer(t)
	r.Kinds = kind.NewLive(kinds("{path: /v1/models}"))
	leaflet := func(m *v1alpha1.MaaSModel) { m.Spec.ModelRef.Kind, m.Status.Kind = "Leaflet", "Leaflet" }
	unchanged := model("ns", "a", 0, leaflet)
	first := render(t, r, unchanged)
	if again := render(t, r, unchanged); again.Targets()[0] != first.Targets()[0] {
		t.Error("rendered anew although nothing has changed")
	}
	r.Kinds.Replace(kinds("{path: /other}"))
	second := render(t, r, unchanged)
	if second.Targets()[0] == first.Targets()[0] {
		t.Error("the changed kind is not asked with")
	}
	r.Kinds.Replace(registry.New().Set())
	if third := render(t, r, unchanged); third.Targets()[0] == second.Targets()[0] {
		t.Error("the kind that has gone is still asked with")
	}
}
