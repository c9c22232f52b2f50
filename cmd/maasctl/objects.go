package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"

	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// maxDocuments bounds how many YAML documents are read of one file. A list of
// objects is one document.
const maxDocuments = 1000

// readObjects reads the Kubernetes objects of a YAML or JSON file, or of
// standard input where the name is "-". The items of lists, as kubectl prints
// several objects, count as objects.
func readObjects(name string, stdin io.Reader) ([]*unstructured.Unstructured, error) {
	content, err := readInput(name, stdin, folder.Limit{What: "a file of objects", Bytes: maxObjectsSize})
	if err != nil {
		return nil, err
	}
	if name == "-" {
		name = "standard input"
	}
	var objects []*unstructured.Unstructured
	count := 0
	for document := range syntax.Stream(content) {
		if document.IsEmpty() {
			continue
		}
		if count++; count > maxDocuments {
			return nil, fmt.Errorf("%s: line %d: more than %d YAML documents, and that is all that is read: write the backend and what is beside it", name, document.Line, maxDocuments)
		}
		found, err := objectsOf(document)
		if err != nil {
			return nil, fmt.Errorf("%s: document %d: %w", name, count, err)
		}
		objects = append(objects, found...)
	}
	if len(objects) == 0 {
		return nil, fmt.Errorf("%s holds no object: write the backend object as kubectl get -o yaml prints it", name)
	}
	return objects, nil
}

func objectsOf(d syntax.StreamDocument) ([]*unstructured.Unstructured, error) {
	encoded, err := d.JSON()
	if err != nil {
		return nil, err
	}
	var value any
	if err := utiljson.Unmarshal(encoded, &value); err != nil {
		return nil, err
	}
	if value == nil {
		return nil, nil
	}
	content, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("not a Kubernetes object: write it as kubectl get -o yaml prints it")
	}
	return expand(content)
}

func expand(content map[string]any) ([]*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{Object: content}
	for _, field := range []string{"apiVersion", "kind"} {
		if text, ok := content[field].(string); !ok || text == "" {
			return nil, fmt.Errorf("the object has no %s: write it as kubectl get -o yaml prints it", field)
		}
	}
	if _, err := schema.ParseGroupVersion(object.GetAPIVersion()); err != nil {
		return nil, fmt.Errorf("apiVersion: %w", err)
	}
	items, isList := content["items"].([]any)
	if !isList || !strings.HasSuffix(object.GetKind(), "List") {
		return []*unstructured.Unstructured{object}, nil
	}
	var objects []*unstructured.Unstructured
	for i, item := range items {
		content, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("items[%d] is not a Kubernetes object", i)
		}
		found, err := expand(content)
		if err != nil {
			return nil, fmt.Errorf("items[%d]: %w", i, err)
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

func qualifiedName(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetName()
	}
	return object.GetNamespace() + "/" + object.GetName()
}
