package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/engine/registry/modelkind"

	eventsv1 "k8s.io/api/events/v1"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// withResources is a setting: kinds come from the cluster's ModelKinds, after
// those of the sources, as in maas-controller.
func withResources(t testing.TB, sources ...registry.Source) setting {
	t.Helper()
	return func(config *rest.Config, _ *manager.Options, o *engine.Options) {
		log := slog.New(slog.NewJSONHandler(testOutput{t}, &slog.HandlerOptions{Level: slog.LevelError}))
		kinds, err := registry.NewSources(t.Context(), registry.Options{
			BuiltIn: sources, Origins: []string{modelkind.Origin}, Clock: clock.RealClock{}, Log: log})
		if err != nil {
			t.Fatal(err)
		}
		o.Kinds = kinds.Kinds()
		o.ModelKinds, err = modelkind.New(modelkind.Options{Cluster: config, Sources: kinds, Clock: clock.RealClock{}, Log: log})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		done := make(chan error, 1)
		go func() { done <- o.ModelKinds.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("following ModelKinds ended with: %v", err)
			}
		})
	}
}

// applyKind applies a kind-spec, and removes it at the test's end.
func applyKind(t testing.TB, env *testenv.Env, spec string) *v1alpha1.ModelKind {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(spec), &object.Object); err != nil {
		t.Fatal(err)
	}
	resource := &v1alpha1.ModelKind{}
	resource.Name = object.GetName()
	env.Apply(t, object)
	t.Cleanup(func() {
		err := env.Client.Delete(context.WithoutCancel(t.Context()), resource.DeepCopy())
		if client.IgnoreNotFound(err) != nil {
			t.Errorf("deleting the ModelKind: %v", err)
		}
	})
	return resource
}

// expectKind waits until a ModelKind says "Condition=Status Reason" for each
// condition, how many models there are, and what it reads.
func expectKind(t testing.TB, env *testenv.Env, resource *v1alpha1.ModelKind, models int32, want ...string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(resource), resource); err != nil {
			return err
		}
		var got []string
		for _, c := range resource.Status.Conditions {
			got = append(got, fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason))
		}
		if !slices.Equal(got, want) || resource.Status.Models != models || resource.Status.ObservedGeneration != resource.Generation {
			return fmt.Errorf("the ModelKind says %q and %d models, want %q and %d: %+v", got, resource.Status.Models, want, models, resource.Status)
		}
		return nil
	})
}

// A kind comes, changes, breaks, is mended and goes, as a resource.
func TestModelKindResource(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	namespace := env.Namespace(t)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	c := run(t, env, nil, withResources(t))
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown})

	resource := applyKind(t, env, w.spec(t))
	expectKind(t, env, resource, 1, "Accepted=True Accepted", "ReferentServed=False CRDNotInstalled", "Permitted=Unknown CRDNotInstalled")
	if want := w.group + " Widget"; resource.Status.Referent != want {
		t.Errorf("the referent is %q, want %q", resource.Status.Referent, want)
	}
	w.install(t)
	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "http://granite.example.com", "other": "http://other.example.com"})
	ready := []string{"ReferentServed=True Served", "Permitted=True Permitted"}
	accepted := slices.Concat([]string{"Accepted=True Accepted"}, ready)
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady})
	expectKind(t, env, resource, 1, accepted...)
	if want := w.group + "/v1 Widget"; resource.Status.Referent != want {
		t.Errorf("the referent is %q, want %q", resource.Status.Referent, want)
	}
	if resource.Status.Revision != model.Status.KindRevision {
		t.Errorf("the ModelKind is in revision %q, its model was decided by %q", resource.Status.Revision, model.Status.KindRevision)
	}

	applyKind(t, env, w.spec(t, "$.status.url", "$.status.other"))
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://other.example.com", v1alpha1.ReasonReady})
	expectKind(t, env, resource, 1, accepted...)
	good := resource.Status.Revision

	applyKind(t, env, w.spec(t, "$.status.url", "$.status[", "verdict, equals: Ready", "verdict, matches: '('"))
	expectKind(t, env, resource, 1, slices.Concat([]string{"Accepted=False ServingPreviousRevision"}, ready)...)
	message := meta.FindStatusCondition(resource.Status.Conditions, v1alpha1.ConditionAccepted).Message
	for _, want := range []string{"revision " + good + " stays in force", "\nspec.endpoint[0].path: ", "\nspec.health[1].when[0].matches: "} {
		if !strings.Contains(message, want) {
			t.Errorf("Accepted does not say %q: %s", want, message)
		}
	}
	if resource.Status.Revision != good {
		t.Errorf("revision %q is in force, want %q", resource.Status.Revision, good)
	}
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://other.example.com", v1alpha1.ReasonReady})
	expectEvent(t, env, resource, v1alpha1.ReasonServingPreviousRevision, "Warning")

	applyKind(t, env, w.spec(t))
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady})
	createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "widget", Name: "other"})
	expectKind(t, env, resource, 2, accepted...)

	if err := env.Client.Delete(t.Context(), resource.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown})
	for _, line := range c.log.loud() {
		if !strings.Contains(line, "ModelKind judged") {
			t.Errorf("logged: %s", line)
		}
	}
}

