package manifests_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// Under the roles of config/ the controller keeps the last good revision of a
// ModelKind, and both programs go on from it when they start anew while it is broken.
func TestLastGoodUnderTheRoles(t *testing.T) {
	env := server.Env(t)
	bin, root := install.Programs(t), filepath.Join(testenv.Root(t), "conformance", "manifests", "testdata")
	objects := install.Build(t, "config/default")
	install.Apply(t, env, objects)
	env.InstallCRDs(t, filepath.Join(root, "crd.yaml"))
	env.Apply(t, roleOf(t, bin, root)...)
	install.Aggregate(t, env)
	start := func(t *testing.T) map[string]*install.Output {
		own := map[string][]string{
			"maas-controller": {"--metrics-bind-address=0", "--health-probe-bind-address=0"},
			"maas-api":        {"--metrics-listen=0", "--listen", testenv.FreeAddress(t), "--shutdown-delay=0s"},
		}
		logs := map[string]*install.Output{}
		for _, d := range install.Of[appsv1.Deployment](t, objects, "Deployment") {
			account := d.Spec.Template.Spec.ServiceAccountName
			args := install.Arguments(d, t.TempDir(), append(own[d.Name], "--kubeconfig", install.Kubeconfig(t, env, account))...)
			logs[d.Name] = install.Start(t, filepath.Join(bin, d.Name), args)
		}
		return logs
	}
	resource := &v1alpha1.ModelKind{ObjectMeta: metav1.ObjectMeta{Name: "gadget"}}
	t.Cleanup(func() { _ = env.Client.Delete(context.WithoutCancel(t.Context()), resource.DeepCopy()) })
	apply := func(t *testing.T, changes ...string) {
		content, err := os.ReadFile(filepath.Join(root, "gadget", "kind.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		spec, err := object.Read([]byte(strings.NewReplacer(changes...).Replace(string(content))))
		if err != nil {
			t.Fatal(err)
		}
		env.Apply(t, spec...)
	}
	expect := func(t *testing.T, reason string) {
		testenv.Eventually(t, patience, func() error {
			err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(resource), resource)
			c := meta.FindStatusCondition(resource.Status.Conditions, v1alpha1.ConditionAccepted)
			if err != nil || c == nil || c.Reason != reason || resource.Status.LastGood == nil || resource.Status.LastGood.Namespace != install.System {
				return fmt.Errorf("the status is %+v: %w", resource.Status, errors.Join(err, errors.New("want the reason "+reason)))
			}
			return nil
		})
	}
	t.Run("it breaks", func(t *testing.T) {
		start(t)
		apply(t)
		expect(t, v1alpha1.ReasonAccepted)
		apply(t, "$.status.url", "$.status[")
		expect(t, v1alpha1.ReasonServingPreviousRevision)
	})
	t.Run("both start anew", func(t *testing.T) {
		before := resource.ResourceVersion
		for program, log := range start(t) {
			testenv.Eventually(t, patience, func() error {
				if !strings.Contains(log.String(), "the last good revision of a ModelKind goes on") {
					return fmt.Errorf("%s does not go on: %s", program, log.String())
				}
				return nil
			})
		}
		expect(t, v1alpha1.ReasonServingPreviousRevision)
		if resource.ResourceVersion != before {
			t.Errorf("the ModelKind was written: %+v", resource.Status)
		}
		apply(t)
		expect(t, v1alpha1.ReasonAccepted)
	})
}
