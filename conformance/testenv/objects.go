package testenv

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fieldOwner owns the fields that Apply sets.
const fieldOwner = client.FieldOwner("testenv")

// Namespace creates a namespace of its own for the test. It is left behind:
// there is no controller here that would empty it.
func (e *Env) Namespace(t testing.TB) string {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	if err := e.Client.Create(t.Context(), namespace); err != nil {
		t.Fatalf("creating a namespace: %v", err)
	}
	return namespace.Name
}

// Apply puts objects into the API server as they stand, status included, by
// server-side apply. Fields of an earlier Apply that are not repeated go.
//
// Namespaces are created as needed. What only the server sets (uid,
// resourceVersion, generation, creationTimestamp) is left to it: a new object
// has generation 1, and each change of its spec adds one.
func (e *Env) Apply(t testing.TB, objects ...*unstructured.Unstructured) {
	t.Helper()
	for _, object := range objects {
		e.ensureNamespace(t, object.GetNamespace())
		e.apply(t, object.DeepCopy())
	}
}

func (e *Env) apply(t testing.TB, object *unstructured.Unstructured) {
	t.Helper()
	for _, field := range []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"} {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	// Apply writes the server's answer, without the status it did not take,
	// into what it is given.
	withStatus := object.DeepCopy()
	name := object.GetKind() + " " + client.ObjectKeyFromObject(object).String()
	err := e.Client.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(object), fieldOwner, client.ForceOwnership)
	if err != nil {
		t.Fatalf("applying %s: %v", name, err)
	}
	if _, found := withStatus.Object["status"]; !found {
		return
	}
	delete(withStatus.Object, "spec")
	err = e.Client.Status().Apply(t.Context(), client.ApplyConfigurationFromUnstructured(withStatus), fieldOwner, client.ForceOwnership)
	// Without a status subresource the status came with the object.
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatalf("applying the status of %s: %v", name, err)
	}
}

func (e *Env) ensureNamespace(t testing.TB, name string) {
	t.Helper()
	if name == "" {
		return
	}
	err := e.Client.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatalf("creating the namespace %s: %v", name, err)
	}
}

// ReadObjects reads every document of a YAML file.
func ReadObjects(t testing.TB, path string) []*unstructured.Unstructured {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var objects []*unstructured.Unstructured
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatalf("reading %s: %v", path, err)
		}
		object := &unstructured.Unstructured{}
		if err := utilyaml.Unmarshal(document, &object.Object); err != nil {
			t.Fatalf("reading %s: %v", path, err)
		}
		if len(object.Object) > 0 { // not just comments
			objects = append(objects, object)
		}
	}
}
