package testenv

import (
	"context"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// LoosenCRD takes the schemas of a CRD away, so that the API server stores
// whatever object it is given, until tighten is called or the test ends.
func (e *Env) LoosenCRD(t testing.TB, name string) (tighten func()) {
	t.Helper()
	definition := &apiextensionsv1.CustomResourceDefinition{}
	if err := e.Client.Get(t.Context(), client.ObjectKey{Name: name}, definition); err != nil {
		t.Fatalf("reading the CRD %s: %v", name, err)
	}
	strict, loose := definition.Spec.DeepCopy().Versions, definition.Spec.DeepCopy().Versions
	anything := true
	for i := range loose {
		loose[i].Schema = &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{
			Type: "object", XPreserveUnknownFields: &anything}}
	}
	ctx := context.WithoutCancel(t.Context())
	set := func(versions []apiextensionsv1.CustomResourceDefinitionVersion) {
		t.Helper()
		err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
			if err := e.Client.Get(ctx, client.ObjectKey{Name: name}, definition); err != nil {
				return err
			}
			definition.Spec.Versions = versions
			return e.Client.Update(ctx, definition)
		})
		if err != nil {
			t.Errorf("setting the schemas of the CRD %s: %v", name, err)
		}
	}
	set(loose)
	tighten = func() { set(strict) }
	t.Cleanup(tighten)
	return tighten
}

// Misfit stores an object that only a loosened CRD takes, with its status, and
// deletes it at the test's end. The API server may take a moment to be loose.
func (e *Env) Misfit(t testing.TB, object *unstructured.Unstructured) {
	t.Helper()
	status := object.Object["status"]
	Eventually(t, goneWithin, func() error { return e.Client.Create(t.Context(), object) })
	t.Cleanup(func() {
		if err := client.IgnoreNotFound(e.Client.Delete(context.WithoutCancel(t.Context()), object)); err != nil {
			t.Errorf("deleting %s: %v", object.GetName(), err)
		}
	})
	if status == nil {
		return
	}
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		if err := e.Client.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		object.Object["status"] = status
		return e.Client.Status().Update(t.Context(), object)
	})
	if err != nil {
		t.Fatalf("writing the status of %s: %v", object.GetName(), err)
	}
}
