package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/rand"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/engine/phase"
)

// Options is what Open needs.
type Options struct {
	// Config authenticates as somebody who may install CRDs, grant roles,
	// impersonate users, and write MaaSModels and backends.
	Config *rest.Config
	// Root is the folder of this repository, whose config/ is held to the test.
	Root string
	// CRDs as the backends' projects publish them. A type that is in none of
	// them gets a minimal one, made from the kind-spec.
	CRDs []*apiextensionsv1.CustomResourceDefinition
	// Alone says that nobody else uses the cluster, such as operators or a
	// maas-controller: objects of types that it serves itself may be made.
	Alone bool
	// Patience is how long to wait for what should take milliseconds, before it
	// is a fault; half a minute when zero.
	Patience time.Duration
	// Role gives the rules of the controller for what a kind reads, beside those
	// of config/rbac; GeneratedRole when nil.
	Role func(*cases.Folder, []Resource) ([]rbacv1.PolicyRule, error)
}

// Cluster is an API server on which kinds are proved, one at a time.
type Cluster struct {
	options Options
	// mu is held while a level is proved: kinds may read the same types.
	mu      sync.Mutex
	client  client.Client
	machine *phase.Machine
	// base are the rules of the controller for any kind.
	base []rbacv1.PolicyRule
	// prefix is that of the names of everything that is made.
	prefix string
	// installed are the names of the CRDs that are there because of the suite.
	installed map[string]bool
	// namespaces that were made, and users that were given a role.
	namespaces map[string]bool
	users      []string
}

const modelCRD = "config/crd/maas.opendatahub.io_maasmodels.yaml"

// Open prepares a cluster: it installs the CRD of MaaSModels where there is none.
func Open(ctx context.Context, options Options) (*Cluster, error) {
	options.Config = rest.CopyConfig(options.Config)
	options.Config.QPS = -1 // the API server's priority and fairness does better
	options.Config.WarningHandler = rest.NoWarnings{}
	options.Patience = cmp.Or(options.Patience, 30*time.Second)
	if options.Role == nil {
		options.Role = GeneratedRole
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), apiextensionsv1.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, fmt.Errorf("building the scheme: %w", err)
	}
	c := &Cluster{
		options: options, prefix: "maas-test-" + rand.String(5), installed: map[string]bool{}, namespaces: map[string]bool{},
	}
	var err error
	if c.client, err = client.New(options.Config, client.Options{Scheme: scheme}); err != nil {
		return nil, fmt.Errorf("reaching the cluster at %s: %w", options.Config.Host, err)
	}
	if c.machine, err = phase.New(); err != nil {
		return nil, fmt.Errorf("making the state machine: %w", err)
	}
	if c.base, err = readBaseRules(options.Root); err != nil {
		return nil, err
	}
	if !options.Alone {
		if err := c.refuseController(ctx); err != nil {
			return nil, err
		}
	}
	models, err := crd.Read(filepath.Join(options.Root, modelCRD))
	if err != nil {
		return nil, err
	}
	if err := c.install(ctx, models[0]); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return c, nil
}

// Levels are those that need the cluster. Neither is core: without a cluster
// nothing is missing from a report.
func (c *Cluster) Levels() []conformance.Level {
	return []conformance.Level{
		{ID: "L4", Title: "life cycle", Prove: c.proveLifeCycle},
		{ID: "L5", Title: "listing", Prove: c.proveListing},
	}
}

// Close removes everything that the suite has made and that is still there.
func (c *Cluster) Close(ctx context.Context) error {
	var errs []error
	for namespace := range c.namespaces {
		object := &v1alpha1.MaaSModel{}
		errs = append(errs, client.IgnoreNotFound(ignoreNoMatch(c.client.DeleteAllOf(ctx, object, client.InNamespace(namespace)))))
		errs = append(errs, c.deleteNamespace(ctx, namespace))
	}
	for _, user := range c.users {
		errs = append(errs, c.revoke(ctx, user))
	}
	for name := range c.installed {
		errs = append(errs, c.uninstall(ctx, name))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("cleaning up, look for what is called %s*: %w", c.prefix, err)
	}
	return nil
}

// refuseController ends on a cluster whose own controller would write the
// statuses that are looked at.
func (c *Cluster) refuseController(ctx context.Context) error {
	leases := &coordinationv1.LeaseList{}
	if err := c.client.List(ctx, leases); err != nil {
		return fmt.Errorf("looking for a running maas-controller: %w", err)
	}
	for _, lease := range leases.Items {
		holder := lease.Spec.HolderIdentity
		if strings.HasPrefix(lease.Name, "maas-controller.") && holder != nil && *holder != "" {
			return fmt.Errorf("the maas-controller %s runs on this cluster (Lease %s/%s) and would write the same statuses: scale it to 0 for the time of the test, or leave --kubeconfig out",
				*holder, lease.Namespace, lease.Name)
		}
	}
	return nil
}

func alreadyThere(err error) error {
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}
