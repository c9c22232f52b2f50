package install

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// Build is what kubectl apply -k reads: kustomize, which loads no file from
// outside of the folders that are named.
func Build(t testing.TB, dir string) []*unstructured.Unstructured {
	t.Helper()
	Sources(t)
	objects, err := Kustomize(t.Context(), testenv.Root(t), dir)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// Kustomize builds a folder of the repository at root.
func Kustomize(ctx context.Context, root, dir string) ([]*unstructured.Unstructured, error) {
	command := exec.CommandContext(ctx, "go", "tool", "-modfile", filepath.Join(root, ".ci/kustomize/go.mod"), "kustomize", "build", dir)
	command.Dir = root
	var errs strings.Builder
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil { // what go says of its downloads is no failure
		return nil, fmt.Errorf("kustomize build %s: %w\n%s", dir, err, errs.String())
	}
	objects, err := object.Read(out)
	if err != nil {
		return nil, fmt.Errorf("kustomize build %s: %w", dir, err)
	}
	return objects, nil
}

// Apply applies objects, those first that others need, and does what
// kube-controller-manager would: it puts aggregated roles together.
func Apply(t testing.TB, env *testenv.Env, objects []*unstructured.Unstructured) {
	t.Helper()
	// CRDs take a moment until they are served; testenv has waited for them.
	env.Apply(t, objects...)
	Aggregate(t, env)
}

// Aggregate does what AggregateRoles does, for a test.
func Aggregate(t testing.TB, env *testenv.Env) {
	t.Helper()
	if err := AggregateRoles(t.Context(), env.Client); err != nil {
		t.Fatal(err)
	}
}

// AggregateRoles is the work of kube-controller-manager, which a bare API server
// lacks: the rules of an aggregated role are those of the roles it selects.
func AggregateRoles(ctx context.Context, c client.Client) error {
	for _, name := range []string{"view", "edit", "admin", "maas-controller"} { // each after what it selects
		if err := aggregate(ctx, c, name); err != nil {
			return fmt.Errorf("putting together the role %s: %w", name, err)
		}
	}
	return nil
}

func aggregate(ctx context.Context, c client.Client, name string) error {
	into := &rbacv1.ClusterRole{}
	if err := c.Get(ctx, client.ObjectKey{Name: name}, into); err != nil {
		return err
	}
	into.Rules = nil
	for _, labelled := range into.AggregationRule.ClusterRoleSelectors {
		selector, err := metav1.LabelSelectorAsSelector(&labelled)
		if err != nil {
			return err
		}
		var roles rbacv1.ClusterRoleList
		if err := c.List(ctx, &roles, client.MatchingLabelsSelector{Selector: selector}); err != nil {
			return err
		}
		for _, role := range roles.Items {
			into.Rules = append(into.Rules, role.Rules...)
		}
	}
	return c.Update(ctx, into)
}

// Of are the objects of a kind, in the words of their type: a field that the
// type does not have is a fault.
func Of[T any](t testing.TB, objects []*unstructured.Unstructured, kind string) []T {
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
	return found
}
