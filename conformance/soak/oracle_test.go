package soak

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/resolve"
)

// scene is what the API server holds of a cast, as world writes it, with the statuses
// that a controller has written.
type scene struct {
	cast    []member
	members map[string]*wanted
	kind    string
	// served says whether the CRD of the gadgets is there.
	served bool
}

func newScene() *scene {
	s := &scene{cast: theCast(30), members: map[string]*wanted{}, kind: first, served: true}
	for _, m := range s.cast {
		s.members[m.name] = &wanted{model: up, state: up}
	}
	return s
}

func (c *scene) snapshot(t *testing.T) *snapshot {
	t.Helper()
	s := &snapshot{at: time.Unix(1_000_000, 0), models: map[string]*v1alpha1.MaaSModel{}, objects: map[schema.GroupKind]kind.Objects{}}
	add := func(o *unstructured.Unstructured) {
		group := o.GroupVersionKind().GroupKind()
		s.objects[group] = append(s.objects[group], o)
	}
	for _, gk := range []schema.GroupKind{{Kind: "Service"}, {Group: "discovery.k8s.io", Kind: "EndpointSlice"}, {Group: "soak.example.com", Kind: "Widget"}} {
		s.objects[gk] = kind.Objects{}
	}
	if c.served {
		s.objects[schema.GroupKind{Group: "soak.example.com", Kind: "Gadget"}] = kind.Objects{}
	}
	for _, m := range c.cast {
		w := *c.members[m.name]
		if w.model != absent {
			add(modelOf(m, w))
		}
		if w.state == absent || m.sort == gadgets && !c.served {
			continue
		}
		for _, p := range partsOf(m, w) {
			if m.sort == gadgets {
				p.object.SetGeneration(2)
				spoken := int64(2)
				if p.lags {
					spoken = 1
				}
				if err := unstructured.SetNestedField(p.object.Object, spoken, "status", "observedGeneration"); err != nil {
					t.Fatal(err)
				}
			}
			add(p.object)
		}
	}
	if c.kind != absent {
		o, err := kindSpec(c.kind)
		if err != nil {
			t.Fatal(err)
		}
		add(o)
	}
	if err := s.decode(); err != nil {
		t.Fatal(err)
	}
	return s
}

// sightings are those of a scene, by name, after each of the scenes before.
func sightings(t *testing.T, o *oracle, s *snapshot) map[string]sighting {
	t.Helper()
	all, err := o.look(t.Context(), s, s.at.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]sighting{}
	for _, one := range all {
		byName[one.name] = one
	}
	return byName
}

// What must be of a model follows from what is there; the engine and the rules that
// are written by hand say the same.
func TestOracleSaysWhatMustBe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*scene)
		model  string
		must   string
	}{
		"a Service with a ready endpoint": {nil, "service-0", "Ready service-0-v0.service.soak.test, by the engine BackendReady Ready"},
		"a Service whose Pods are not ready": {func(s *scene) { s.members["service-0"].state = down }, "service-0",
			"Pending or Unhealthy , by the engine BackendProgressing BackendProgressing"},
		"no Service":              {func(s *scene) { s.members["service-0"].state = absent }, "service-0", "Pending or Unhealthy , by the engine ReferenceLost ReferentNotFound"},
		"a Service that moved":    {func(s *scene) { s.members["service-0"].variant = 1 }, "service-0", "Ready service-0-v1.service.soak.test, by the engine BackendReady Ready"},
		"a gadget":                {nil, "gadget-1", "Ready gadget-1-v0.gadget.soak.test, by the engine BackendReady Ready"},
		"a gadget that failed":    {func(s *scene) { s.members["gadget-1"].state = failed }, "gadget-1", "Failed , by the engine BackendFailed BackendFailed"},
		"a gadget that lags":      {func(s *scene) { s.members["gadget-1"].state = lagging }, "gadget-1", "Pending or Unhealthy , by the engine BackendProgressing GenerationStale"},
		"gadgets without a CRD":   {func(s *scene) { s.served = false }, "gadget-1", "Pending or Unhealthy , by the engine ReferenceLost CRDNotInstalled"},
		"a widget":                {nil, "widget-1", "Ready widget-1-v0.widget.soak.test, by the engine BackendReady Ready"},
		"another kind of widgets": {func(s *scene) { s.kind = second }, "widget-1", "Ready widget-1-v1.widget.soak.test, by the engine BackendReady Ready"},
		"no kind of widgets":      {func(s *scene) { s.kind = absent }, "widget-1", "Failed , by the engine ReferenceRefused KindUnknown"},
		"a host":                  {nil, "host-0", "Ready host-0-v0.host.soak.test, by the engine BackendReady Ready"},
		"a kind that there is not": {func(s *scene) { s.members["host-0"].model = astray }, "host-0",
			"Failed , by the engine ReferenceRefused KindUnknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := newOracle(theCast(30))
			if err != nil {
				t.Fatal(err)
			}
			scene := newScene()
			if test.change != nil {
				test.change(scene)
			}
			got := sightings(t, o, scene.snapshot(t))[test.model]
			if got.must != test.must {
				t.Errorf("must be %q, want %q", got.must, test.must)
			}
			if got.serves != strings.HasPrefix(test.must, "Ready") {
				t.Errorf("serves is %t", got.serves)
			}
		})
	}
}

