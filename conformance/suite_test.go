package conformance_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/engine/registry"
)

// prove runs every level on the one kind of a source.
func prove(t *testing.T, source registry.Source) conformance.Proof {
	t.Helper()
	suite, err := conformance.New()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := suite.Load(source)
	if err != nil || len(folders) != 1 {
		t.Fatalf("%d folders: %v", len(folders), err)
	}
	proof, err := suite.Prove(t.Context(), folders[0], conformance.Levels())
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

func TestSoundKind(t *testing.T) {
	proof := prove(t, registry.Source{Name: "Widget", FS: os.DirFS("testdata/sound/Widget")})
	for _, level := range proof.Levels {
		for _, check := range level.Checks {
			if check.Outcome == conformance.Failed {
				t.Errorf("%s %s: %s", level.ID, check.Name, check.Message)
			}
		}
	}
}

// Features are inferred from what the kind-spec says; the names of values are
// not features, whatever they are.
func TestFeatures(t *testing.T) {
	proof := prove(t, registry.Source{Name: "Widget", FS: os.DirFS("testdata/sound/Widget")})
	want := []string{"ConditionReasons", "Conditions", "EndpointPreference", "EndpointTemplate", "GenerationGate", "NamedValues", "NumberBounds", "RelatedObjects", "SeveralVersions"}
	if diff := cmp.Diff(want, proof.Folder.Features()); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
	if m := proof.Mutation(); m == nil || m.Score() != 100 || m.Killed < 20 {
		t.Errorf("mutants: %+v", m)
	}
}
