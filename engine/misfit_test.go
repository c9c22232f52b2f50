package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

const modelsCRD = "maasmodels.maas.opendatahub.io"

func misfit(namespace, name string, spec, status any) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	if status != nil {
		object.Object["status"] = status
	}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("MaaSModel"))
	object.SetNamespace(namespace)
	object.SetName(name)
	return object
}

// named is a MaaSModel that somebody else has made.
func named(namespace, name string) *v1alpha1.MaaSModel {
	model := &v1alpha1.MaaSModel{}
	model.Namespace, model.Name = namespace, name
	return model
}

// A MaaSModel that is not made as one, which only a CRD without its schema lets
// in, costs nobody else anything: not when it is there at the start, not when it
// comes, and not when the schema is back. It says itself what is wrong.
func TestModelThatDoesNotFit(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	w.apply(t, namespace, "granite", ready)
	good := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	tighten := env.LoosenCRD(t, modelsCRD)
	reference := map[string]any{"kind": "Widget", "name": "granite"}
	env.Misfit(t, misfit(namespace, "text", "granite", nil))
	env.Misfit(t, misfit(namespace, "published", map[string]any{"modelRef": "granite"},
		map[string]any{"phase": "Ready", "endpoint": "http://granite.example.com", "id": "published"}))
	env.Misfit(t, misfit(namespace, "status", map[string]any{"modelRef": reference}, map[string]any{"phase": "Ready", "conditions": "Ready"}))

	c := run(t, env, w.kinds)
	expect(t, env, good, standsReady)
	refused := stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonSpecInvalid}
	for _, name := range []string{"text", "published"} {
		expect(t, env, named(namespace, name), refused)
	}
	expect(t, env, named(namespace, "status"), standsReady)

	// One that comes while there is a watch, and then is mended.
	env.Misfit(t, misfit(namespace, "late", []any{"granite"}, nil))
	late := named(namespace, "late")
	expect(t, env, late, refused)
	if message := condition(late, v1alpha1.ConditionKindAccepted).Message; !strings.Contains(message, "spec is of type array") {
		t.Errorf("nobody is told what is wrong: %s", message)
	}
	w.apply(t, namespace, "granite", facts{"verdict": "Broken"})
	expect(t, env, good, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonBackendFailed})
	w.apply(t, namespace, "granite", ready)
	expect(t, env, good, standsReady)
	mended := misfit(namespace, "late", map[string]any{"modelRef": reference}, nil)
	mended.SetResourceVersion(late.ResourceVersion)
	if err := env.Client.Update(t.Context(), mended); err != nil {
		t.Fatal(err)
	}
	expect(t, env, late, standsReady)

	// The schema is back, and the objects are as they were.
	c.stop()
	published := named(namespace, "published")
	ready := client.RawPatch(types.MergePatchType, []byte(`{"status":{"phase":"Ready","endpoint":"http://granite.example.com"}}`))
	if err := env.Client.Status().Patch(t.Context(), published, ready); err != nil {
		t.Fatal(err)
	}
	tighten()
	run(t, env, w.kinds)
	expect(t, env, published, refused)
	expect(t, env, good, standsReady)
}

// A ModelKind whose status is of another time, and whose spec is none, keeps no
// other from being in force, and says what is wrong.
func TestModelKindThatDoesNotFit(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	w.apply(t, namespace, "granite", ready)
	applyKind(t, env, w.spec(t))
	env.LoosenCRD(t, "modelkinds.maas.opendatahub.io")
	storeKind(t, env, "text", map[string]any{"spec": "granite", "status": map[string]any{"models": "many", "conditions": "Accepted"}})

	run(t, env, nil, withResources(t))
	expect(t, env, createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"}), standsReady)
	expectInvalid(t, env, "text")
}

// ModelKinds that were stored before their CRD was as it is cost no other
// anything either. One that lost fields says what it lacks. The status of one
// whose fields are of other types is one that the API server does not take.
func TestModelKindOfAnotherTime(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	w.apply(t, namespace, "granite", ready)
	tighten := env.LoosenCRD(t, "modelkinds.maas.opendatahub.io")
	storeKind(t, env, "lost", map[string]any{"spec": map[string]any{"description": "d", "selection": "all"}})
	storeKind(t, env, "turned", map[string]any{"spec": map[string]any{"description": "d", "health": map[string]any{"ready": "yes"}}})
	tighten()

	run(t, env, nil, withResources(t))
	expectInvalid(t, env, "lost")
	resource := applyKind(t, env, w.spec(t))
	expect(t, env, createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"}), standsReady)
	expectKind(t, env, resource, 1, "Accepted=True Accepted", "ReferentServed=True Served", "Permitted=True Permitted")
}

// storeKind stores a ModelKind that only a loosened CRD takes.
func storeKind(t *testing.T, env *testenv.Env, name string, content map[string]any) {
	t.Helper()
	object := &unstructured.Unstructured{Object: content}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("ModelKind"))
	object.SetName(name)
	env.Misfit(t, object)
}

// expectInvalid waits until a ModelKind that may fit no type says so itself.
func expectInvalid(t *testing.T, env *testenv.Env, name string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		object := &unstructured.Unstructured{}
		object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("ModelKind"))
		if err := env.Client.Get(t.Context(), client.ObjectKey{Name: name}, object); err != nil {
			return err
		}
		status, _ := object.Object["status"].(map[string]any)
		conditions, _ := status["conditions"].([]any)
		for _, condition := range conditions {
			if c, _ := condition.(map[string]any); c["type"] == v1alpha1.ConditionAccepted && c["reason"] == v1alpha1.ReasonInvalid {
				return nil
			}
		}
		return fmt.Errorf("%s says %v, want Accepted with reason %s", name, status, v1alpha1.ReasonInvalid)
	})
}
