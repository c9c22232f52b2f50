package main

import (
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/workbench"
)

// readObjects reads the Kubernetes objects of a YAML or JSON file, or of
// standard input where the name is "-". The items of lists, as kubectl prints
// several objects, count as objects.
func readObjects(name string, stdin io.Reader) ([]*unstructured.Unstructured, error) {
	content, err := readInput(name, stdin, workbench.ObjectsLimit())
	if err != nil {
		return nil, err
	}
	if name == "-" {
		name = "standard input"
	}
	objects, err := workbench.Objects(content)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(objects) == 0:
		return nil, fmt.Errorf("%s holds no object: write the backend object as kubectl get -o yaml prints it", name)
	}
	return objects, nil
}

func qualifiedName(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetName()
	}
	return object.GetNamespace() + "/" + object.GetName()
}
