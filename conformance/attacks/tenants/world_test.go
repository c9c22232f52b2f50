package tenants_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// patience is how long a test waits for what should take a second.
const patience = time.Minute

// podNetwork is what the cluster's one node gives its Pods addresses from.
const podNetwork = "10.244.0.0/24"

// world is the default install, with everybody around it.
type world struct {
	env  *testenv.Env
	dns  *clusterDNS
	wire *recorder
	// api is the listing API's base URL, as Pods in the cluster reach it.
	api string
	// logs of the programs, with every token that was ever used not in them.
	logs map[string]*install.Output
}

// apiAddress is where maas-api listens here: all of 8081, which no recorder has.
const apiAddress = "10.96.7.7:8081"

func newWorld(t *testing.T) *world {
	t.Helper()
	env := server.Env(t)
	objects := install.Build(t, "config/default")
	install.Apply(t, env, objects)
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "one"}, Spec: corev1.NodeSpec{PodCIDR: podNetwork, PodCIDRs: []string{podNetwork}}}
	if err := env.Client.Create(t.Context(), node); err != nil {
		t.Fatal(err)
	}
	w := &world{env: env, dns: startDNS(t, env.Client), wire: startRecorder(t), api: "http://" + apiAddress, logs: map[string]*install.Output{}}
	own := map[string][]string{
		"maas-controller": {"--metrics-bind-address=0", "--health-probe-bind-address=0", "--log-level=debug"},
		"maas-api":        {"--metrics-listen=0", "--listen=" + apiAddress, "--log-level=debug"},
	}
	kinds := t.TempDir()
	for _, d := range install.Of[appsv1.Deployment](t, objects, "Deployment") {
		args := install.Arguments(d, kinds, append(own[d.Name], "--kubeconfig", install.Kubeconfig(t, env, d.Spec.Template.Spec.ServiceAccountName))...)
		w.logs[d.Name] = install.Start(t, install.Program(t, d.Name), args)
	}
	testenv.Eventually(t, patience, func() error {
		_, err := w.list(t.Context(), "Bearer starting", "")
		return err
	})
	return w
}

// tenant is somebody with the role edit in one namespace, and nothing else.
type tenant struct {
	client.Client
	*world

	t         *testing.T
	namespace string
}

func (w *world) tenant(t *testing.T) *tenant {
	t.Helper()
	namespace := w.env.Namespace(t)
	user := "tenant-of-" + namespace
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "edit"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "edit"},
	}
	if err := w.env.Client.Create(t.Context(), binding); err != nil {
		t.Fatal(err)
	}
	config := rest.CopyConfig(w.env.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: []string{"system:authenticated"}}
	c, err := client.New(config, client.Options{Scheme: w.env.Client.Scheme()})
	if err != nil {
		t.Fatal(err)
	}
	return &tenant{Client: c, world: w, t: t, namespace: namespace}
}

// create makes an object as the tenant; the authorizer may take a moment to
// hear of the tenant's role.
func (n *tenant) create(object client.Object) {
	n.t.Helper()
	object.SetNamespace(n.namespace)
	testenv.Eventually(n.t, patience, func() error { return n.Create(n.t.Context(), object) })
}

// offer makes a MaaSModel whose endpoint is url.
func (n *tenant) offer(name, url string) {
	n.t.Helper()
	n.create(&v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Endpoint", Name: name}, EndpointOverride: url}})
}

// service makes a Service with Pods behind it and gives its address.
func (n *tenant) service(name string) string {
	n.t.Helper()
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ServiceSpec{
		Selector: map[string]string{"app": name}, Ports: []corev1.ServicePort{{Name: "http", Port: 80}}}}
	n.create(service)
	return service.Spec.ClusterIP
}

// external makes a Service that leads to a name outside.
func (n *tenant) external(name, target string) {
	n.t.Helper()
	n.create(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeExternalName, ExternalName: target}})
}

// status waits until the controller has decided on a model as it is now.
func (n *tenant) status(name string) v1alpha1.MaaSModelStatus {
	n.t.Helper()
	model := &v1alpha1.MaaSModel{}
	testenv.Eventually(n.t, patience, func() error {
		if err := n.env.Client.Get(n.t.Context(), client.ObjectKey{Namespace: n.namespace, Name: name}, model); err != nil {
			return err
		}
		if model.Status.ObservedGeneration != model.Generation {
			return fmt.Errorf("%s is not decided on: %+v", name, model.Status)
		}
		return nil
	})
	return model.Status
}

// expectPhase waits for a phase, and for the words in the message of Ready.
func (n *tenant) expectPhase(name string, phase v1alpha1.Phase, says string) {
	n.t.Helper()
	testenv.Eventually(n.t, patience, func() error {
		status := n.status(name)
		ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
		if status.Phase != phase || ready == nil || !strings.Contains(ready.Message, says) {
			return fmt.Errorf("%s is %s, want %s with %q: %+v", name, status.Phase, phase, says, status.Conditions)
		}
		return nil
	})
}

// ids are those of the models in the tenant's namespace that a caller sees.
func (n *tenant) ids(authorization string) []string {
	n.t.Helper()
	ids, err := n.list(n.t.Context(), authorization, n.namespace)
	if err != nil {
		n.t.Fatal(err)
	}
	return ids
}

// expectListed waits until a caller sees exactly the models of these names, of
// those in the namespace. Which id a name has depends on who offered it first.
func (n *tenant) expectListed(authorization string, want ...string) {
	n.t.Helper()
	n.expect(authorization, want, func(id string) string { return strings.TrimPrefix(id, n.namespace+"/") })
}

// expectIDs waits until a caller sees exactly these ids, of those in the namespace.
func (n *tenant) expectIDs(authorization string, want ...string) {
	n.t.Helper()
	n.expect(authorization, want, func(id string) string { return id })
}

func (n *tenant) expect(authorization string, want []string, shown func(id string) string) {
	n.t.Helper()
	testenv.Eventually(n.t, patience, func() error {
		ids, err := n.list(n.t.Context(), authorization, n.namespace)
		if err != nil {
			return err
		}
		for i, id := range ids {
			ids[i] = shown(id)
		}
		if !slices.Equal(ids, want) {
			return fmt.Errorf("listed are %q, want %q", ids, want)
		}
		return nil
	})
}

// list asks the API as a caller in the cluster does.
func (w *world) list(ctx context.Context, authorization, namespace string) ([]string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.api+"/v1/models", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", authorization)
	response, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	var reply struct {
		Data []struct {
			ID      string `json:"id"`
			OwnedBy string `json:"owned_by"`
		} `json:"data"`
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API answers %d: %s", response.StatusCode, body)
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return nil, err
	}
	ids := []string{}
	for _, model := range reply.Data {
		if model.OwnedBy == namespace {
			ids = append(ids, model.ID)
		}
	}
	return ids, nil
}