func expectEvent(t *testing.T, env *testenv.Env, about client.Object, reason, severity string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		list := &eventsv1.EventList{}
		if err := env.Client.List(t.Context(), list); err != nil {
			return err
		}
		if !slices.ContainsFunc(list.Items, func(e eventsv1.Event) bool {
			return e.Regarding.UID == about.GetUID() && e.Reason == reason && e.Type == severity
		}) {
			return fmt.Errorf("no event of type %s and reason %s", severity, reason)
		}
		return nil
	})
}

// A resource replaces the kind of a file, for as long as it is there, and a
// spec that was never good replaces nothing.
func TestModelKindReplacesFile(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	file := registry.Source{Name: "file", FS: fstest.MapFS{"0.yaml": {Data: []byte(w.spec(t))}}}
	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "http://granite.example.com", "other": "http://other.example.com"})
	run(t, env, nil, withResources(t, file))
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	byFile := stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady}
	expect(t, env, model, byFile)

	resource := applyKind(t, env, w.spec(t, "$.status.url", "$.status["))
	none := []string{"ReferentServed=Unknown NotAccepted", "Permitted=Unknown NotAccepted"}
	expectKind(t, env, resource, 0, slices.Concat([]string{"Accepted=False Invalid"}, none)...)
	expect(t, env, model, byFile)

	applyKind(t, env, w.spec(t, "$.status.url", "$.status.other"))
	expect(t, env, model, stands{v1alpha1.PhaseReady, "http://other.example.com", v1alpha1.ReasonReady})
	expectKind(t, env, resource, 1, "Accepted=True Accepted", "ReferentServed=True Served", "Permitted=True Permitted")
	accepted := meta.FindStatusCondition(resource.Status.Conditions, v1alpha1.ConditionAccepted)
	if diff := cmp.Diff("the kind is in force, in the place of file/0.yaml", accepted.Message); diff != "" {
		t.Errorf("Accepted (-want +got):\n%s", diff)
	}
	expectEvent(t, env, resource, "Replaces", "Normal")

	taken := applyKind(t, env, w.spec(t, "name: widget", "name: another", "[widget]", "[Widget]"))
	expectKind(t, env, taken, 0, slices.Concat([]string{"Accepted=False NameHeld"}, none)...)
	held := meta.FindStatusCondition(taken.Status.Conditions, v1alpha1.ConditionAccepted)
	if want := `"Widget" is held by modelkinds/widget`; !strings.Contains(held.Message, want) {
		t.Errorf("Accepted does not say %q: %s", want, held.Message)
	}
	if err := env.Client.Delete(t.Context(), resource.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	expect(t, env, model, byFile)
}

// Without permission the kind says what to grant, no watch is tried, and a
// permission that is granted later is noticed.
func TestModelKindPermitted(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	bind(t, env, "asks-first", "asks-first", controllerRules(t))
	sent := &traffic{}
	run(t, env, nil, as("asks-first"), sent.tap, withResources(t))
	resource := applyKind(t, env, w.spec(t))
	expectKind(t, env, resource, 0, "Accepted=True Accepted", "ReferentServed=True Served", "Permitted=False Forbidden")
	permitted := meta.FindStatusCondition(resource.Status.Conditions, v1alpha1.ConditionPermitted)
	for _, want := range []string{`"list" and "watch" on resource "widgets" in API group "` + w.group + `"`, "maasctl rbac"} {
		if !strings.Contains(permitted.Message, want) {
			t.Errorf("Permitted does not say %q: %s", want, permitted.Message)
		}
	}
	if got := sent.reads("/apis/" + w.group + "/v1/widgets"); got != 0 {
		t.Errorf("%d requests for widgets before they are permitted, want none", got)
	}
	bind(t, env, "asks-first", "asks-first-reads", []rbacv1.PolicyRule{
		{APIGroups: []string{w.group}, Resources: []string{"widgets"}, Verbs: []string{"list", "watch"}}})
	expectKind(t, env, resource, 0, "Accepted=True Accepted", "ReferentServed=True Served", "Permitted=True Permitted")
}

// Without the CRD of ModelKind the engine works; installed later it is noticed.
func TestModelKindCRDComesLater(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	const crd = "modelkinds.maas.opendatahub.io"
	definition := filepath.Join(testenv.Root(t), "config", "crd", "maas.opendatahub.io_modelkinds.yaml")
	defer env.InstallCRDs(t, definition) // for the next test
	env.UninstallCRDs(t, crd)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	run(t, env, nil, withResources(t))
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": "http://granite.example.com"})
	unknown := stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonKindUnknown}
	expect(t, env, model, unknown)
	for range 2 {
		env.InstallCRDs(t, definition)
		applyKind(t, env, w.spec(t))
		expect(t, env, model, stands{v1alpha1.PhaseReady, "http://granite.example.com", v1alpha1.ReasonReady})
		env.UninstallCRDs(t, crd)
		expect(t, env, model, unknown)
	}
}
