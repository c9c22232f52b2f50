package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
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
)

// contest is two namespaces with models of one name, and the namespace where
// names are kept.
type contest struct {
	env                    *testenv.Env
	w                      *widgets
	ours, strangers, state string
	name                   string
}

func newContest(t *testing.T) *contest {
	t.Helper()
	env := server.Lend(t)
	w := newWidgets(t, env, kind.CrossNamespaceAllow)
	w.install(t)
	c := &contest{env: env, w: w, ours: env.Namespace(t), strangers: env.Namespace(t), state: env.Namespace(t)}
	c.name = strings.ToLower(t.Name())
	return c
}

// run starts a controller that keeps names.
func (c *contest) run(t *testing.T, settings ...setting) *controller {
	t.Helper()
	return run(t, c.env, c.w.kinds, append(settings, c.keeping)...)
}

func (c *contest) keeping(_ *rest.Config, _ *manager.Options, options *engine.Options) {
	options.IDNamespace = c.state
}

func (c *contest) model(t *testing.T, namespace string) *v1alpha1.MaaSModel {
	t.Helper()
	return createModel(t, c.env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: c.name})
}

// replace deletes a model and makes it again, as kubectl replace --force does.
func (c *contest) replace(t *testing.T, model *v1alpha1.MaaSModel) *v1alpha1.MaaSModel {
	t.Helper()
	c.remove(t, model)
	return c.model(t, model.Namespace)
}

func (c *contest) remove(t *testing.T, model *v1alpha1.MaaSModel) {
	t.Helper()
	if err := c.env.Client.Delete(t.Context(), model); err != nil {
		t.Fatal(err)
	}
}

func (c *contest) qualified(namespace string) string { return namespace + "/" + c.name }

// expectID waits until the status has the id, and the condition that says so.
func (c *contest) expectID(t *testing.T, model *v1alpha1.MaaSModel, want string) {
	t.Helper()
	status, reason := metav1.ConditionTrue, v1alpha1.ReasonNoConflicts
	if want != c.name {
		status, reason = metav1.ConditionFalse, v1alpha1.ReasonNameHeld
	}
	testenv.Eventually(t, patience, func() error {
		if err := refresh(t, c.env, model); err != nil {
			return err
		}
		if model.Status.ID != want {
			return fmt.Errorf("the id of %s is %q, want %q", c.qualified(model.Namespace), model.Status.ID, want)
		}
		if got := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionNameAccepted); got == nil || got.Status != status || got.Reason != reason {
			return fmt.Errorf("the condition of %s is %+v, want %s with reason %s", c.qualified(model.Namespace), got, status, reason)
		}
		return nil
	})
}

// states of a name in a ConfigMap.
const (
	used   = "used"
	unused = "unused"
	absent = "absent"
)

// expectKept waits until the name is kept for a namespace in this way.
func (c *contest) expectKept(t *testing.T, namespace, want string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		got, err := c.kept(t.Context(), namespace)
		if err == nil && got != want {
			err = fmt.Errorf("the name is kept for %s as %s, want %s", namespace, got, want)
		}
		return err
	})
}

func (c *contest) kept(ctx context.Context, namespace string) (string, error) {
	held := &corev1.ConfigMap{}
	err := c.env.Client.Get(ctx, client.ObjectKey{Namespace: c.state, Name: "maas-ids." + namespace}, held)
	since, there := held.Data[c.name]
	_, unread := time.Parse(time.RFC3339, since)
	switch {
	case client.IgnoreNotFound(err) != nil:
		return "", err
	case !there:
		return absent, nil
	case since == "":
		return used, nil
	}
	return unused, unread
}

// release takes the name out of what is kept, as an administrator does.
func (c *contest) release(t *testing.T, namespace string) {
	t.Helper()
	held := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: c.state, Name: "maas-ids." + namespace}}
	if err := c.env.Client.Patch(t.Context(), held, merge(`{"data":{%q:null}}`, c.name)); err != nil {
		t.Fatal(err)
	}
}

// GitOps replaces a model while a stranger's waits: callers of the id are never
// sent to the stranger.
func TestReplacedModelKeepsItsID(t *testing.T) {
	t.Parallel()
	c := newContest(t)
	running := c.run(t)
	ours := c.model(t, c.ours)
	c.expectID(t, ours, c.name)
	stranger := c.model(t, c.strangers)
	c.expectID(t, stranger, c.qualified(c.strangers))
	expectEvents(t, c.env, stranger, []string{fmt.Sprintf(
		"Normal NameHeld AssignID: The id %q is held for another namespace: callers find this model as %q. Choose another name for the MaaSModel to have an id of its own.",
		c.name, c.qualified(c.strangers))})
	c.expectKept(t, c.ours, used)
	c.expectKept(t, c.strangers, absent)

	ours = c.replace(t, ours)
	c.expectID(t, ours, c.name)
	c.expectID(t, stranger, c.qualified(c.strangers))

	// Deleted for longer: the name is kept, and a stranger's new model does not get it.
	c.remove(t, ours)
	c.expectKept(t, c.ours, unused)
	stranger = c.replace(t, stranger)
	c.expectID(t, stranger, c.qualified(c.strangers))
	testenv.Eventually(t, patience, func() error {
		return expectMetric(t, running, "maas_model_ids", map[string]string{"state": "unused"}, 1)
	})
	c.expectID(t, c.model(t, c.ours), c.name)
	c.expectKept(t, c.ours, used)
	testenv.Eventually(t, patience, func() error { return expectMetric(t, running, "maas_model_ids_unstored", nil, 0) })
	if loud := running.log.loud(); len(loud) > 0 {
		t.Errorf("logged: %v", loud)
	}
}