// The oracle notices a status that somebody has written by hand, whichever part of it
// is wrong, and finds nothing wrong with those that the engine decides.
func TestOracleNoticesWrongStatus(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*scene)
		model  string
		// status is written over what is right.
		status func(*v1alpha1.MaaSModelStatus)
		wrong  string
		ready  bool
	}{
		"as it is decided": {nil, "service-0", func(*v1alpha1.MaaSModelStatus) {}, "", false},
		"Ready although nobody is there": {func(s *scene) { s.members["service-0"].state = down }, "service-0",
			func(s *v1alpha1.MaaSModelStatus) { s.Phase = v1alpha1.PhaseReady }, "phase Ready, must be Unhealthy (BackendProgressing)", true},
		"not Ready although it serves": {nil, "gadget-1",
			func(s *v1alpha1.MaaSModelStatus) { s.Phase = v1alpha1.PhasePending }, "phase Pending, must be Ready (Ready)", false},
		"Ready at where it was before": {nil, "widget-1",
			func(s *v1alpha1.MaaSModelStatus) { s.Endpoint = "http://widget-1-v1.widget.soak.test" },
			`endpoint "http://widget-1-v1.widget.soak.test", must be "http://widget-1-v0.widget.soak.test"`, true},
		"nothing was written": {nil, "host-0", func(s *v1alpha1.MaaSModelStatus) { *s = v1alpha1.MaaSModelStatus{} },
			`phase , must be Ready (Ready); endpoint "", must be "http://host-0-v0.host.soak.test"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := newOracle(theCast(30))
			if err != nil {
				t.Fatal(err)
			}
			scene := newScene()
			if test.change != nil {
				test.change(scene)
			}
			s := scene.snapshot(t)
			if err := o.follow(s); err != nil {
				t.Fatal(err)
			}
			for _, model := range s.models {
				decided, err := o.machine.Decide(t.Context(), model, resolve.Model(o.good, model, s, resolve.Options{}), s.at)
				if err != nil {
					t.Fatal(err)
				}
				model.Status = decided.Status
			}
			test.status(&s.models[test.model].Status)
			got := sightings(t, o, s)[test.model]
			if got.wrong != test.wrong || got.ready != test.ready {
				t.Errorf("wrong: %q, as Ready: %t; want %q, %t", got.wrong, got.ready, test.wrong, test.ready)
			}
		})
	}
}

// A kind that is refused leaves the last good one in force, for a controller that has
// seen it. One that has begun since may know none.
func TestOracleRemembersTheLastGoodKind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before string
		// began is when the controller did, from when the kind was refused.
		began time.Duration
		must  string
	}{
		"one that was there before":     {second, -time.Minute, "Ready widget-1-v1.widget.soak.test, by the engine BackendReady Ready"},
		"one that was never good":       {absent, -time.Minute, "Failed , by the engine ReferenceRefused KindUnknown"},
		"one that has begun afterwards": {second, time.Minute, "Failed , by the engine ReferenceRefused KindUnknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := newOracle(theCast(30))
			if err != nil {
				t.Fatal(err)
			}
			scene := newScene()
			scene.kind = test.before
			if err := o.follow(scene.snapshot(t)); err != nil {
				t.Fatal(err)
			}
			scene.kind = broken
			s := scene.snapshot(t)
			// What a controller that knows of no good kind has written.
			s.models["widget-1"].Status = v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseFailed,
				Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Reason: v1alpha1.ReasonKindUnknown}}}
			all, err := o.look(t.Context(), s, s.at.Add(test.began))
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range all {
				if one.name == "widget-1" && one.must != test.must {
					t.Errorf("must be %q, want %q", one.must, test.must)
				}
			}
		})
	}
}
