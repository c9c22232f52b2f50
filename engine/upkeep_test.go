package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	appsv1 "k8s.io/api/apps/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// upkeep is a ModelKind that breaks, the kind of a file that it replaces, and the
// namespace where its last good revision is kept.
type upkeep struct {
	env      *testenv.Env
	w        *widgets
	state    string
	file     registry.Source
	model    *v1alpha1.MaaSModel
	resource *v1alpha1.ModelKind
}

// Where the model is by each revision; broken has none.
const (
	byFirst  = "http://granite.example.com"
	bySecond = "http://other.example.com"
	byFile   = "http://file.example.com"
)

func newUpkeep(t *testing.T) *upkeep {
	t.Helper()
	env := server.Lend(t)
	u := &upkeep{env: env, w: newWidgets(t, env, kind.CrossNamespaceDeny), state: env.Namespace(t)}
	u.w.install(t)
	u.file = registry.Source{Name: "file", FS: fstest.MapFS{"0.yaml": {Data: []byte(u.w.spec(t, "$.status.url", "$.status.file"))}}}
	namespace := env.Namespace(t)
	u.w.apply(t, namespace, "granite", facts{"verdict": "Ready", "url": byFirst, "other": bySecond, "file": byFile})
	u.model = createModel(t, env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: "granite"})
	return u
}

func (u *upkeep) run(t *testing.T, settings ...setting) *controller {
	t.Helper()
	keeping := func(_ *rest.Config, _ *manager.Options, options *engine.Options) { options.IDNamespace = u.state }
	return run(t, u.env, nil, append(settings, withResources(t, u.file), keeping)...)
}

// first, second and broken are what the ModelKind is edited to.
func (u *upkeep) first(t *testing.T) { u.edit(t, "$.status.url") }

func (u *upkeep) second(t *testing.T) { u.edit(t, "$.status.other") }

func (u *upkeep) broken(t *testing.T) { u.edit(t, "$.status[") }

func (u *upkeep) edit(t *testing.T, path string) {
	t.Helper()
	u.resource = applyKind(t, u.env, u.w.spec(t, "$.status.url", path))
}

func (u *upkeep) expectAt(t *testing.T, url string) {
	t.Helper()
	expect(t, u.env, u.model, stands{v1alpha1.PhaseReady, url, v1alpha1.ReasonReady})
}

// expectAccepted waits until Accepted has a reason, and says something.
func (u *upkeep) expectAccepted(t *testing.T, reason, says string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		if err := u.env.Client.Get(t.Context(), client.ObjectKeyFromObject(u.resource), u.resource); err != nil {
			return err
		}
		c := meta.FindStatusCondition(u.resource.Status.Conditions, v1alpha1.ConditionAccepted)
		if c == nil || c.Reason != reason || c.ObservedGeneration != u.resource.Generation || !strings.Contains(c.Message, says) {
			return fmt.Errorf("accepted is %+v, want the reason %s and %q", c, reason, says)
		}
		return nil
	})
}

// kept are the revisions that there are.
func (u *upkeep) kept(t *testing.T) []appsv1.ControllerRevision {
	t.Helper()
	list := &appsv1.ControllerRevisionList{}
	if err := u.env.Client.List(t.Context(), list, client.InNamespace(u.state)); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// expectKept waits until exactly one revision is kept, of a generation, and the
// status names it.
func (u *upkeep) expectKept(t *testing.T, generation int64) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		if err := u.env.Client.Get(t.Context(), client.ObjectKeyFromObject(u.resource), u.resource); err != nil {
			return err
		}
		all, said := u.kept(t), u.resource.Status.LastGood
		if len(all) != 1 || said == nil || all[0].Name != said.Name || all[0].Revision != generation || said.Generation != generation {
			return fmt.Errorf("kept are %+v, and the status names %+v, want generation %d", all, said, generation)
		}
		return nil
	})
}

// breakIt has the first revision in force, and then the spec broken.
func (u *upkeep) breakIt(t *testing.T) {
	t.Helper()
	u.first(t)
	u.expectAt(t, byFirst)
	u.expectKept(t, 1)
	u.broken(t)
	u.expectAccepted(t, v1alpha1.ReasonServingPreviousRevision, "of generation 1, kept since ")
}

// asTheAPI is the revision that is in force in another program which starts, under
// the roles of maas-api.
func (u *upkeep) asTheAPI(t *testing.T) string {
	t.Helper()
	const user = "reads-kinds"
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}}
	bind(t, u.env, user, user, []rbacv1.PolicyRule{
		{APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{"modelkinds"}, Verbs: []string{"list", "watch"}}})
	role := testenv.ReadObjects(t, "../config/rbac/kind-revisions.yaml")[1]
	role.SetNamespace(u.state)
	u.env.Apply(t, role)
	binding := &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Namespace: u.state, Name: user}, Subjects: subjects,
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.GetName()}}
	if err := u.env.Client.Create(t.Context(), binding); err != nil {
		t.Fatal(err)
	}
	config := rest.CopyConfig(u.env.Config)
	config.Impersonate.UserName = user
	u.awaitReader(t, config)
	options := engine.Options{}
	withResources(t, u.file)(config, nil, &options)
	<-options.ModelKinds.Settled()
	k, _ := options.Kinds.Set().Lookup("Widget")
	return k.Revision()
}

// awaitReader waits until roles that were just granted are in force.
func (u *upkeep) awaitReader(t *testing.T, config *rest.Config) {
	t.Helper()
	reader, err := client.New(config, client.Options{Scheme: u.env.Client.Scheme()})
	if err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, patience, func() error {
		said := u.resource.Status.LastGood
		return reader.Get(t.Context(), client.ObjectKey{Namespace: said.Namespace, Name: said.Name}, &appsv1.ControllerRevision{})
	})
}
