package testenv

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

const (
	pollEvery = 50 * time.Millisecond
	// settleWithin is how long the API server may take to serve a CRD, or to
	// stop serving it; half a second is usual.
	settleWithin = time.Minute
)

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
		crd := &apiextensionsv1.CustomResourceDefinition{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if err := e.Client.Delete(t.Context(), crd); err != nil {
			t.Fatalf("deleting the CRD %s: %v", name, err)
		}
		Eventually(t, settleWithin, func() error {
			switch err := e.Client.Get(t.Context(), client.ObjectKey{Name: name}, crd); {
			case apierrors.IsNotFound(err):
				return nil
			case err != nil:
				return err
			default:
				return fmt.Errorf("the CRD %s is still there, conditions: %v", name, crd.Status.Conditions)
			}
		})
	}
}

func installCRDs(ctx context.Context, config *rest.Config, paths ...string) error {
	options := envtest.CRDInstallOptions{
		Paths: paths, ErrorIfPathMissing: true,
		PollInterval: pollEvery, MaxTime: settleWithin,
	}
	if err := envtest.ReadCRDFiles(&options); err != nil {
		return fmt.Errorf("reading %v: %w", paths, err)
	}
	if len(options.CRDs) == 0 {
		return fmt.Errorf("no CustomResourceDefinition in %v", paths)
	}
	for _, crd := range options.CRDs {
		crd.Spec.Conversion = nil
	}
	config = rest.CopyConfig(config)
	config.WarningHandler = rest.NoWarnings{} // a deprecated version is no news to a test
	if err := envtest.CreateCRDs(config, options.CRDs); err != nil {
		return err
	}
	if err := envtest.WaitForCRDs(config, options.CRDs, options); err != nil {
		return fmt.Errorf("waiting for the API server to discover %v: %w", paths, err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	for _, crd := range options.CRDs {
		if err := waitListable(ctx, objects, crd); err != nil {
			return err
		}
	}
	return nil
}

// waitListable waits for the CRD's handlers: discovery announces a type a
// moment before it can be read.
func waitListable(ctx context.Context, objects dynamic.Interface, crd *apiextensionsv1.CustomResourceDefinition) error {
	for _, version := range crd.Spec.Versions {
		if !version.Served {
			continue
		}
		resource := schema.GroupVersionResource{Group: crd.Spec.Group, Version: version.Name, Resource: crd.Spec.Names.Plural}
		var last error
		err := wait.PollUntilContextTimeout(ctx, pollEvery, settleWithin, true, func(ctx context.Context) (bool, error) {
			_, last = objects.Resource(resource).List(ctx, metav1.ListOptions{Limit: 1})
			return last == nil, nil
		})
		if err != nil {
			return fmt.Errorf("waiting until %s can be listed: %w", resource, errors.Join(err, last))
		}
	}
	return nil
}
