package catalog

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/maas-kinds/maas/conformance/catalogue"
	"github.com/maas-kinds/maas/engine/registry"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// model makes a MaaSModel that was created the given seconds after 1700000000.
func model(namespace, name string, second int64, change ...func(*v1alpha1.MaaSModel)) *v1alpha1.MaaSModel {
	m := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, ResourceVersion: "1", CreationTimestamp: metav1.Unix(1700000000+second, 0)},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "LLMInferenceService", Name: name}},
		Status:     v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Endpoint: "http://" + name + "." + namespace + ".svc", Kind: "llmisvc"},
	}
	for _, c := range change {
		c(m)
	}
	return m
}

func noEndpoint(m *v1alpha1.MaaSModel) { m.Status.Endpoint = "" }

func deleted(m *v1alpha1.MaaSModel) {
	m.DeletionTimestamp = &metav1.Time{Time: time.Unix(1750000000, 0)}
}

// id makes the status say what the model's id is.
func id(id string) func(*v1alpha1.MaaSModel) {
	return func(m *v1alpha1.MaaSModel) { m.Status.ID = id }
}

func newRenderer(t testing.TB) *Renderer {
	t.Helper()
	policy, err := access.NewPolicy(access.ClusterLocal(""), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Renderer{Kinds: kind.NewLive(catalogue.BuiltIn(t)), Policy: policy}
}

func render(t testing.TB, r *Renderer, models ...*v1alpha1.MaaSModel) *Snapshot {
	t.Helper()
	s, err := r.Render(models, time.Unix(1800000000, 0))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// listed are the ids and whose they are, "id=namespace/name", in order.
func listed(s *Snapshot) []string {
	var all []string
	for _, e := range s.Entries() {
		all = append(all, e.ID+"="+e.Namespace+"/"+e.Name)
	}
	return all
}

func TestIDs(t *testing.T) {
	for name, test := range map[string]struct {
		models []*v1alpha1.MaaSModel
		want   []string
	}{
		"a name of its own is the id": {
			[]*v1alpha1.MaaSModel{model("b", "zeta", 0), model("a", "alpha", 1)},
			[]string{"alpha=a/alpha", "zeta=b/zeta"},
		},
		"the status says whose the name is, not the age": {
			[]*v1alpha1.MaaSModel{model("a", "granite", 1, id("a/granite")), model("b", "granite", 2, id("granite"))},
			[]string{"a/granite=a/granite", "granite=b/granite"},
		},
		"a name that the statuses give to nobody is nobody's": {
			[]*v1alpha1.MaaSModel{model("a", "granite", 1, id("a/granite"))},
			[]string{"a/granite=a/granite"},
		},
		"two that claim it by status: the older keeps it": {
			[]*v1alpha1.MaaSModel{model("a", "granite", 2, id("granite")), model("b", "granite", 1, id("granite"))},
			[]string{"a/granite=a/granite", "granite=b/granite"},
		},
		"the id of another model is no id, whoever wrote it": {
			[]*v1alpha1.MaaSModel{
				model("a", "granite", 1, id("granite")), model("b", "granite", 2, id("a/granite")), model("b", "zeta", 2, id("granite")),
			},
			[]string{"b/granite=b/granite", "granite=a/granite", "zeta=b/zeta"},
		},
		"an older one without an id does not take it from one that has it": {
			[]*v1alpha1.MaaSModel{model("a", "granite", 1), model("b", "granite", 2, id("granite"))},
			[]string{"a/granite=a/granite", "granite=b/granite"},
		},
		"without any in the statuses the oldest has the name": {
			[]*v1alpha1.MaaSModel{model("a", "granite", 9), model("b", "granite", 1), model("c", "granite", 5)},
			[]string{"a/granite=a/granite", "c/granite=c/granite", "granite=b/granite"},
		},
		"of equal age, the first namespace does": {
			[]*v1alpha1.MaaSModel{model("b", "granite", 1), model("a", "granite", 1)},
			[]string{"b/granite=b/granite", "granite=a/granite"},
		},
		"a model without an endpoint is not listed": {
			[]*v1alpha1.MaaSModel{model("a", "granite", 1, noEndpoint), model("a", "zeta", 1)},
			[]string{"zeta=a/zeta"},
		},
		"but keeps its name: an id never silently means another model": {
			[]*v1alpha1.MaaSModel{model("a", "granite", 1, noEndpoint), model("b", "granite", 2)},
			[]string{"b/granite=b/granite"},
		},
		"one that is being deleted is not listed, and keeps its name until it is gone": {
			[]*v1alpha1.MaaSModel{model("a", "granite", 1, deleted), model("b", "granite", 2), model("a", "zeta", 1)},
			[]string{"b/granite=b/granite", "zeta=a/zeta"},
		},
		"ids are sorted by byte, as the same everywhere": {
			[]*v1alpha1.MaaSModel{model("a", "m10", 1), model("a", "m2", 1), model("a", "m-1", 1), model("a", "m.1", 1)},
			[]string{"m-1=a/m-1", "m.1=a/m.1", "m10=a/m10", "m2=a/m2"},
		},
		"no models": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := render(t, newRenderer(t), test.models...)
			if diff := cmp.Diff(test.want, listed(s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for i, e := range s.Entries() {
				for _, id := range []string{e.ID, e.Namespace + "/" + e.Name} {
					if place, ok := s.Find(id); !ok || place != i {
						t.Errorf("%s is found at %d, %v, want %d", id, place, ok, i)
					}
				}
			}
		})
	}
}

func TestModelObject(t *testing.T) {
	for name, test := range map[string]struct {
		model *v1alpha1.MaaSModel
		want  string
	}{
		"unknown fields are left out": {
			model("a", "granite", 0),
			`{"id":"granite","object":"model","created":1700000000,"owned_by":"a","url":"http://granite.a.svc","ready":true,"kind":"llmisvc"}`,
		},
		"known fields are all there": {
			model("a", "granite", 7, func(m *v1alpha1.MaaSModel) {
				m.Status.Phase = v1alpha1.PhaseUnhealthy
				m.Status.Model = &v1alpha1.ModelInfo{
					DisplayName: "Granite", Description: "Speaks & listens", ContextLength: 8192, MaxOutputTokens: 1024,
					Capabilities: []string{"chat", "tools"}, Aliases: []string{"ibm/granite"},
				}
			}),
			`{"id":"granite","object":"model","created":1700000007,"owned_by":"a","url":"http://granite.a.svc","ready":false,"kind":"llmisvc",` +
				`"name":"Granite","description":"Speaks \u0026 listens","context_length":8192,"max_model_len":8192,"max_output_tokens":1024,` +
				`"capabilities":["chat","tools"],"aliases":["ibm/granite"]}`,
		},
		"an alias becomes the canonical kind": {
			model("a", "granite", 0, func(m *v1alpha1.MaaSModel) { m.Status.Kind = "" }),
			`{"id":"granite","object":"model","created":1700000000,"owned_by":"a","url":"http://granite.a.svc","ready":true,"kind":"llmisvc"}`,
		},
		"a kind that nobody here knows is served": {
			model("a", "granite", 0, func(m *v1alpha1.MaaSModel) { m.Status.Kind, m.Spec.ModelRef.Kind = "", "Brandnew" }),
			`{"id":"granite","object":"model","created":1700000000,"owned_by":"a","url":"http://granite.a.svc","ready":true,"kind":"Brandnew"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := render(t, newRenderer(t), test.model)
			if diff := cmp.Diff(test.want, string(s.Entries()[0].JSON)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheSameStateGivesTheSameBytes(t *testing.T) {
	var models []*v1alpha1.MaaSModel
	for i := range 60 {
		models = append(models, model(fmt.Sprint("ns", i%7), fmt.Sprint("m", i%20), int64(i%3)))
	}
	bytesOf := func(s *Snapshot) []byte {
		var all []byte
		for _, e := range s.Entries() {
			all = append(all, e.JSON...)
		}
		return all
	}
	want := bytesOf(render(t, newRenderer(t), models...))
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		random.Shuffle(len(models), func(i, j int) { models[i], models[j] = models[j], models[i] })
		if got := bytesOf(render(t, newRenderer(t), models...)); !bytes.Equal(want, got) {
			t.Fatal("another order of the same models gives other bytes")
		}
	}
}

func TestOnlyWhatChangedIsRenderedAgain(t *testing.T) {
	r := newRenderer(t)
	first := render(t, r, model("a", "one", 1), model("a", "two", 2), model("b", "two", 1))
	changed := model("a", "one", 1, func(m *v1alpha1.MaaSModel) { m.ResourceVersion, m.Status.Phase = "2", v1alpha1.PhasePending })
	renamed := model("a", "two", 2, id("two")) // b/two is gone, and a/two gets its name
	second := render(t, r, changed, renamed)
	if diff := cmp.Diff([]string{"one=a/one", "two=a/two"}, listed(second)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if second.Entries()[0].Ready {
		t.Error("a change was not rendered")
	}
	if !strings.Contains(string(second.Entries()[1].JSON), `"id":"two"`) {
		t.Errorf("a new id was not rendered: %s", second.Entries()[1].JSON)
	}
	third := render(t, r, changed, renamed)
	for i := range third.Entries() {
		if third.Entries()[i] != second.Entries()[i] || third.Targets()[i] != second.Targets()[i] {
			t.Errorf("%s was rendered again", third.Entries()[i].ID)
		}
	}
	if first.Generation != 1 || second.Generation != 2 || third.Generation != 3 {
		t.Errorf("generations %d, %d, %d", first.Generation, second.Generation, third.Generation)
	}
	if diff := cmp.Diff([]string{"a/two=a/two", "one=a/one", "two=b/two"}, listed(first)); diff != "" {
		t.Errorf("an earlier snapshot has changed (-want +got):\n%s", diff)
	}
}

// Where a kind says that its endpoints are not asked, readiness decides alone.
func TestUnaskedKind(t *testing.T) {
	set, err := registry.Load(registry.Source{FS: fstest.MapFS{"a.yaml": {Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Open}
spec:
  description: a backend that anybody may use
  noReferent: the backend runs outside of the cluster
  noEndpoint: set spec.endpointOverride to the address of the service
  probe: {policy: Never}
`)}}})
	if err != nil {
		t.Fatal(err)
	}
	r := newRenderer(t)
	r.Kinds = kind.NewLive(set)
	open := func(m *v1alpha1.MaaSModel) { m.Spec.ModelRef.Kind, m.Status.Kind = "Open", "Open" }
	unready := func(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhaseUnhealthy }
	s := render(t, r, model("ns", "a", 0, open), model("ns", "b", 0, open, unready), model("ns", "c", 0, open, noEndpoint))
	checker, err := access.NewChecker(t.Context(), access.Config{
		Limits: access.DefaultLimits(), Policy: r.Policy, Log: slog.New(slog.DiscardHandler),
		Registry: prometheus.NewRegistry(), Clock: clock.RealClock{},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer checker.Close()
	callers, err := access.NewCallers(nil, true)
	if err != nil {
		t.Fatal(err)
	}
	anybody, err := callers.Identify(http.Header{})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := make([]access.Decision, len(s.Targets()))
	checker.Check(t.Context(), anybody, s.Targets(), verdicts)
	if diff := cmp.Diff([]access.Decision{access.Allowed, access.Denied}, verdicts); diff != "" {
		t.Errorf("verdicts on the ready and the unready one (-want +got):\n%s", diff)
	}
}
