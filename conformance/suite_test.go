package conformance_test

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/registry"
)

// prove runs every level up to one on the one kind of a source.
func prove(t *testing.T, source registry.Source, last string) conformance.Proof {
	t.Helper()
	suite, err := conformance.New()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := suite.Load(source)
	if err != nil || len(folders) != 1 {
		t.Fatalf("%d folders: %v", len(folders), err)
	}
	levels := conformance.Levels()
	at := slices.IndexFunc(levels, func(l conformance.Level) bool { return l.ID == last })
	if at < 0 {
		t.Fatalf("there is no level %s", last)
	}
	proof, err := suite.Prove(t.Context(), folders[0], levels[:at+1])
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

func TestSoundKind(t *testing.T) {
	proof := prove(t, registry.Source{Name: "Widget", FS: os.DirFS("testdata/sound/Widget")}, "L3")
	for _, level := range proof.Levels {
		for _, result := range level.Checks {
			if result.Outcome == check.Failed {
				t.Errorf("%s %s: %s", level.ID, result.Name, result.Message)
			}
		}
	}
}

// Features are inferred from what the kind-spec says; the names of values are
// not features, whatever they are.
func TestFeatures(t *testing.T) {
	proof := prove(t, registry.Source{Name: "Widget", FS: os.DirFS("testdata/sound/Widget")}, "L3")
	want := []string{"ConditionReasons", "Conditions", "EndpointPreference", "EndpointTemplate", "GenerationGate", "NamedValues", "NumberBounds", "RelatedObjects", "SeveralVersions"}
	if diff := cmp.Diff(want, proof.Folder.Features()); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
	if m := proof.Mutation(); m == nil || m.Percent() != 100 || m.Killed < 20 {
		t.Errorf("mutants: %+v", m)
	}
}
