package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/engine/kind"
)

// maxDocuments bounds how many YAML documents are read of one file. A list of
// objects is one document.
const maxDocuments = 1000

// readObjects reads the Kubernetes objects of a YAML or JSON file, or of
// standard input where the name is "-". The items of lists, as kubectl prints
// several objects, count as objects.
func readObjects(name string, stdin io.Reader) ([]*unstructured.Unstructured, error) {
	content, err := readInput(name, stdin, kind.Limit{What: "a file of objects", Bytes: maxObjectsSize})
	if err != nil {
		return nil, err
	}
	if name == "-" {
		name = "standard input"
	}
	var objects []*unstructured.Unstructured
	count := 0
	for document := range documents(content) {
		if document.empty() {
			continue
		}
		if count++; count > maxDocuments {
			return nil, fmt.Errorf("%s: line %d: more than %d YAML documents, and that is all that is read: write the backend and what is beside it", name, document.line, maxDocuments)
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

// document is one of a YAML stream.
type document struct {
	text []byte
	// line of the stream in which it begins, from 1.
	line int
}

// documents splits a YAML stream.
func documents(content []byte) iter.Seq[document] {
	return func(yield func(document) bool) {
		start, at, first, line := 0, 0, 1, 1
		for text := range bytes.Lines(content) {
			if rest, ok := bytes.CutPrefix(text, []byte("---")); ok && (len(rest) == 0 || strings.ContainsRune(" \t\r\n", rune(rest[0]))) {
				if !yield(document{content[start:at], first}) {
					return
				}
				start, first = at+len("---"), line
			}
			at, line = at+len(text), line+1
		}
		yield(document{content[start:], first})
	}
}

// empty says whether there is nothing in it but comments.
func (d document) empty() bool {
	for text := range bytes.Lines(d.text) {
		if text = bytes.TrimSpace(text); len(text) > 0 && text[0] != '#' {
			return false
		}
	}
	return true
}

// yamlLine is where the YAML library puts a line number into its messages.
var yamlLine = regexp.MustCompile(`(?m)(yaml: |^ *)line (\d+): `)

// asInStream counts the lines of an error from the beginning of the stream.
func (d document) asInStream(err error) error {
	return errors.New(yamlLine.ReplaceAllStringFunc(err.Error(), func(place string) string {
		match := yamlLine.FindStringSubmatch(place)
		line, convErr := strconv.Atoi(match[2])
		if convErr != nil {
			return place
		}
		return fmt.Sprintf("%sline %d: ", match[1], line+d.line-1)
	}))
}

func objectsOf(d document) ([]*unstructured.Unstructured, error) {
	encoded, err := yaml.YAMLToJSONStrict(d.text)
	if err != nil {
		return nil, d.asInStream(err)
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
