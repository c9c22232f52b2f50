package migrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxValues bounds how many values a document has, before one is read: a list of
// 10,000 models as kubectl prints it has a million.
const maxValues = 2_000_000

// maxNesting is deeper than any object is.
const maxNesting = 100

// tierMap is the ConfigMap that the first edition of Models as a Service had its
// tiers in.
const tierMap = "tier-to-group-mapping"

// Read reads the objects of one file, YAML or JSON, the items of lists too. A
// document that is no YAML is a fault, and the others of the file are read.
func Read(file string, content []byte) ([]Object, []Note) {
	r := reader{file: file}
	// The first bytes of files that are written on Windows.
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	for document := range syntax.Stream(content) {
		if document.IsEmpty() {
			continue
		}
		if crowded(document.Text) {
			r.fault(ruleYAML, document.Line, "there is too much in it: a document may have %d values, write more than one", maxValues)
			continue
		}
		node, faults := document.Node(file)
		for _, f := range faults {
			r.fault(ruleYAML, f.Line, "%s", f.Message+templated(document.Text))
		}
		if len(faults) == 0 {
			r.add(node, 0)
		}
	}
	return r.objects, r.notes
}

// crowded counts what YAML writes beside values; text may have it as well.
func crowded(text []byte) bool {
	count := bytes.Count(text, []byte("- "))
	for _, sign := range ",:[{" {
		count += bytes.Count(text, []byte(string(sign)))
	}
	return count > maxValues
}

// templated advises on files that are no objects yet.
func templated(text []byte) string {
	if bytes.Contains(text, []byte("{{")) {
		return ": it looks like a template of Helm; give what helm template prints of it"
	}
	return ""
}

// reader collects what is in a file.
type reader struct {
	file    string
	objects []Object
	notes   []Note
}

func (r *reader) fault(rule string, line int, format string, args ...any) {
	r.notes = append(r.notes, Object{File: r.file, Line: line}.plain(rule, true, format, args...))
}

// plain is a note on a place that is no object.
func (o Object) plain(rule string, fault bool, format string, args ...any) Note {
	n := o.note(rule, format, args...)
	n.Object, n.Fault = "", fault
	return n
}

// add takes one object, or the items of a list.
func (r *reader) add(node *yaml.Node, depth int) {
	at := Object{File: r.file, Line: node.Line}
	apiVersion, kind := scalar(node, "apiVersion"), scalar(node, "kind")
	group, err := schema.ParseGroupVersion(apiVersion)
	switch {
	case node.Kind == 0 || node.ShortTag() == "!!null":
		return
	case apiVersion == "" && kind == "":
		r.notes = append(r.notes, at.plain(rulePassedOver, false, "no Kubernetes object, and passed over"))
		return
	case apiVersion == "" || kind == "" || err != nil:
		r.fault(ruleObject, node.Line, "the object has no valid apiVersion and kind: write it as kubectl get -o yaml prints it, or take the rest of the file in if it was cut off")
		return
	}
	if _, items := field(node, "items"); items != nil && items.Kind == yaml.SequenceNode && strings.HasSuffix(kind, "List") {
		if depth == maxNesting {
			r.fault(ruleYAML, node.Line, "nested more than %d deep", maxNesting)
			return
		}
		for _, item := range items.Content {
			r.add(item, depth+1)
		}
		return
	}
	at.Type = group.WithKind(kind)
	at.Namespace, at.Name = scalar(node, "metadata", "namespace"), scalar(node, "metadata", "name")
	if at.matters() {
		if at.Content, err = contentOf(node); err != nil {
			r.unreadable(at, err)
			return
		}
		at.node = node
	}
	r.objects = append(r.objects, at)
}

// yamlLine is where the YAML library says which line it means.
var yamlLine = regexp.MustCompile(`^line (\d+): `)

// unreadable tells of everything that keeps an object from being read.
func (r *reader) unreadable(o Object, err error) {
	faults := []string{err.Error()}
	if several := (*yaml.TypeError)(nil); errors.As(err, &several) {
		faults = several.Errors
	}
	for _, text := range faults {
		n := o.faultAt(ruleYAML, nil, "not valid YAML: %s", syntax.Message(yamlLine.ReplaceAllString(text, ""), maxQuoted))
		if match := yamlLine.FindStringSubmatch(text); match != nil {
			if line, err := strconv.Atoi(match[1]); err == nil {
				n.Line = line
			}
		}
		r.notes = append(r.notes, n)
	}
}

// matters says whether more is read of an object than its name.
func (o Object) matters() bool {
	return o.Type.Group == maasGroup || o.Type.Group == inferenceGroup || o.Type.Group == kserveGroup
}

// contentOf is an object in the shapes that unstructured has, its aliases written
// out as far as the YAML library does that.
func contentOf(node *yaml.Node) (map[string]any, error) {
	var decoded, content map[string]any
	if err := node.Decode(&decoded); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(decoded)
	if err != nil {
		return nil, err
	}
	return content, utiljson.Unmarshal(encoded, &content)
}

// scalar is the text of a field.
func scalar(node *yaml.Node, path ...string) string {
	for _, key := range path {
		if node = valueOf(node, key); node == nil {
			return ""
		}
	}
	if node.Kind != yaml.ScalarNode || node.ShortTag() == "!!null" {
		return ""
	}
	return node.Value
}

// valueOf is a field's value, or what its alias stands for.
func valueOf(node *yaml.Node, key string) *yaml.Node {
	_, value := field(node, key)
	if value != nil && value.Kind == yaml.AliasNode {
		return value.Alias
	}
	return value
}
