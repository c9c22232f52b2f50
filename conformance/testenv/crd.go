package testenv

import (
	"context"
	"fmt"
	"testing"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
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
func (e *Env) UninstallCRDs(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		definition := &apiextensionsv1.CustomResourceDefinition{ObjectMeta: metav1.ObjectMeta{Name: name}}
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

func installCRDs(ctx context.Context, config *rest.Config, paths ...string) error {
	crds, err := crd.Read(paths...)
	if err != nil {
		return err
	}
	return crd.Install(ctx, config, crds...)
}
