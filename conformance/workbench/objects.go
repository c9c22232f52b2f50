package workbench

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxDocuments bounds how many YAML documents are read of one text. A list of
// objects is one document.
const maxDocuments = 1000

// ObjectsLimit is how much text of objects is read: the API server keeps objects of
// 1.5 MiB at most.
func ObjectsLimit() folder.Limit { return folder.Limit{What: "a file of objects", Bytes: 4 << 20} }

// Misread says where objects could not be read, and why.
type Misread struct {
	// Document counts from 1; 0 where there are too many of them.
	Document int
	// Line of the text, as far as it is known.
	Line int
	Err  error
}

// Error gives "document 2: …".
func (m *Misread) Error() string {
	if m.Document == 0 {
		return fmt.Sprintf("line %d: %v", m.Line, m.Err)
	}
	return fmt.Sprintf("document %d: %v", m.Document, m.Err)
}

// Unwrap gives what was wrong.
func (m *Misread) Unwrap() error { return m.Err }

// Objects reads the Kubernetes objects of a text in YAML or JSON. The items of
// lists, as kubectl prints several objects, count as objects. The error is a *Misread.
func Objects(content []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	count := 0
	for document := range syntax.Stream(content) {
		if document.IsEmpty() {
			continue
		}
		if count++; count > maxDocuments {
			return nil, &Misread{Line: document.Line, Err: fmt.Errorf("more than %d YAML documents, and that is all that is read: write the backend and what is beside it", maxDocuments)}
		}
		found, err := objectsOf(document)
		if err != nil {
			return nil, &Misread{Document: count, Line: lineOf(err, document), Err: err}
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

// lineInError is where the YAML library puts a line into its messages.
var lineInError = regexp.MustCompile(`\bline (\d+): `)

// lineOf is the line that an error names, and else the first one of the document
// that says anything.
func lineOf(err error, document syntax.StreamDocument) int {
	if match := lineInError.FindStringSubmatch(err.Error()); match != nil {
		if line, err := strconv.Atoi(match[1]); err == nil {
			return line
		}
	}
	line := document.Line
	for text := range strings.Lines(string(document.Text)) {
		if text = strings.TrimSpace(text); text != "" && text[0] != '#' {
			break
		}
		line++
	}
	return line
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
