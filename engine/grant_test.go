package engine_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

const grantsCRD = "referencegrants.gateway.networking.k8s.io"

// serveGrants is for one test: tests that find no ReferenceGrants share the server.
func serveGrants(t testing.TB, env *testenv.Env) {
	t.Helper()
	env.InstallCRDs(t, "testdata/referencegrant-crd.yaml")
}

// under sets --cross-namespace.
func under(policy kind.CrossNamespacePolicy) setting {
	return func(_ *rest.Config, _ *manager.Options, options *engine.Options) { options.CrossNamespace = policy }
}

// permit is a grant for MaaSModels of a namespace to widgets of another: to all,
// or to those that are named.
func (w *widgets) permit(t testing.TB, from, to string, names ...string) *unstructured.Unstructured {
	t.Helper()
	var targets []any
	for _, name := range names {
		targets = append(targets, map[string]any{"group": w.group, "kind": "Widget", "name": name})
	}
	if len(names) == 0 {
		targets = []any{map[string]any{"group": w.group, "kind": "Widget"}}
	}
	grant := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{
		"from": []any{map[string]any{"group": v1alpha1.GroupVersion.Group, "kind": "MaaSModel", "namespace": from}},
		"to":   targets,
	}}}
	grant.SetAPIVersion("gateway.networking.k8s.io/v1beta1")
	grant.SetKind("ReferenceGrant")
	grant.SetNamespace(to)
	grant.SetName("lend")
	w.env.Apply(t, grant)
	return grant
}

var standsRefused = stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonRefNotPermitted}

// A grant counts from when it is made to when it is changed or revoked, with no
// restart; while there is no such thing as a grant there are none.
func TestGrantsComeAndGo(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceGrant)
	w.install(t)
	here, there := env.Namespace(t), env.Namespace(t)
	c := run(t, env, w.kinds)
	w.apply(t, there, "granite", ready)
	model := createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: "granite", Namespace: there})
	expect(t, env, model, standsRefused)
	if message := condition(model, v1alpha1.ConditionReferenceResolved).Message; !strings.Contains(message, "does not serve ReferenceGrant") {
		t.Errorf("the message does not say that there are no grants: %s", message)
	}

	for range 2 {
		serveGrants(t, env)
		grant := w.permit(t, here, there)
		expect(t, env, model, standsReady)
		w.delete(t, grant)
		expect(t, env, model, standsRefused)
		w.permit(t, here, there, "granite", "mistral")
		expect(t, env, model, standsReady)
		w.permit(t, here, there, "mistral")
		expect(t, env, model, standsRefused)
		w.permit(t, here, there)
		expect(t, env, model, standsReady)
		w.permit(t, there, there)
		expect(t, env, model, standsRefused)
		w.permit(t, here, there)
		expect(t, env, model, standsReady)
		env.UninstallCRDs(t, grantsCRD)
		expect(t, env, model, standsRefused)
	}
	if model.Status.Referent != nil || model.Status.Model != nil {
		t.Errorf("after the grant has gone the status still tells of %+v, %+v", model.Status.Referent, model.Status.Model)
	}
	for _, line := range c.log.loud() {
		t.Errorf("logged: %s", line)
	}
}

// A grant lets no other namespace in, and opens no other.
func TestGrantForOthers(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceGrant)
	w.install(t)
	serveGrants(t, env)
	defer env.UninstallCRDs(t, grantsCRD)
	granted, other, there := env.Namespace(t), env.Namespace(t), env.Namespace(t)
	run(t, env, w.kinds)
	w.permit(t, granted, there, "granite")
	for _, namespace := range []string{there, other} {
		w.apply(t, namespace, "granite", ready)
		w.apply(t, namespace, "mistral", ready)
	}
	for name, test := range map[string]struct {
		from, to, name string
		want           stands
	}{
		"the one that is granted":     {granted, there, "granite", standsReady},
		"another object":              {granted, there, "mistral", standsRefused},
		"another namespace's":         {granted, other, "granite", standsRefused},
		"from another namespace":      {other, there, "granite", standsRefused},
		"in the own namespace":        {there, "", "granite", standsReady},
		"in the own, that is written": {there, there, "mistral", standsReady},
	} {
		t.Run(name, func(t *testing.T) {
			model := createModel(t, env, test.from, v1alpha1.ModelReference{Kind: "Widget", Name: test.name, Namespace: test.to})
			expect(t, env, model, test.want)
		})
	}
}

