package upgrade_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const now, next = "v1alpha1", "v1beta1"

// The way to the next version of the API that config/README.md describes, under a
// controller that knows the present one alone: it is served, it is stored, all objects
// are stored anew, and nothing is left of the old one but that it is served. Then back.
func TestNextVersion(t *testing.T) {
	testenv.NeedControlPlane(t)
	if testing.Short() {
		t.Skip("this builds the programs and runs them: make test does")
	}
	v, c := present(t), newCluster(t)
	install.Apply(t, c.Env, v.manifests)
	at := v.start(t, c)
	c.populate(t)
	before := c.settle(t)
	list := c.list(t, at.api)
	names := crdNames(v)
	holds := func(step string) {
		t.Helper()
		c.touch(t)
		if diff := cmp.Diff(before, c.settle(t)); diff != "" {
			t.Errorf("%s: conditions changed, if only for a moment (-before +now):\n%s", step, diff)
		}
		if diff := cmp.Diff(list, c.list(t, at.api)); diff != "" {
			t.Errorf("%s: the list changed (-before +now):\n%s", step, diff)
		}
	}

	for _, name := range names {
		c.serveNext(t, name)
	}
	for _, name := range names {
		if diff := cmp.Diff(c.read(t, name, now), c.read(t, name, next)); diff != "" {
			t.Errorf("%s: the versions say different things (-%s +%s):\n%s", name, now, next, diff)
		}
	}
	holds("both are served")
	c.refusesStatus(t, next)
	for _, to := range []string{next, now} {
		for _, name := range names {
			c.store(t, name, to)
			c.keepsStored(t, name, to)
			c.storeAnew(t, name, to)
			c.forgetOthers(t, name, to)
		}
		holds(to + " is stored")
	}
}

// crdNames are those of the API's own definitions.
func crdNames(v version) []string {
	var names []string
	for _, o := range v.manifests {
		if o.GetKind() == "CustomResourceDefinition" {
			names = append(names, o.GetName())
		}
	}
	return names
}

// changeCRD changes a definition, or its status.
func (c *cluster) changeCRD(t *testing.T, name string, write func(client.Object) error, change func(*apiextensionsv1.CustomResourceDefinition)) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		crd := &apiextensionsv1.CustomResourceDefinition{}
		if err := c.Client.Get(t.Context(), client.ObjectKey{Name: name}, crd); err != nil {
			return err
		}
		change(crd)
		return write(crd)
	})
}

func (c *cluster) update(t *testing.T) func(client.Object) error {
	return func(o client.Object) error { return c.Client.Update(t.Context(), o) }
}

// serveNext serves the next version beside the present one, with the same schema.
func (c *cluster) serveNext(t *testing.T, name string) {
	t.Helper()
	c.changeCRD(t, name, c.update(t), func(crd *apiextensionsv1.CustomResourceDefinition) {
		if len(crd.Spec.Versions) == 1 {
			added := *crd.Spec.Versions[0].DeepCopy()
			added.Name, added.Storage = next, false
			crd.Spec.Versions = append(crd.Spec.Versions, added)
		}
	})
	testenv.Eventually(t, patience, func() error { return c.Client.List(t.Context(), c.listOf(t, name, next)) })
}

// store has objects that are written from now on stored in a version; the other one
// says that it is deprecated.
func (c *cluster) store(t *testing.T, name, version string) {
	t.Helper()
	c.changeCRD(t, name, c.update(t), func(crd *apiextensionsv1.CustomResourceDefinition) {
		for i := range crd.Spec.Versions {
			v := &crd.Spec.Versions[i]
			v.Storage, v.Deprecated = v.Name == version, v.Name != version
		}
	})
}

// keepsStored: the API server lets no version be taken out that may be stored.
func (c *cluster) keepsStored(t *testing.T, name, version string) {
	t.Helper()
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := c.Client.Get(t.Context(), client.ObjectKey{Name: name}, crd); err != nil {
		t.Fatal(err)
	}
	crd.Spec.Versions = slices.DeleteFunc(crd.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Name != version })
	if err := c.Client.Update(t.Context(), crd); !apierrors.IsInvalid(err) {
		t.Errorf("%s: all but %s were taken out: %v", name, version, err)
	}
}

// storeAnew writes every object as it is. The definition reaches the part of the API
// server that stores a moment after it is written.
func (c *cluster) storeAnew(t *testing.T, name, version string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		list := c.listOf(t, name, version)
		if err := c.Client.List(t.Context(), list); err != nil {
			return err
		}
		for _, o := range list.Items {
			before := o.GetResourceVersion()
			if err := c.Client.Update(t.Context(), &o); err != nil {
				return err
			}
			if o.GetResourceVersion() == before {
				return fmt.Errorf("%s %s is stored as it was", o.GetKind(), o.GetName())
			}
		}
		return nil
	})
}

// forgetOthers says that nothing is stored in another version any more: from then on
// the API server lets that one be taken out.
func (c *cluster) forgetOthers(t *testing.T, name, version string) {
	t.Helper()
	write := func(o client.Object) error { return c.Client.Status().Update(t.Context(), o) }
	c.changeCRD(t, name, write, func(crd *apiextensionsv1.CustomResourceDefinition) {
		if !slices.Contains(crd.Status.StoredVersions, version) {
			t.Fatalf("%s: %s is not stored: %v", name, version, crd.Status.StoredVersions)
		}
		crd.Status.StoredVersions = []string{version}
	})
}

func (c *cluster) listOf(t *testing.T, name, version string) *unstructured.UnstructuredList {
	t.Helper()
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := c.Client.Get(t.Context(), client.ObjectKey{Name: name}, crd); err != nil {
		t.Fatal(err)
	}
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(schema.GroupVersionKind{Group: crd.Spec.Group, Version: version, Kind: crd.Spec.Names.ListKind})
	return list
}

// read gives all objects of a definition in a version, but for the version's name.
func (c *cluster) read(t *testing.T, name, version string) string {
	t.Helper()
	list := c.listOf(t, name, version)
	if err := c.Client.List(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	for i := range list.Items {
		list.Items[i].SetManagedFields(nil)
	}
	text, err := json.MarshalIndent(list.Items, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	group := v1alpha1.GroupVersion.Group + "/"
	return strings.ReplaceAll(string(text), `"apiVersion": "`+group+version+`"`, `"apiVersion": "`+group+`"`)
}

// refusesStatus: whoever is not the controller writes no status, in whatever version.
func (c *cluster) refusesStatus(t *testing.T, version string) {
	t.Helper()
	model := &unstructured.Unstructured{}
	model.SetGroupVersionKind(schema.GroupVersionKind{Group: v1alpha1.GroupVersion.Group, Version: version, Kind: "MaaSModel"})
	model.SetNamespace(c.namespace)
	model.SetName("service")
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"status":{"endpoint":"http://attacker.example"}}`))
	if err := c.Client.Status().Patch(t.Context(), model, patch); !apierrors.IsForbidden(err) {
		t.Errorf("a status was written in %s: %v", version, err)
	}
}
