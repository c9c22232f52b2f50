package cases_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
)

func TestFeaturesOfEverything(t *testing.T) {
	content, err := os.ReadFile("../testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spec := &v1alpha1.ModelKindSpec{}
	if err := yaml.UnmarshalStrict(content, spec); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ConditionReasons", "Conditions", "Delegation", "EndpointCompletion", "EndpointParts", "EndpointPreference", "EntryPreference",
		"GenerationGate", "GenerationPerCondition", "HostnameIntersection", "Joins", "ListEntries", "ModelEnrichment", "NamedValues",
		"OwnDwell", "ProbeWhenAwake", "RelatedByLabels", "RelatedObjects", "SeveralVersions", "TextPatterns",
	}
	folder := cases.Folder{Spec: spec}
	if diff := cmp.Diff(want, folder.Features()); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
}
