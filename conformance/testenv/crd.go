package testenv

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/crd"
)

// goneWithin is how long the API server may take to stop serving a CRD; half a
// second is usual.
const goneWithin = time.Minute

// InstallCRDs creates or updates the CRDs in the given files and folders (the
// files directly in a folder) and returns when every served version can be
// listed.
//
// A conversion webhook is taken out: nothing answers it here, and every read
// would fail. Versions of such a CRD are then served as they are stored.
func (e *Env) InstallCRDs(t testing.TB, paths ...string) {
	t.Helper()
	if err := installCRDs(t.Context(), e.Config, paths...); err != nil {
		t.Fatalf("installing CRDs: %v", err)
	}
}

// UninstallCRDs deletes CRDs by name, for example
// "llminferenceservices.serving.kserve.io", with all their objects, and returns
// when they are gone. Objects with finalizers must be gone before.
//
// The stored version is served and listed first: the API server deletes through
// its cache, and while that is being filled, as after each change, tries again
// at intervals that double.
func (e *Env) UninstallCRDs(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		definition := e.serve(t, name, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Served || v.Storage })
		if err := crd.WaitCached(t.Context(), e.Config, definition); err != nil {
			t.Fatal(err)
		}
		if err := e.Client.Delete(t.Context(), definition); err != nil {
			t.Fatalf("deleting the CRD %s: %v", name, err)
		}
		Eventually(t, goneWithin, func() error {
			switch err := e.Client.Get(t.Context(), client.ObjectKey{Name: name}, definition); {
			case apierrors.IsNotFound(err):
				return nil
			case err != nil:
				return err
			default:
				return fmt.Errorf("the CRD %s is still there, conditions: %v", name, definition.Status.Conditions)
			}
		})
	}
}

// ServeVersions makes the API server serve these versions of a CRD and no
// others, and returns when they can be listed.
func (e *Env) ServeVersions(t testing.TB, name string, versions ...string) {
	t.Helper()
	definition := e.serve(t, name, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool {
		return slices.Contains(versions, v.Name)
	})
	if err := crd.WaitListable(t.Context(), e.Config, definition); err != nil {
		t.Fatal(err)
	}
}

// serve sets which versions of a CRD are served.
func (e *Env) serve(t testing.TB, name string, served func(apiextensionsv1.CustomResourceDefinitionVersion) bool) *apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	definition := &apiextensionsv1.CustomResourceDefinition{}
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		if err := e.Client.Get(t.Context(), client.ObjectKey{Name: name}, definition); err != nil {
			return err
		}
		for i := range definition.Spec.Versions {
			definition.Spec.Versions[i].Served = served(definition.Spec.Versions[i])
		}
		return e.Client.Update(t.Context(), definition)
	})
	if err != nil {
		t.Fatalf("setting the served versions of the CRD %s: %v", name, err)
	}
	return definition
}

func installCRDs(ctx context.Context, config *rest.Config, paths ...string) error {
	crds, err := crd.Read(paths...)
	if err != nil {
		return err
	}
	for _, definition := range crds {
		for _, version := range definition.Spec.Versions {
			if version.Schema != nil {
				undescribe(version.Schema.OpenAPIV3Schema)
			}
		}
	}
	return crd.Install(ctx, config, crds...)
}

// undescribe takes the descriptions out of a schema. They are half of our own CRDs,
// which every controller reads at its start and at each change, and no test reads
// them in a cluster.
func undescribe(schema *apiextensionsv1.JSONSchemaProps) {
	if schema == nil {
		return
	}
	schema.Description = ""
	for name, property := range schema.Properties {
		undescribe(&property)
		schema.Properties[name] = property
	}
	if schema.Items != nil {
		undescribe(schema.Items.Schema)
	}
	if schema.AdditionalProperties != nil {
		undescribe(schema.AdditionalProperties.Schema)
	}
}
