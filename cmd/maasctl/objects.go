package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// readObjects reads the Kubernetes objects of a YAML or JSON file, or of
// standard input where the name is "-". The items of lists, as kubectl prints
// several objects, count as objects.
func readObjects(name string, stdin io.Reader) ([]*unstructured.Unstructured, error) {
	content, err := readAll(name, stdin)
	if err != nil {
		return nil, err
	}
	if name == "-" {
		name = "standard input"
	}
	var objects []*unstructured.Unstructured
	for i, document := range documents(content) {
		found, err := objectsOf(document)
		if err != nil {
			return nil, fmt.Errorf("%s: document %d: %w", name, i+1, err)
		}
		objects = append(objects, found...)
	}
	if len(objects) == 0 {
		return nil, fmt.Errorf("%s holds no object: write the backend object as kubectl get -o yaml prints it", name)
	}
	return objects, nil
}

func readAll(name string, stdin io.Reader) ([]byte, error) {
	if name != "-" {
		return os.ReadFile(name)
	}
	content, err := io.ReadAll(stdin)
	if err != nil {
		return nil, fmt.Errorf("reading standard input: %w", err)
	}
	return content, nil
}

// documents splits a YAML stream. Each is led by as many empty lines as come
// before it, so that the line numbers of errors are those of the file.
func documents(content []byte) []string {
	var all []string
	var document strings.Builder
	line := 0
	for text := range bytes.Lines(content) {
		if rest, ok := bytes.CutPrefix(text, []byte("---")); ok && (len(rest) == 0 || strings.ContainsRune(" \t\r\n", rune(rest[0]))) {
			all = append(all, document.String())
			document.Reset()
			document.WriteString(strings.Repeat("\n", line))
			text = rest
		}
		document.Write(text)
		line++
	}
	return append(all, document.String())
}

func objectsOf(document string) ([]*unstructured.Unstructured, error) {
	encoded, err := yaml.YAMLToJSONStrict([]byte(document))
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
