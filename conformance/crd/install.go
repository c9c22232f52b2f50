// Package crd installs CustomResourceDefinitions into a control plane of our
// own: those of files, and minimal ones made from a kind-spec.
package crd

import (
	"context"
	"errors"
	"fmt"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

const (
	pollEvery = 50 * time.Millisecond
	// settleWithin is how long the API server may take to serve a CRD; half a
	// second is usual.
	settleWithin = time.Minute
)

// Install creates or updates CRDs and returns when every served version can be
// listed.
//
// A conversion webhook is taken out: nothing answers it here, and every read
// would fail. Versions of such a CRD are then served as they are stored.
func Install(ctx context.Context, config *rest.Config, crds ...*apiextensionsv1.CustomResourceDefinition) error {
	for _, crd := range crds {
		crd.Spec.Conversion = nil
	}
	config = rest.CopyConfig(config)
	config.WarningHandler = rest.NoWarnings{} // a deprecated version is no news here
	if err := envtest.CreateCRDs(config, crds); err != nil {
		return err
	}
	options := envtest.CRDInstallOptions{PollInterval: pollEvery, MaxTime: settleWithin}
	if err := envtest.WaitForCRDs(config, crds, options); err != nil {
		return fmt.Errorf("waiting for the API server to discover the CRDs: %w", err)
	}
	return WaitListable(ctx, config, crds...)
}

// WaitListable waits until every served version of the CRDs can be listed:
// discovery announces a type a moment before it can be read.
func WaitListable(ctx context.Context, config *rest.Config, crds ...*apiextensionsv1.CustomResourceDefinition) error {
	return waitList(ctx, config, metav1.ListOptions{Limit: 1}, crds...)
}

// WaitCached waits until the API server has filled its caches of every served
// version of the CRDs, about a second after they can be listed: until then it
// answers lists with a limit from etcd and none without (GetList of
// k8s.io/apiserver v0.37.2, pkg/storage/cacher/delegator.go).
func WaitCached(ctx context.Context, config *rest.Config, crds ...*apiextensionsv1.CustomResourceDefinition) error {
	return waitList(ctx, config, metav1.ListOptions{}, crds...)
}

func waitList(ctx context.Context, config *rest.Config, options metav1.ListOptions, crds ...*apiextensionsv1.CustomResourceDefinition) error {
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	for _, crd := range crds {
		var last error
		err := wait.PollUntilContextTimeout(ctx, pollEvery, settleWithin, true, func(ctx context.Context) (bool, error) {
			last = list(ctx, objects, crd, options)
			return last == nil, nil
		})
		if err != nil {
			return fmt.Errorf("waiting until the API server serves %s: %w", crd.Name, errors.Join(err, last))
		}
	}
	return nil
}

// list reads every served version of a CRD.
func list(ctx context.Context, objects dynamic.Interface, crd *apiextensionsv1.CustomResourceDefinition, options metav1.ListOptions) error {
	for _, version := range crd.Spec.Versions {
		if !version.Served {
			continue
		}
		resource := schema.GroupVersionResource{Group: crd.Spec.Group, Version: version.Name, Resource: crd.Spec.Names.Plural}
		if _, err := objects.Resource(resource).List(ctx, options); err != nil {
			return fmt.Errorf("listing %s: %w", resource, err)
		}
	}
	return nil
}