// A refusal is the same for a referent that exists and one that does not, and
// stays as it is when the referent comes, changes and goes.
func TestRefusalTellsNothing(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceGrant)
	w.install(t)
	serveGrants(t, env)
	defer env.UninstallCRDs(t, grantsCRD)
	here, there := env.Namespace(t), env.Namespace(t)
	run(t, env, w.kinds)
	w.apply(t, there, "granite", ready)
	w.permit(t, here, there, "another")
	statuses := map[string]v1alpha1.MaaSModelStatus{}
	models := map[string]*v1alpha1.MaaSModel{}
	for _, name := range []string{"granite", "absent"} {
		models[name] = createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: name, Namespace: there})
		expect(t, env, models[name], standsRefused)
		statuses[name] = timeless(models[name].Status)
	}
	for name, status := range statuses { // The id is the model's own, whatever the widget is.
		if status.ID != name {
			t.Errorf("the id of %s is %q", name, status.ID)
		}
		status.ID = ""
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionNameAccepted)
		statuses[name] = status
	}
	if diff := cmp.Diff(statuses["granite"], statuses["absent"]); diff != "" {
		t.Errorf("the statuses tell them apart (-exists +does not):\n%s", diff)
	}

	widget := w.apply(t, there, "absent", ready)
	w.apply(t, there, "absent", facts{"verdict": "Broken"})
	w.delete(t, widget)
	// What happened to the widgets has been seen when a model that may see them has.
	w.apply(t, there, "last", ready)
	last := createModel(t, env, there, v1alpha1.ModelReference{Kind: "Widget", Name: "last"})
	expect(t, env, last, standsReady)
	for name, model := range models {
		before := model.ResourceVersion
		if err := refresh(t, env, model); err != nil || model.ResourceVersion != before {
			t.Errorf("the status of %s was written again (%v)", name, err)
		}
		expectEvents(t, env, model, []string{"Warning RefNotPermitted Resolve: Pending → Failed: " +
			condition(model, v1alpha1.ConditionReady).Message})
	}
}

// The policy of the controller bounds what the kind says.
func TestCrossNamespacePolicy(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	serveGrants(t, env)
	defer env.UninstallCRDs(t, grantsCRD)
	denied := stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonNamespaceNotAllowed}
	for name, test := range map[string]struct {
		says   kind.CrossNamespace
		policy kind.CrossNamespacePolicy
		// bare is without, granted with a grant.
		bare, granted stands
	}{
		"kind allows":                 {kind.CrossNamespaceAllow, kind.CrossNamespaceByKind, standsReady, standsReady},
		"kind allows, grants needed":  {kind.CrossNamespaceAllow, kind.CrossNamespaceByGrant, standsRefused, standsReady},
		"kind denies, grants needed":  {kind.CrossNamespaceDeny, kind.CrossNamespaceByGrant, denied, denied},
		"kind allows, all denied":     {kind.CrossNamespaceAllow, kind.CrossNamespaceNever, denied, denied},
		"kind wants one, all denied":  {kind.CrossNamespaceGrant, kind.CrossNamespaceNever, denied, denied},
		"kind wants one, none spoken": {kind.CrossNamespaceGrant, "", standsRefused, standsReady},
	} {
		t.Run(strings.NewReplacer(" ", "-", ",", "").Replace(name), func(t *testing.T) {
			w := newWidgets(t, env, test.says)
			w.install(t)
			here, there := env.Namespace(t), env.Namespace(t)
			run(t, env, w.kinds, under(test.policy))
			w.apply(t, there, "granite", ready)
			w.apply(t, there, "mistral", ready)
			bare := createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: "mistral", Namespace: there})
			expect(t, env, bare, test.bare)
			w.permit(t, here, there, "granite")
			granted := createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: "granite", Namespace: there})
			expect(t, env, granted, test.granted)
		})
	}
}

// The version that is served is read, whichever it is, and whenever that changes.
func TestGrantVersions(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceGrant)
	w.install(t)
	serveGrants(t, env)
	defer env.UninstallCRDs(t, grantsCRD)
	here, there := env.Namespace(t), env.Namespace(t)
	run(t, env, w.kinds)
	w.apply(t, there, "granite", ready)
	grant := w.permit(t, here, there)
	model := createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: "granite", Namespace: there})
	expect(t, env, model, standsReady)

	env.ServeVersions(t, grantsCRD, "v1beta1")
	w.delete(t, grant)
	expect(t, env, model, standsRefused)
	w.permit(t, here, there)
	expect(t, env, model, standsReady)

	env.ServeVersions(t, grantsCRD)
	expect(t, env, model, standsRefused)
	env.ServeVersions(t, grantsCRD, "v1")
	expect(t, env, model, standsReady)
}

