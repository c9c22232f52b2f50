package manifests_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// In its own namespace the controller keeps the last good revisions of ModelKinds: it
// writes these and no others, such as those of a StatefulSet. The API reads one.
func TestControllerKeepsToItsRevisions(t *testing.T) {
	env := server.Env(t)
	install.Apply(t, env, install.Build(t, "config/default"))
	c := asController(t, env)
	named := func(name string) *appsv1.ControllerRevision {
		return &appsv1.ControllerRevision{ObjectMeta: metav1.ObjectMeta{Namespace: install.System, Name: name},
			Data: runtime.RawExtension{Raw: []byte("{}")}}
	}
	// Roles and policies are in force a moment after they were made.
	testenv.Eventually(t, patience, func() error {
		own := named("maas-kind.widget.a")
		if err := client.IgnoreAlreadyExists(c.Create(t.Context(), own)); err != nil {
			return err
		}
		return errors.Join(c.Get(t.Context(), client.ObjectKeyFromObject(own), own), c.Delete(t.Context(), own))
	})
	other := named("database-7f9c")
	if err := env.Client.Create(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, patience, func() error {
		for what, err := range map[string]error{
			"make another":            c.Create(t.Context(), named("intruder"), client.DryRunAll),
			"delete that of somebody": c.Delete(t.Context(), other.DeepCopy(), client.DryRunAll),
		} {
			if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "maas-kind.") {
				return fmt.Errorf("the controller may %s: %w", what, errors.Join(err, errors.New("want Forbidden by the policy")))
			}
		}
		return nil
	})
	changed := other.DeepCopy()
	changed.Data.Raw = []byte(`{"another": "content"}`)
	if err := env.Client.Update(t.Context(), changed); !apierrors.IsInvalid(err) {
		t.Errorf("what a ControllerRevision holds was edited: %v", err)
	}
	for _, test := range []struct {
		user, verb string
		want       bool
	}{
		{controller, "update", false}, {controller, "list", false}, {controller, "deletecollection", false},
		{api, "get", true}, {api, "list", false}, {api, "create", false}, {api, "delete", false},
	} {
		review(t, env, test.user, test.want, authorizationv1.ResourceAttributes{
			Namespace: install.System, Verb: test.verb, Group: "apps", Resource: "controllerrevisions"})
	}
}
