package manifests_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const (
	controller = "system:serviceaccount:maas-system:maas-controller"
	api        = "system:serviceaccount:maas-system:maas-api"
)

// member gives a user a role of the cluster in a namespace.
func member(t *testing.T, env *testenv.Env, namespace, role string) {
	t.Helper()
	err := env.Client.Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: role},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: role}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhoMayWhat(t *testing.T) {
	env := server.Env(t)
	install.Apply(t, env, install.Build(t, "config/default"))
	namespace := env.Namespace(t)
	for _, role := range []string{"admin", "edit", "view"} {
		member(t, env, namespace, role)
	}
	group := v1alpha1.GroupVersion.Group
	for _, test := range []struct {
		user, verb, group, resource string
		want                        bool
	}{
		{"admin", "create", group, "maasmodels", true},
		{"admin", "patch", group, "maasmodels/status", false},
		{"edit", "delete", group, "maasmodels", true},
		{"edit", "create", group, "externalmodels", true},
		{"edit", "update", group, "maasmodels/status", false},
		{"edit", "create", group, "modelkinds", false},
		{"view", "list", group, "maasmodels", true},
		{"view", "create", group, "maasmodels", false},
		{"view", "patch", group, "maasmodels/status", false},
		{controller, "patch", group, "maasmodels/status", true},
		{controller, "update", group, "maasmodels", false},
		{controller, "list", "", "services", true},
		{controller, "watch", "discovery.k8s.io", "endpointslices", true},
		{controller, "list", "", "secrets", false},
		{controller, "get", "", "secrets", false},
		{controller, "list", "", "configmaps", false},
		{controller, "create", "", "pods", false},
		{controller, "get", "apps", "controllerrevisions", false},
		{controller, "create", "apps", "controllerrevisions", false},
		{"admin", "create", "apps", "controllerrevisions", false},
		{"edit", "update", "apps", "controllerrevisions", false},
		{api, "get", "apps", "controllerrevisions", false},
		{controller, "impersonate", "", "users", false},
		{controller, "create", "events.k8s.io", "events", true},
		{api, "watch", group, "maasmodels", true},
		{api, "patch", group, "maasmodels", false},
		{api, "patch", group, "maasmodels/status", false},
		{api, "create", "events.k8s.io", "events", false},
		{api, "list", "", "services", false},
		{api, "get", "", "secrets", false},
		{controller, "watch", "networking.k8s.io", "servicecidrs", true},
		{controller, "list", "", "nodes", true},
		{controller, "patch", "", "nodes", false},
		{api, "list", "networking.k8s.io", "servicecidrs", true},
		{api, "watch", "", "nodes", true},
		{api, "patch", "", "nodes", false},
		{api, "list", "discovery.k8s.io", "endpointslices", false},
	} {
		resource, sub, _ := strings.Cut(test.resource, "/")
		review(t, env, test.user, test.want, authorizationv1.ResourceAttributes{
			Namespace: namespace, Verb: test.verb, Group: test.group, Resource: resource, Subresource: sub})
	}
	// In the namespace default there is what says where the API server is.
	for _, user := range []string{api, controller} {
		for _, test := range []struct {
			verb, group, resource, name string
			want                        bool
		}{
			{"list", "", "services", "kubernetes", true},
			{"watch", "", "services", "kubernetes", true},
			{"list", "discovery.k8s.io", "endpointslices", "", true},
			{"watch", "discovery.k8s.io", "endpointslices", "", true},
			{"update", "", "services", "kubernetes", false},
			{"create", "discovery.k8s.io", "endpointslices", "", false},
			{"list", "", "configmaps", "", false},
		} {
			review(t, env, user, test.want, authorizationv1.ResourceAttributes{
				Namespace: metav1.NamespaceDefault, Verb: test.verb, Group: test.group, Resource: test.resource, Name: test.name})
		}
	}
	review(t, env, api, false, authorizationv1.ResourceAttributes{Namespace: metav1.NamespaceDefault, Verb: "list", Resource: "services"})
}

// review asks whether a user may do something.
func review(t *testing.T, env *testenv.Env, user string, want bool, what authorizationv1.ResourceAttributes) {
	t.Helper()
	// The authorizer follows roles by a watch, so what was just granted takes a moment.
	testenv.Eventually(t, patience, func() error {
		asked := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
			User: user, Groups: []string{"system:authenticated"}, ResourceAttributes: &what,
		}}
		if err := env.Client.Create(t.Context(), asked); err != nil {
			return err
		}
		if asked.Status.Allowed != want {
			return fmt.Errorf("%s may %+v: %t, want %t (%s)", user, what, asked.Status.Allowed, want, asked.Status.Reason)
		}
		return nil
	})
}

// Statuses are written by the controller and by nobody else, whatever roles
// somebody has.
func TestStatusWriters(t *testing.T) {
	env := server.Env(t)
	install.Apply(t, env, install.Build(t, "config/default"))
	namespace := env.Namespace(t)
	as := func(user string, groups ...string) client.Client {
		config := rest.CopyConfig(env.Config)
		config.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: groups}
		c, err := client.New(config, client.Options{Scheme: env.Client.Scheme()})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	root := as("root", "system:masters")
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "m"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Endpoint", Name: "m"}},
		Status:     v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Endpoint: "https://thief.example"},
	}
	if err := root.Create(t.Context(), model); err != nil || model.Status.Endpoint != "" {
		t.Fatalf("created with the status %+v: %v", model.Status, err)
	}
	write := func(c client.Client, model *v1alpha1.MaaSModel) error {
		return c.Status().Patch(t.Context(), model.DeepCopy(), client.RawPatch("application/merge-patch+json",
			[]byte(`{"status":{"phase":"Ready","endpoint":"https://thief.example"}}`)))
	}
	// The policy is in force a moment after it was made: what gets through until
	// then is written to a model that nothing else is asked of.
	early := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "early"}, Spec: model.Spec}
	if err := root.Create(t.Context(), early); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, patience, func() error {
		err := write(root, early)
		if !apierrors.IsForbidden(err) {
			return fmt.Errorf("a cluster-admin writes a status: %w", errors.Join(err, errors.New("want Forbidden")))
		}
		for _, says := range []string{controller, "you are root", "spec.endpointOverride"} {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("the refusal does not say %q: %v", says, err)
			}
		}
		return nil
	})
	put := model.DeepCopy()
	put.Status.Endpoint = "https://thief.example"
	put.Status.Phase = v1alpha1.PhaseReady
	if err := root.Status().Update(t.Context(), put.DeepCopy()); !apierrors.IsForbidden(err) {
		t.Errorf("a cluster-admin updates a status: %v", err)
	}
	// Through the model itself the status stays what it was.
	if err := root.Update(t.Context(), put); err != nil || put.Status.Endpoint != "" {
		t.Errorf("updated with the status %+v: %v", put.Status, err)
	}
	if err := write(as(api), model); !apierrors.IsForbidden(err) {
		t.Errorf("the API writes a status: %v", err)
	}
	testenv.Eventually(t, patience, func() error { return write(as(controller), model) })
}
