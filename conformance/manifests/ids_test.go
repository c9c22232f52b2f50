package manifests_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// In its own namespace the controller keeps names in ConfigMaps: it writes these
// and no others, such as the one that kinds are read from.
func TestControllerKeepsToItsConfigMaps(t *testing.T) {
	env := server.Env(t)
	install.Apply(t, env, install.Build(t, "config/default"))
	c := asController(t, env)
	named := func(namespace, name string) *corev1.ConfigMap {
		return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	}
	// Roles and policies are in force a moment after they were made.
	testenv.Eventually(t, patience, func() error {
		own := named(install.System, "maas-ids.somebody")
		if err := client.IgnoreAlreadyExists(c.Create(t.Context(), own)); err != nil {
			return err
		}
		return errors.Join(c.Get(t.Context(), client.ObjectKeyFromObject(own), own), c.Update(t.Context(), own),
			c.List(t.Context(), &corev1.ConfigMapList{}, client.InNamespace(install.System)), c.Delete(t.Context(), own))
	})
	kinds := named(install.System, "maas-kinds")
	if err := c.Get(t.Context(), client.ObjectKeyFromObject(kinds), kinds); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, patience, func() error {
		for what, err := range map[string]error{
			"make another":      c.Create(t.Context(), named(install.System, "intruder"), client.DryRunAll),
			"change maas-kinds": c.Update(t.Context(), kinds.DeepCopy(), client.DryRunAll),
			"delete maas-kinds": c.Delete(t.Context(), kinds.DeepCopy(), client.DryRunAll),
		} {
			if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "maas-ids.") {
				return fmt.Errorf("the controller may %s: %w", what, errors.Join(err, errors.New("want Forbidden by the policy")))
			}
		}
		return nil
	})
	elsewhere := env.Namespace(t)
	for what, err := range map[string]error{
		"make one in another namespace": c.Create(t.Context(), named(elsewhere, "maas-ids.somebody")),
		"list those of all namespaces":  c.List(t.Context(), &corev1.ConfigMapList{}),
		"read Secrets here":             c.List(t.Context(), &corev1.SecretList{}, client.InNamespace(install.System)),
	} {
		if !apierrors.IsForbidden(err) {
			t.Errorf("the controller may %s: %v", what, err)
		}
	}
}

// asController asks the API server in the controller's name.
func asController(t *testing.T, env *testenv.Env) client.Client {
	t.Helper()
	config := rest.CopyConfig(env.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: controller}
	c, err := client.New(config, client.Options{Scheme: env.Client.Scheme()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
