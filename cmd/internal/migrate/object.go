package migrate

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	maasGroup      = "maas.opendatahub.io"
	inferenceGroup = "inference.opendatahub.io"
	kserveGroup    = "serving.kserve.io"
	crdGroup       = "apiextensions.k8s.io"
	kustomizeGroup = "kustomize.config.k8s.io"
	kuadrantGroup  = "kuadrant.io"
)

// The kinds of the input that play a part.
const (
	modelRefKind      = "MaaSModelRef"
	modelKind         = "MaaSModel"
	policyKind        = "MaaSAuthPolicy"
	subscriptionKind  = "MaaSSubscription"
	externalModelKind = "ExternalModel"
	llmServiceKind    = "LLMInferenceService"
)

// Object is one object of the input, and where it is written.
type Object struct {
	// File, and the Line of it where the object begins; neither of one of a cluster.
	File string
	Line int
	Type schema.GroupVersionKind
	// Namespace is empty where none is written.
	Namespace, Name string
	// Content is all that it says; nil of objects that are only passed over.
	Content map[string]any
	// node is how it is written; nil of one of a cluster.
	node *yaml.Node
}

// Live is an object of a cluster.
func Live(object *unstructured.Unstructured) Object {
	return Object{
		Type: object.GroupVersionKind(), Namespace: object.GetNamespace(), Name: object.GetName(), Content: object.Object,
	}
}

func (o Object) live() bool { return o.File == "" }

func (o Object) is(group, kind string) bool { return o.Type.Group == group && o.Type.Kind == kind }

// String is the object as messages name it.
func (o Object) String() string {
	return strings.TrimSpace(o.Type.Kind + " " + qualified(o.Namespace, o.Name))
}

func qualified(namespace, name string) string {
	return strings.TrimPrefix(namespace+"/"+name, "/")
}

// text is a string of the object; empty where it is something else, or not there.
func (o Object) text(path ...string) string {
	text, _, err := unstructured.NestedString(o.Content, path...)
	if err != nil {
		return ""
	}
	return text
}

// part is an object inside the object, and whether it is one or not there.
func (o Object) part(path ...string) (map[string]any, bool) {
	value, found, err := unstructured.NestedFieldNoCopy(o.Content, path...)
	if !found || err != nil || value == nil {
		return nil, err == nil
	}
	part, ok := value.(map[string]any)
	return part, ok
}

// list are the entries of a list inside the object.
func (o Object) list(path ...string) []any {
	value, _, err := unstructured.NestedFieldNoCopy(o.Content, path...)
	if err != nil {
		return nil
	}
	list, _ := value.([]any)
	return list
}

// line is where a field is written, or the nearest thing around it that is.
func (o Object) line(path ...string) int {
	node, line := o.node, o.Line
	for _, key := range path {
		if node == nil || node.Kind != yaml.MappingNode {
			return line
		}
		at, value := field(node, key)
		if at == nil {
			return line
		}
		node, line = value, at.Line
	}
	return line
}

// field finds a key and its value in a mapping.
func field(node *yaml.Node, key string) (at, value *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i], node.Content[i+1]
		}
	}
	return nil, nil
}

// noteAt is a note on a field, which has to be given as the path to it.
func (o Object) noteAt(rule string, path []string, format string, args ...any) Note {
	return Note{
		Rule: rule, File: o.File, Line: o.line(path...), Object: o.String(), Field: strings.Join(path, "."),
		Message: fmt.Sprintf(format, args...),
	}
}

// note is one on the object as a whole.
func (o Object) note(rule, format string, args ...any) Note {
	return o.noteAt(rule, nil, format, args...)
}

// faultAt is a note that says why the object is left out.
func (o Object) faultAt(rule string, path []string, format string, args ...any) Note {
	n := o.noteAt(rule, path, format, args...)
	n.Fault = true
	return n
}

// In is the object in a namespace, where it names none and is in one.
func (o Object) In(namespace string) Object {
	if o.Namespace == "" && o.matters() {
		o.Namespace = namespace
	}
	return o
}
