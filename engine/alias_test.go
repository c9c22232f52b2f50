package engine_test

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// A MaaSModel that stands for another follows it from backend to backend. MaaSModels
// that stand for each other in a circle keep none Ready, and say which way it goes.
func TestModelStandsForAnother(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	blue := w.apply(t, namespace, "blue", facts{"verdict": "Ready", "url": "https://blue.example.com"})
	w.apply(t, namespace, "green", facts{"verdict": "Ready", "url": "https://green.example.com"})
	run(t, env, load(t, w.spec(t), read(t, "../kinds/MaaSModel/kind.yaml")))

	toWidget := func(name string) v1alpha1.ModelReference {
		return v1alpha1.ModelReference{Kind: "Widget", Name: name}
	}
	toModel := func(name string) v1alpha1.ModelReference {
		return v1alpha1.ModelReference{Kind: "MaaSModel", Name: name}
	}
	named := func(name string, ref v1alpha1.ModelReference) *v1alpha1.MaaSModel {
		model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: v1alpha1.MaaSModelSpec{ModelRef: ref}}
		create(t, env, model)
		return model
	}
	point := func(model *v1alpha1.MaaSModel, ref v1alpha1.ModelReference) {
		t.Helper()
		change := client.MergeFrom(model.DeepCopy())
		model.Spec.ModelRef = ref
		if err := env.Client.Patch(t.Context(), model, change); err != nil {
			t.Fatal(err)
		}
	}
	says := func(model *v1alpha1.MaaSModel, path string) {
		t.Helper()
		expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonCircularReference})
		path = strings.ReplaceAll(path, "NS", namespace)
		if got := condition(model, v1alpha1.ConditionReady).Message; !strings.Contains(got, path) {
			t.Errorf("%s says %q, want the path %s", model.Name, got, path)
		}
	}
	atBlue := stands{v1alpha1.PhaseReady, "https://blue.example.com", v1alpha1.ReasonReady}
	atGreen := stands{v1alpha1.PhaseReady, "https://green.example.com", v1alpha1.ReasonReady}

	first := named("real", toWidget("blue"))
	alias := named("alias", toModel("real"))
	second := named("second", toModel("alias"))
	for _, model := range []*v1alpha1.MaaSModel{first, alias, second} {
		expect(t, env, model, atBlue)
	}

	t.Log("the model moves to another backend, and is lost there")
	point(first, toWidget("green"))
	expect(t, env, second, atGreen)
	point(first, toWidget("blue"))
	expect(t, env, second, atBlue)
	w.delete(t, blue)
	expect(t, env, second, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonBackendProgressing})
	w.apply(t, namespace, "blue", facts{"verdict": "Ready", "url": "https://blue.example.com"})
	expect(t, env, second, atBlue)

	t.Log("the circle closes while all are Ready, and is opened somewhere else")
	point(first, toModel("second"))
	says(first, "NS/real → NS/second → NS/alias → NS/real")
	for _, model := range []*v1alpha1.MaaSModel{alias, second} {
		says(model, " → ")
	}
	point(second, toWidget("green"))
	for _, model := range []*v1alpha1.MaaSModel{second, first, alias} {
		expect(t, env, model, atGreen)
	}

	t.Log("a model that stands for itself")
	point(second, toModel("second"))
	says(second, "NS/second → NS/second")
}
