package engine_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/catalogue"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// as runs the engine as a user without any role but those bound to it.
func as(user string) setting {
	return func(config *rest.Config, _ *manager.Options, _ *engine.Options) {
		config.Impersonate = rest.ImpersonationConfig{UserName: user}
	}
}

// bind gives a user the rules of a ClusterRole of its own.
func bind(t testing.TB, env *testenv.Env, user, name string, rules []rbacv1.PolicyRule) {
	t.Helper()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
	}
	for _, object := range []client.Object{role, binding} {
		if err := env.Client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			err := env.Client.Delete(context.WithoutCancel(t.Context()), object)
			if client.IgnoreNotFound(err) != nil {
				t.Errorf("deleting %s: %v", object.GetName(), err)
			}
		})
	}
}

// controllerRules are those of the controller's roles in config/rbac.
func controllerRules(t testing.TB) []rbacv1.PolicyRule {
	t.Helper()
	var rules []rbacv1.PolicyRule
	for _, file := range []string{"controller.yaml", "controller-kinds.yaml"} {
		role := &rbacv1.ClusterRole{}
		if err := yaml.UnmarshalStrict([]byte(read(t, "../config/rbac/"+file)), role); err != nil {
			t.Fatal(err)
		}
		rules = append(rules, role.Rules...)
	}
	return rules
}

// A permission that is missing is said with what to grant, and noticed when it
// is granted.
func TestForbiddenThenGranted(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	bind(t, env, "limited", "limited", controllerRules(t))
	c := run(t, env, w.kinds, as("limited"))
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonForbidden})
	want := `the controller may not read Widget.` + w.group + `: grant its service account the verbs "list" and "watch" on resource "widgets" in API group "` + w.group + `"`
	if got := condition(model, v1alpha1.ConditionReferenceResolved).Message; got != want {
		t.Errorf("message %q, want %q", got, want)
	}

	list := rbacv1.PolicyRule{APIGroups: []string{w.group}, Resources: []string{"widgets"}, Verbs: []string{"list"}}
	bind(t, env, "limited", "limited-lists", []rbacv1.PolicyRule{list})
	watch := list
	watch.Verbs = []string{"watch"}
	bind(t, env, "limited", "limited-watches", []rbacv1.PolicyRule{watch})
	expect(t, env, model, standsReady)
	if loud := c.log.loud(); len(loud) != 1 {
		t.Errorf("logged %d lines of alarm, want 1 for one refusal:\n%q", len(loud), loud)
	}
}

// A permission that is taken away is noticed when the API server next ends the
// watch, which it does every few minutes, and so is its return: for a referent,
// and for what is read beside one.
func TestRevokedThenGranted(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	namespace := env.Namespace(t)
	widget := w.spec(t)
	rules := append(controllerRules(t), rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"list", "watch"}})
	bind(t, env, "revoked", "revoked", rules)
	asked := &streams{path: "/widgets"}
	c := run(t, env, load(t, widget, strings.ReplaceAll(relying, "GROUP", w.group)), as("revoked"), asked.of)
	w.apply(t, namespace, "granite", ready)
	models := []*v1alpha1.MaaSModel{modelOf(t, env, namespace, "widget"), modelOf(t, env, namespace, "Relying")}

	for _, round := range []string{"first", "second"} {
		for _, model := range models {
			expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonForbidden})
		}
		bind(t, env, "revoked", "revoked-"+round, []rbacv1.PolicyRule{
			{APIGroups: []string{w.group}, Resources: []string{"widgets"}, Verbs: []string{"list", "watch"}}})
		for _, model := range models {
			expect(t, env, model, standsReady)
		}
		binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "revoked-" + round}}
		if err := env.Client.Delete(t.Context(), binding); err != nil {
			t.Fatal(err)
		}
		testenv.Eventually(t, patience, func() error {
			// It may be opened once more before the API server knows of the change.
			asked.end()
			return expectMetric(t, c, "maas_referent_watch", map[string]string{"group": w.group, "state": "Forbidden"}, 1)
		})
	}
	for _, model := range models {
		expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonForbidden})
	}
}

// Without access to CustomResourceDefinitions the engine still works.
func TestDefinitionsForbidden(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace := env.Namespace(t)
	var rules []rbacv1.PolicyRule
	for _, rule := range controllerRules(t) {
		if rule.APIGroups[0] != "apiextensions.k8s.io" {
			rules = append(rules, rule)
		}
	}
	rules = append(rules, rbacv1.PolicyRule{APIGroups: []string{w.group}, Resources: []string{"widgets"}, Verbs: []string{"list", "watch"}})
	bind(t, env, "blind", "blind", rules)
	run(t, env, w.kinds, as("blind"))
	w.apply(t, namespace, "granite", ready)
	model := createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	expect(t, env, model, standsReady)
	w.uninstall(t)
	expect(t, env, model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonCRDNotInstalled})
}

// Whether a referent exists in a namespace that must not be referred to is not told.
func TestCrossNamespaceDenied(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceDeny)
	w.install(t)
	here, there := env.Namespace(t), env.Namespace(t)
	run(t, env, w.kinds)
	w.apply(t, there, "granite", ready)
	for _, name := range []string{"granite", "absent"} {
		model := createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: name, Namespace: there})
		expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonNamespaceNotAllowed})
		if model.Status.Referent != nil {
			t.Errorf("status.referent tells of %+v", *model.Status.Referent)
		}
	}
}

// The committed samples are admitted, and each names a built-in kind.
func TestSamples(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	builtIn := catalogue.BuiltIn(t)
	files, err := filepath.Glob("../config/samples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples (%v)", err)
	}
	namespace := env.Namespace(t)
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		model := &v1alpha1.MaaSModel{}
		if err := yaml.UnmarshalStrict([]byte(read(t, file)), model); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		model.Namespace = namespace
		create(t, env, model)
		if _, ok := builtIn.Lookup(model.Spec.ModelRef.Kind); !ok {
			t.Errorf("%s: no built-in kind is named %s", file, model.Spec.ModelRef.Kind)
		}
	}
}
