package testenv

import (
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/object"
)

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

// Apply puts objects into the API server as object.Apply does.
func (e *Env) Apply(t testing.TB, objects ...*unstructured.Unstructured) {
	t.Helper()
	if err := object.Apply(t.Context(), e.Client, objects...); err != nil {
		t.Fatal(err)
	}
}

// ReadObjects reads every document of a YAML file.
func ReadObjects(t testing.TB, path string) []*unstructured.Unstructured {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := object.Read(content)
	if err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
	return objects
}
