package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// pollEvery is how often the cluster is asked; goneWithin is how long a CRD or
// an object may take to go.
const (
	pollEvery  = 50 * time.Millisecond
	goneWithin = time.Minute
)

// Resource is a type that a kind reads, as roles name it.
type Resource struct {
	schema.GroupKind
	Plural string
}

// definition is a type that a kind reads, and where it comes from.
type definition struct {
	Resource
	versions []string
	// crd is nil for a type that the cluster serves without the suite.
	crd *apiextensionsv1.CustomResourceDefinition
}

// definitionsOf are the types that a kind reads, the referent's first where
// there is one.
func (c *Cluster) definitionsOf(ctx context.Context, f *cases.Folder) ([]definition, error) {
	pin, err := readPin(f)
	if err != nil {
		return nil, err
	}
	var all []definition
	for _, t := range f.Kind.Types() {
		if slices.ContainsFunc(all, func(d definition) bool { return d.GroupKind == t.GroupKind() }) {
			continue
		}
		d, err := c.definitionOf(ctx, f.Kind, t, pin)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func resources(types []definition) []Resource {
	all := make([]Resource, len(types))
	for i, d := range types {
		all[i] = d.Resource
	}
	return all
}

func (c *Cluster) definitionOf(ctx context.Context, k *kind.Kind, t kind.Referent, pin *contract.Pin) (definition, error) {
	d := definition{Resource: Resource{GroupKind: t.GroupKind()}, versions: t.Versions}
	// Of a type without a pin nothing has to be declared.
	pinned := contract.Contract{Group: t.Group, Kind: t.Kind}
	if i := slices.IndexFunc(pin.Contracts, func(c contract.Contract) bool { return c.GroupKind() == t.GroupKind() }); i >= 0 {
		pinned = pin.Contracts[i]
	}
	if d.crd = crd.Published(c.options.CRDs, pinned).DeepCopy(); d.crd == nil {
		d.crd = crd.Minimal(t, k)
	}
	d.Plural = d.crd.Spec.Names.Plural
	mapping, err := c.client.RESTMapper().RESTMapping(t.GroupKind())
	switch {
	case meta.IsNoMatchError(err), apierrors.IsNotFound(err):
		return d, nil
	case err != nil:
		return d, fmt.Errorf("asking whether %s is served: %w", t.GroupKind(), err)
	}
	// The mapping is remembered beyond the type.
	name := mapping.Resource.Resource + "." + t.Group
	err = c.client.Get(ctx, client.ObjectKey{Name: name}, &apiextensionsv1.CustomResourceDefinition{})
	switch {
	case err == nil && c.installed[name]:
	case err == nil || apierrors.IsNotFound(err) && builtIn(t.Group):
		d.crd, d.Plural = nil, mapping.Resource.Resource
	case !apierrors.IsNotFound(err):
		return d, fmt.Errorf("asking for the CRD %s: %w", name, err)
	}
	return d, nil
}

// builtIn says whether the API server itself serves a group: those have no dot,
// or are of Kubernetes and without a CRD.
func builtIn(group string) bool {
	return slices.Contains([]string{"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "discovery.k8s.io", "coordination.k8s.io"}, group)
}

// install installs a CRD unless it is there.
func (c *Cluster) install(ctx context.Context, definition *apiextensionsv1.CustomResourceDefinition) error {
	err := c.client.Get(ctx, client.ObjectKey{Name: definition.Name}, &apiextensionsv1.CustomResourceDefinition{})
	switch {
	case err == nil:
		return nil
	case !apierrors.IsNotFound(err):
		return fmt.Errorf("asking for the CRD %s: %w", definition.Name, err)
	}
	c.installed[definition.Name] = true
	if err := crd.Install(ctx, c.options.Config, definition.DeepCopy()); err != nil {
		return fmt.Errorf("installing the CRD %s: %w", definition.Name, err)
	}
	return nil
}

// installAll installs what the cluster does not serve itself.
func (c *Cluster) installAll(ctx context.Context, types []definition) error {
	for _, d := range types {
		if d.crd != nil {
			if err := c.install(ctx, d.crd); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Cluster) uninstallAll(ctx context.Context, types []definition) error {
	var errs []error
	for _, d := range types {
		if d.crd != nil {
			errs = append(errs, c.uninstall(ctx, d.crd.Name))
		}
	}
	return errors.Join(errs...)
}

// uninstall deletes a CRD that the suite has installed, and returns when it is gone.
func (c *Cluster) uninstall(ctx context.Context, name string) error {
	if !c.installed[name] {
		return nil
	}
	definition := &apiextensionsv1.CustomResourceDefinition{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if err := c.client.Delete(ctx, definition); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("deleting the CRD %s: %w", name, err)
	}
	err := wait.PollUntilContextTimeout(ctx, pollEvery, goneWithin, true, func(ctx context.Context) (bool, error) {
		err := c.client.Get(ctx, client.ObjectKey{Name: name}, definition)
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
	if err != nil {
		return fmt.Errorf("waiting until the CRD %s is gone: %w", name, err)
	}
	delete(c.installed, name)
	return nil
}

// foreign says which type of the kind the suite has to leave alone; empty where
// objects of all of them may be made.
func (c *Cluster) foreign(types []definition) string {
	for _, d := range types {
		if kind.IsMaaSModel(d.GroupKind) {
			return "the controller writes the status of what the kind reads itself, and has no kind here that it would decide it by"
		}
		if d.crd == nil && !c.options.Alone {
			return fmt.Sprintf("the cluster serves %s without the suite, and whoever does would act on objects made for the test: use a cluster without it, or leave --kubeconfig out", d.GroupKind)
		}
	}
	return ""
}

func (c *Cluster) deleteNamespace(ctx context.Context, name string) error {
	err := c.client.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	return client.IgnoreNotFound(err)
}

func ignoreNoMatch(err error) error {
	if meta.IsNoMatchError(err) {
		return nil
	}
	return err
}

// refused says whether the API server took the request and found it wrong.
func refused(err error) bool { return apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) }
