// Package object reads Kubernetes objects from YAML and applies them, status
// included, as nothing but an operator would on a real cluster.
package object

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fieldOwner owns the fields that Apply sets.
const fieldOwner = client.FieldOwner("maas-conformance")

// Apply puts objects into the API server as they stand, status included, by
// server-side apply. Fields of an earlier Apply that are not repeated go.
//
// Namespaces are created as needed. What only the server sets (uid,
// resourceVersion, generation, creationTimestamp) is left to it: a new object
// has generation 1, and each change of its spec adds one.
func Apply(ctx context.Context, c client.Client, objects ...*unstructured.Unstructured) error {
	for _, object := range objects {
		name := object.GetKind() + " " + client.ObjectKeyFromObject(object).String()
		if err := ensureNamespace(ctx, c, object.GetNamespace()); err != nil {
			return fmt.Errorf("creating the namespace of %s: %w", name, err)
		}
		if err := apply(ctx, c, object.DeepCopy()); err != nil {
			return fmt.Errorf("applying %s: %w", name, err)
		}
	}
	return nil
}

func apply(ctx context.Context, c client.Client, object *unstructured.Unstructured) error {
	for _, field := range []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"} {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	// Apply writes the server's answer, without the status it did not take,
	// into what it is given.
	withStatus := object.DeepCopy()
	if err := c.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), fieldOwner, client.ForceOwnership); err != nil {
		return err
	}
	if _, found := withStatus.Object["status"]; !found {
		return nil
	}
	delete(withStatus.Object, "spec")
	err := c.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(withStatus), fieldOwner, client.ForceOwnership)
	// Without a status subresource the status came with the object.
	return client.IgnoreNotFound(err)
}

func ensureNamespace(ctx context.Context, c client.Client, name string) error {
	if name == "" {
		return nil
	}
	err := c.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// Read reads every document of a YAML stream; documents of comments alone are
// passed over.
func Read(content []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		object := &unstructured.Unstructured{}
		if err := utilyaml.Unmarshal(document, &object.Object); err != nil {
			return nil, err
		}
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
}
