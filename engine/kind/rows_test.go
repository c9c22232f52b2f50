package kind_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/registry"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// rowCase is one case of testdata/rows: what a kind-spec says about objects,
// of which the first is the referent.
type rowCase struct {
	Name       string           `json:"name"`
	Override   string           `json:"override"`
	Parameters map[string]any   `json:"parameters"`
	Objects    []map[string]any `json:"objects"`
	Want       rowVerdict       `json:"want"`
}

// rowVerdict is all that decides about a model. What is left out is expected
// to be absent, but for the messages, the rules and the reads of kinds that read
// nothing.
type rowVerdict struct {
	Health          kind.HealthState `json:"health"`
	OnDemand        bool             `json:"onDemand"`
	Stale           bool             `json:"stale"`
	Endpoint        string           `json:"endpoint"`
	Invalid         bool             `json:"invalid"`
	None            bool             `json:"none"`
	Reads           []string         `json:"reads"`
	Probe           string           `json:"probe"`
	Message         string           `json:"message"`
	EndpointMessage string           `json:"endpointMessage"`
	Rule            string           `json:"rule"`
	EndpointRule    string           `json:"endpointRule"`
}

// Every folder of testdata/rows is one thing that the language has to be able
// to say: a kind-spec that says it, and what follows from it for objects.
func TestRows(t *testing.T) {
	folders, err := filepath.Glob("testdata/rows/*")
	if err != nil || len(folders) < 25 {
		t.Fatalf("found %d rows: %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			k := loadKind(t, folder)
			for _, c := range rowCases(t, folder) {
				t.Run(c.Name, func(t *testing.T) { c.hold(t, k.With(c.Parameters)) })
			}
		})
	}
}

// loadKind is the kind of a row. What else is in its folder, beside the cases, are
// kinds that it hands objects on to.
func loadKind(t testing.TB, folder string) *kind.Kind {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var sources []registry.Source
	for _, file := range files {
		if name := filepath.Base(file); name != "cases.yaml" {
			sources = append(sources, registry.Source{FS: os.DirFS(folder), File: name})
		}
	}
	set, err := registry.Load(sources...)
	if err != nil {
		t.Fatal(err)
	}
	k, ok := set.Lookup("Row")
	if !ok {
		t.Fatalf("%s has no kind called Row", folder)
	}
	if warnings := k.Warnings(); len(warnings) > 0 {
		t.Errorf("a recipe that is warned about: %s", warnings)
	}
	return k
}

func rowCases(t testing.TB, folder string) []rowCase {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, "cases.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []rowCase
	if err := yaml.UnmarshalStrict(content, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func (c rowCase) hold(t *testing.T, k *kind.Kind) {
	whole := func(object *unstructured.Unstructured) *unstructured.Unstructured { return object }
	got := c.observe(k, k.Explain, whole)
	if diff := cmp.Diff(c.Want, c.verdict(t, k, got)); diff != "" {
		t.Errorf("verdict (-want +got):\n%s\ntrace %+v", diff, got.Trace)
	}
	if got.Reference.State != kind.ReferenceFound {
		t.Errorf("reference: %+v", got.Reference)
	}
	silent := got
	silent.Trace = nil
	if diff := cmp.Diff(silent, c.observe(k, k.Observe, whole)); diff != "" {
		t.Errorf("the trace changes the observation (-with +without):\n%s", diff)
	}
	projected := c.observe(k, k.Explain, func(object *unstructured.Unstructured) *unstructured.Unstructured {
		return kind.Project(object, k, kind.Destinations())
	})
	if diff := cmp.Diff(got, projected); diff != "" {
		t.Errorf("the projection changes the observation (-whole +projected):\n%s", diff)
	}
}

// look is Observe or Explain of a kind.
type look func(*v1alpha1.MaaSModel, *unstructured.Unstructured, kind.Reader, endpoint.Rules) kind.Observation

// observe hands the objects over in reverse: their order says nothing.
func (c rowCase) observe(k *kind.Kind, look look, seen func(*unstructured.Unstructured) *unstructured.Unstructured) kind.Observation {
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: "models", Name: "granite"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Name: "granite"}, EndpointOverride: c.Override},
	}
	var referent *unstructured.Unstructured
	var related kind.Objects
	for i := len(c.Objects) - 1; i >= 0; i-- {
		object := seen(&unstructured.Unstructured{Object: c.Objects[i]})
		if i == 0 && k.NoReferent() == "" {
			referent = object
			continue
		}
		related = append(related, object)
	}
	return look(model, referent, related, endpoint.Rules{})
}

func (c rowCase) verdict(t *testing.T, k *kind.Kind, o kind.Observation) rowVerdict {
	got := rowVerdict{
		Health: o.Health.State, OnDemand: o.Health.OnDemand, Stale: !o.Generation.Fresh,
		Endpoint: o.Endpoint.URL, Invalid: o.Endpoint.Invalid, None: o.Endpoint.None,
	}
	if len(k.Related()) > 0 {
		got.Reads = []string{}
	}
	for _, query := range o.Reads {
		// What is read to see where the endpoint leads is no matter of the language.
		if slices.ContainsFunc(o.Trace, func(s kind.Step) bool { return s.Stage == "subjects" && s.Path == query.String() }) {
			got.Reads = append(got.Reads, query.String())
		}
	}
	if c.Want.Probe != "" {
		url, err := k.Probe().URL(o.Endpoint.URL)
		if err != nil {
			t.Error(err)
		}
		got.Probe = url
	}
	if strings.Contains(o.Health.Message, c.Want.Message) {
		got.Message = c.Want.Message
	}
	if strings.Contains(o.Endpoint.Message, c.Want.EndpointMessage) {
		got.EndpointMessage = c.Want.EndpointMessage
	}
	if c.Want.Rule != "" {
		got.Rule = o.Health.Rule
	}
	if c.Want.EndpointRule != "" {
		got.EndpointRule = o.Endpoint.Rule
	}
	return got
}
