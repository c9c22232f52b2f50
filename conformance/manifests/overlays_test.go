package manifests_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const (
	system   = "maas-system"
	patience = time.Minute
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// Every object of every overlay is taken by the API server, first as a dry run.
func TestApply(t *testing.T) {
	env := server.Env(t)
	for _, overlay := range []string{"config/default", "config/strict", "config/samples"} {
		t.Run(overlay, func(t *testing.T) {
			objects := install.Build(t, overlay)
			for _, o := range objects {
				for _, namespace := range []string{o.GetNamespace(), o.GetName()} {
					if namespace != "" && (namespace == o.GetNamespace() || o.GetKind() == "Namespace") {
						err := env.Client.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
						if client.IgnoreAlreadyExists(err) != nil {
							t.Fatal(err)
						}
					}
				}
				err := env.Client.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(o.DeepCopy()), client.DryRunAll,
					client.FieldOwner("test"), client.ForceOwnership)
				if err != nil {
					t.Errorf("dry run of %s %s: %v", o.GetKind(), o.GetName(), err)
				}
			}
			env.Apply(t, objects...)
		})
	}
}

// Pods are what the namespace's own Pod Security level lets in.
func TestPodSecurity(t *testing.T) {
	env := server.Env(t)
	objects := install.Build(t, "config/strict")
	install.Apply(t, env, objects)
	pod := func(template corev1.PodTemplateSpec) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: system, GenerateName: "x-", Labels: template.Labels}, Spec: template.Spec}
	}
	for _, d := range install.Of[appsv1.Deployment](t, objects, "Deployment") {
		if err := env.Client.Create(t.Context(), pod(d.Spec.Template), client.DryRunAll); err != nil {
			t.Errorf("a Pod of %s: %v", d.Name, err)
		}
		d.Spec.Template.Spec.Containers[0].SecurityContext = nil
		if err := env.Client.Create(t.Context(), pod(d.Spec.Template), client.DryRunAll); err == nil {
			t.Errorf("%s: a Pod without a security context was let in", d.Name)
		}
	}
}

// Both programs are told the same of where callers' credentials may go: the
// controller says which models the API leaves out by that.
func TestTrustAgrees(t *testing.T) {
	for _, overlay := range []string{"config/default", "config/strict"} {
		told := map[string][]string{}
		for _, d := range install.Of[appsv1.Deployment](t, install.Build(t, overlay), "Deployment") {
			told[d.Name] = []string{}
			for _, arg := range d.Spec.Template.Spec.Containers[0].Args {
				switch flag, _, _ := strings.Cut(arg, "="); flag {
				case "--trusted-hosts", "--allow-http", "--https-only", "--cluster-domain":
					told[d.Name] = append(told[d.Name], arg)
				}
			}
		}
		if diff := cmp.Diff(told["maas-api"], told["maas-controller"]); diff != "" {
			t.Errorf("%s (-maas-api +maas-controller):\n%s", overlay, diff)
		}
	}
}
