package kind

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Index files objects of a type by what queries select them by: a label, or a
// field. Kind-specs alone say which there are, so that they are few.
type Index struct {
	label string
	field *jsonpath.Path
}

// Name tells indexes apart.
func (i Index) Name() string {
	if i.field != nil {
		return "field " + i.field.String()
	}
	return "label " + i.label
}

// Values are what an object is filed under, none where it has no such label or
// field.
func (i Index) Values(object *unstructured.Unstructured) []string {
	if i.field != nil {
		return valuesOf(i.field, object.Object)
	}
	if value, ok := labelOf(object.Object, i.label); ok {
		return []string{value}
	}
	return nil
}

// Term is a value that a query wants objects to be filed under.
type Term struct {
	Index Index
	Value string
}

// Terms are what every object in the query's answer has: none where a name
// says which it is, or all of a namespace are meant.
func (q Query) Terms() []Term {
	if q.Name != "" {
		return nil
	}
	terms := make([]Term, 0, len(q.Labels)+len(q.Fields))
	for _, key := range slices.Sorted(maps.Keys(q.Labels)) {
		terms = append(terms, Term{Index{label: key}, q.Labels[key]})
	}
	for _, f := range q.Fields {
		terms = append(terms, Term{Index{field: f.path}, f.Value})
	}
	return terms
}

// labelOf reads one label, and copies none.
func labelOf(object map[string]any, key string) (string, bool) {
	metadata, _ := object["metadata"].(map[string]any)
	labels, _ := metadata["labels"].(map[string]any)
	value, ok := labels[key].(string)
	return value, ok
}

// maxMatching bounds the work of looking for a value in one object, in steps.
const maxMatching = 100_000

// valuesOf are the texts at a path; whole numbers and booleans are texts too.
func valuesOf(path *jsonpath.Path, object map[string]any) []string {
	var texts []string
	for _, node := range path.Nodes(object, jsonpath.NewBudget(maxMatching)) {
		if text, ok := syntax.ScalarText(node.Value); ok {
			texts = append(texts, text)
		}
	}
	return texts
}