// What is kept outlives the controller, whatever is deleted and made meanwhile.
func TestIDsOutliveTheController(t *testing.T) {
	t.Parallel()
	c := newContest(t)
	first := c.run(t)
	ours := c.model(t, c.ours)
	c.expectID(t, ours, c.name)
	c.expectKept(t, c.ours, used)
	first.stop()

	c.remove(t, ours)
	stranger := c.model(t, c.strangers)
	second := c.run(t)
	c.expectID(t, stranger, c.qualified(c.strangers))
	c.expectKept(t, c.ours, unused)
	second.stop()

	ours = c.model(t, c.ours)
	c.run(t)
	c.expectID(t, ours, c.name)
	c.expectKept(t, c.ours, used)
	c.expectKept(t, c.strangers, absent)
}

// A name goes to another namespace when an administrator says so, and then to
// whoever asks next: ids do not change under those that wait.
func TestAdministratorReleasesAName(t *testing.T) {
	t.Parallel()
	c := newContest(t)
	running := c.run(t)
	ours := c.model(t, c.ours)
	c.expectID(t, ours, c.name)
	stranger := c.model(t, c.strangers)
	c.expectID(t, stranger, c.qualified(c.strangers))

	c.expectKept(t, c.ours, used)
	c.release(t, c.ours)
	c.expectKept(t, c.ours, used) // An object has it, so it is written again.
	c.remove(t, ours)
	c.expectKept(t, c.ours, unused)
	c.release(t, c.ours)
	testenv.Eventually(t, patience, func() error {
		return expectMetric(t, running, "maas_model_ids", map[string]string{"state": "unused"}, 0)
	})
	ours = c.model(t, c.ours)
	c.expectID(t, ours, c.name) // Who waits has not taken it in between.
	c.remove(t, ours)
	c.expectKept(t, c.ours, unused)

	c.release(t, c.ours)
	testenv.Eventually(t, patience, func() error {
		return expectMetric(t, running, "maas_model_ids", map[string]string{"state": "unused"}, 0)
	})
	c.expectID(t, c.replace(t, stranger), c.name)
	c.expectKept(t, c.strangers, used)
	c.expectID(t, c.model(t, c.ours), c.qualified(c.ours))
	c.expectKept(t, c.ours, absent)
}

// Where the ConfigMaps may not be kept ids are given all the same, and stay with
// their objects; the log says what to grant. When it is granted they are kept.
func TestIDsWithoutPermission(t *testing.T) {
	t.Parallel()
	c := newContest(t)
	user := "ids-" + c.ours
	bind(t, c.env, user, user, append(controllerRules(t),
		rbacv1.PolicyRule{APIGroups: []string{c.w.group}, Resources: []string{"widgets"}, Verbs: []string{"list", "watch"}}))
	running := c.run(t, as(user))
	ours := c.model(t, c.ours)
	c.expectID(t, ours, c.name)
	stranger := c.model(t, c.strangers)
	c.expectID(t, stranger, c.qualified(c.strangers))
	c.expectID(t, c.replace(t, ours), c.name) // While the process lives it remembers.
	testenv.Eventually(t, patience, func() error { return expectMetric(t, running, "maas_model_ids_unstored", nil, 1) })
	said := running.log.loud()
	if len(said) != 1 || !strings.Contains(said[0], "forbidden") {
		t.Errorf("the log says %q, want one warning", said)
	}
	all := running.log.text()
	for _, hint := range []string{"config/rbac/controller-ids.yaml", "namespace " + c.state, "--state-namespace"} {
		if !strings.Contains(all, hint) {
			t.Errorf("the log does not say %q: %v", hint, all)
		}
	}
	running.stop()

	again := c.run(t, as(user))
	c.expectID(t, stranger, c.qualified(c.strangers))
	bind(t, c.env, user, user+"-ids", []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"configmaps"},
		Verbs: []string{"get", "list", "watch", "create", "update", "delete"}}})
	c.expectKept(t, c.ours, used)
	testenv.Eventually(t, patience, func() error { return expectMetric(t, again, "maas_model_ids_unstored", nil, 0) })
}

// Ids cost nothing: a model is written once, with its id in it, and a namespace's
// ConfigMap once for all of its models.
func TestIDsTakeNoWritesOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := newContest(t)
	sent := &traffic{}
	const models = 60
	for i := range models {
		c.w.apply(t, c.ours, fmt.Sprint("m", i), ready)
		createModel(t, c.env, c.ours, v1alpha1.ModelReference{Kind: "Widget", Name: fmt.Sprint("m", i)})
	}
	running := c.run(t, sent.tap)
	testenv.Eventually(t, patience, func() error {
		return expectMetric(t, running, "maas_model_ids", map[string]string{"state": "used"}, models)
	})
	testenv.Eventually(t, patience, func() error { return expectMetric(t, running, "maas_model_ids_unstored", nil, 0) })
	running.stop()
	if writes := sent.writes(c.ours); writes != models {
		t.Errorf("%d writes for %d models", writes, models)
	}
	held := &corev1.ConfigMap{}
	if err := c.env.Client.Get(t.Context(), client.ObjectKey{Namespace: c.state, Name: "maas-ids." + c.ours}, held); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(models, len(held.Data)); diff != "" {
		t.Errorf("names in the ConfigMap (-want +got):\n%s", diff)
	}
	if written := sent.writesTo("/namespaces/" + c.state + "/configmaps"); written > models/2 {
		t.Errorf("the ConfigMap was written %d times for %d models that came at one time", written, models)
	}
}
