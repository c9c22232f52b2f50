package manifests_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const (
	system   = "maas-system"
	patience = time.Minute
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// build is what kubectl apply -k reads: kustomize, which loads no file from
// outside of the folders that are named.
func build(t *testing.T, dir string) []*unstructured.Unstructured {
	t.Helper()
	root := testenv.Root(t)
	command := exec.CommandContext(t.Context(), "go", "tool", "-modfile", filepath.Join(root, ".ci/kustomize/go.mod"), "kustomize", "build", dir)
	command.Dir = root
	var errs strings.Builder
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil { // what go says of its downloads is no failure
		t.Fatalf("kustomize build %s: %v\n%s", dir, err, errs.String())
	}
	objects, err := object.Read(out)
	if err != nil {
		t.Fatalf("kustomize build %s: %v", dir, err)
	}
	return objects
}

// install applies objects, those first that others need, and does what
// kube-controller-manager would: it puts aggregated roles together.
func install(t *testing.T, env *testenv.Env, objects []*unstructured.Unstructured) {
	t.Helper()
	// CRDs take a moment until they are served; testenv has waited for them.
	env.Apply(t, objects...)
	aggregate(t, env)
}

// aggregate is the work of kube-controller-manager, which a bare API server
// lacks: the rules of an aggregated role are those of the roles it selects.
func aggregate(t *testing.T, env *testenv.Env) {
	t.Helper()
	for _, name := range []string{"view", "edit", "admin", "maas-controller"} { // each after what it selects
		into := &rbacv1.ClusterRole{}
		if err := env.Client.Get(t.Context(), client.ObjectKey{Name: name}, into); err != nil {
			t.Fatal(err)
		}
		into.Rules = nil
		for _, labelled := range into.AggregationRule.ClusterRoleSelectors {
			selector, err := metav1.LabelSelectorAsSelector(&labelled)
			if err != nil {
				t.Fatal(err)
			}
			var roles rbacv1.ClusterRoleList
			if err := env.Client.List(t.Context(), &roles, client.MatchingLabelsSelector{Selector: selector}); err != nil {
				t.Fatal(err)
			}
			for _, role := range roles.Items {
				into.Rules = append(into.Rules, role.Rules...)
			}
		}
		if err := env.Client.Update(t.Context(), into); err != nil {
			t.Fatal(err)
		}
	}
}

// Every object of every overlay is taken by the API server, first as a dry run.
func TestApply(t *testing.T) {
	env := server.Env(t)
	for _, overlay := range []string{"config/default", "config/strict", "config/samples"} {
		t.Run(overlay, func(t *testing.T) {
			objects := build(t, overlay)
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
	objects := build(t, "config/strict")
	install(t, env, objects)
	pod := func(template corev1.PodTemplateSpec) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: system, GenerateName: "x-", Labels: template.Labels}, Spec: template.Spec}
	}
	for _, d := range of[appsv1.Deployment](t, objects, "Deployment") {
		if err := env.Client.Create(t.Context(), pod(d.Spec.Template), client.DryRunAll); err != nil {
			t.Errorf("a Pod of %s: %v", d.Name, err)
		}
		d.Spec.Template.Spec.Containers[0].SecurityContext = nil
		if err := env.Client.Create(t.Context(), pod(d.Spec.Template), client.DryRunAll); err == nil {
			t.Errorf("%s: a Pod without a security context was let in", d.Name)
		}
	}
}

// of are the objects of a kind, in the words of their type: a field that the
// type does not have is a fault.
func of[T any](t *testing.T, objects []*unstructured.Unstructured, kind string) []T {
	t.Helper()
	var found []T
	for _, o := range objects {
		if o.GetKind() != kind {
			continue
		}
		var typed T
		if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, &typed, true); err != nil {
			t.Fatalf("%s %s: %v", kind, o.GetName(), err)
		}
		found = append(found, typed)
	}
	if len(found) == 0 {
		t.Fatalf("there is no %s", kind)
	}
	return slices.Clip(found)
}
