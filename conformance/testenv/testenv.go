// Package testenv gives tests a real Kubernetes API server with the MaaSModel
// CRD installed, and the objects of this repository to put into it.
//
// An API server takes about five seconds to start, so a package shares one:
//
//	var server testenv.Shared
//
//	func TestMain(m *testing.M) { os.Exit(server.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		env := server.Env(t)
//		namespace := env.Namespace(t)
//		…
//	}
//
// The server starts when the first test asks for it. Tests keep apart by
// namespace. Those that see all namespaces, as a controller does, run in parallel
// with server.Lend(t), which gives each the servers one after the other. A test
// that leaves behind what others cannot work with, such as one that installs the
// CRDs of all backends, calls Start for a server of its own.
package testenv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/assets"
)

// startTimeout is how long etcd and the API server may take to get healthy,
// each. Beside a compiler on every CPU they need far more than their usual five
// seconds.
const startTimeout = 2 * time.Minute

// Env is one running API server.
type Env struct {
	// Config authenticates as a member of system:masters.
	Config *rest.Config
	// Client reads and writes without a cache. It knows the built-in types,
	// CustomResourceDefinition and MaaSModel; other types go as unstructured.
	Client client.WithWatch

	stop func() error
}

// Start starts an API server for one test and stops it at the test's end.
func Start(t testing.TB) *Env {
	t.Helper()
	NeedControlPlane(t)
	env, err := start(t.Context(), Root(t), func(*envtest.Environment) {})
	if err != nil {
		t.Fatalf("starting the API server: %v", err)
	}
	t.Cleanup(func() {
		if err := env.stop(); err != nil {
			t.Errorf("stopping the API server: %v", err)
		}
	})
	return env
}

// NeedControlPlane skips a test where control planes are forbidden, as make unit
// forbids them. What this package starts calls it by itself; a test that has a
// program start one has to say so.
func NeedControlPlane(t testing.TB) {
	t.Helper()
	if assets.Forbidden() {
		t.Skipf("this needs a control plane, and %s forbids one: make test runs it", assets.ForbidVariable)
	}
}

// Root is the folder of this repository.
func Root(t testing.TB) string {
	t.Helper()
	root, err := assets.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func start(ctx context.Context, root string, configure func(*envtest.Environment)) (*Env, error) {
	dir, err := assets.Ensure(ctx, root, os.Stderr)
	if err != nil {
		return nil, err
	}
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	// Unset, controller-runtime complains with a stack trace. The first logger
	// wins: a package that wants to see its log sets one in TestMain.
	ctrllog.SetLogger(logr.Discard())
	existingCluster := false // whatever USE_EXISTING_CLUSTER says: tests install and delete CRDs
	control := &envtest.Environment{
		UseExistingCluster:       &existingCluster,
		ControlPlaneStartTimeout: startTimeout,
	}
	apiServer := control.ControlPlane.GetAPIServer()
	apiServer.Path = filepath.Join(dir, "kube-apiserver")
	// kubeadm's range, so that Services written down from real clusters fit.
	apiServer.Configure().Set("service-cluster-ip-range", "10.96.0.0/12")
	control.ControlPlane.Etcd = &envtest.Etcd{Path: filepath.Join(dir, "etcd")}
	configure(control)
	config, err := launch(control)
	if err != nil {
		return nil, err
	}
	env := &Env{Config: config, stop: func() error { return halt(control) }}
	env.Client, err = client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err == nil {
		err = installCRDs(ctx, env.Config, filepath.Join(root, "config", "crd"))
	}
	if err != nil {
		_ = env.stop()
		return nil, err
	}
	return env, nil
}

func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientgoscheme.AddToScheme, apiextensionsv1.AddToScheme, v1alpha1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("building the scheme: %w", err)
		}
	}
	return scheme, nil
}