// Without the permission to read grants there are none, and it is said which
// permission that is; given later, it counts.
func TestGrantsForbidden(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceGrant)
	w.install(t)
	serveGrants(t, env)
	defer env.UninstallCRDs(t, grantsCRD)
	here, there := env.Namespace(t), env.Namespace(t)
	ofGrants := func(rule rbacv1.PolicyRule) bool { return slices.Contains(rule.Resources, "referencegrants") }
	rules := controllerRules(t)
	at := slices.IndexFunc(rules, ofGrants)
	if at < 0 {
		t.Fatal("the committed role has no rule for referencegrants")
	}
	granted := rules[at]
	rules = slices.DeleteFunc(rules, ofGrants)
	rules = append(rules, rbacv1.PolicyRule{APIGroups: []string{w.group}, Resources: []string{"widgets"}, Verbs: []string{"list", "watch"}})
	bind(t, env, "ungranted", "ungranted", rules)
	run(t, env, w.kinds, as("ungranted"))
	w.apply(t, there, "granite", ready)
	w.permit(t, here, there)
	model := createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: "granite", Namespace: there})
	expect(t, env, model, stands{v1alpha1.PhaseFailed, "", v1alpha1.ReasonForbidden})
	want := "a reference from namespace " + here + " to " + there + " needs a ReferenceGrant there, and none can be seen: " +
		`the controller may not read ReferenceGrant.gateway.networking.k8s.io: grant its service account the verbs "list" and "watch" on resource "referencegrants" in API group "gateway.networking.k8s.io"`
	if got := condition(model, v1alpha1.ConditionReferenceResolved).Message; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	bind(t, env, "ungranted", "granted-later", []rbacv1.PolicyRule{granted})
	expect(t, env, model, standsReady)
}

// Grants are watched while a kind in force needs any, and no longer.
func TestGrantsAreWatchedWhileNeeded(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	serveGrants(t, env)
	defer env.UninstallCRDs(t, grantsCRD)
	wanting, allowing := newWidgets(t, env, kind.CrossNamespaceGrant), newWidgets(t, env, kind.CrossNamespaceAllow)
	wanting.install(t)
	here, there := env.Namespace(t), env.Namespace(t)
	live := kind.NewLive(allowing.kinds)
	c := run(t, env, allowing.kinds, func(_ *rest.Config, _ *manager.Options, options *engine.Options) { options.Kinds = live })
	watched := func() bool {
		_, err := counted(t, c.registry, "maas_referent_watch", map[string]string{"kind": "ReferenceGrant"})
		return err == nil
	}
	wanting.apply(t, there, "granite", ready)
	model := createModel(t, env, here, v1alpha1.ModelReference{Kind: "Widget", Name: "granite", Namespace: there})
	expect(t, env, model, standsReady)
	if watched() {
		t.Error("grants are watched although no kind needs any")
	}
	live.Replace(wanting.kinds)
	expect(t, env, model, standsRefused)
	if !watched() {
		t.Error("grants are not watched although a kind needs them")
	}
	wanting.permit(t, here, there)
	expect(t, env, model, standsReady)
	live.Replace(allowing.kinds)
	testenv.Eventually(t, patience, func() error {
		if watched() {
			return errors.New("grants are still watched although no kind needs any")
		}
		return nil
	})
	expect(t, env, model, standsReady)
}

// The example of the page does what the page says.
func TestGrantPage(t *testing.T) {
	t.Parallel()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceGrant)
	w.install(t)
	serveGrants(t, env)
	defer env.UninstallCRDs(t, grantsCRD)
	here, there := env.Namespace(t), env.Namespace(t)
	run(t, env, w.kinds)
	w.apply(t, there, "granite", ready)
	inTest := strings.NewReplacer("team-a}", here+"}", "llm}", there+"}", "serving.kserve.io", w.group, "LLMInferenceService", "Widget")
	var examples []*unstructured.Unstructured
	for _, block := range strings.Split(read(t, "GRANTS.md"), "```yaml\n")[1:] {
		text, _, _ := strings.Cut(block, "```")
		objects, err := object.Read([]byte(inTest.Replace(text)))
		if err != nil {
			t.Fatal(err)
		}
		examples = append(examples, objects...)
	}
	if len(examples) != 2 {
		t.Fatalf("the page has %d examples, want a MaaSModel and a ReferenceGrant", len(examples))
	}
	model := &v1alpha1.MaaSModel{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(examples[0].Object, model); err != nil {
		t.Fatal(err)
	}
	create(t, env, model)
	expect(t, env, model, standsRefused)
	env.Apply(t, examples[1])
	expect(t, env, model, standsReady)
}
