package kind

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

// Query asks for related objects: one by its name, or those of a namespace
// that have all of some labels, or all of a namespace. What was asked is exactly what has to be
// watched: a change in the answer to no other query changes an observation.
type Query struct {
	// Group, Kind and Versions identify the type; the first version served is meant.
	Group    string
	Kind     string
	Versions []string
	// Namespace is empty for cluster-scoped types.
	Namespace string
	// Name of the one object; empty when Labels select.
	Name string
	// Labels that the objects have; nil when Name or All is set.
	Labels map[string]string
	// Fields that the objects have; nil when Name or All is set.
	Fields []FieldValue
	// All objects of the namespace, when nothing else says which.
	All bool
}

// GroupKind identifies the type without a version.
func (q Query) GroupKind() schema.GroupKind { return schema.GroupKind{Group: q.Group, Kind: q.Kind} }

// Matches says whether an object of the query's type is in its answer.
func (q Query) Matches(object *unstructured.Unstructured) bool {
	if object.GetNamespace() != q.Namespace {
		return false
	}
	if q.Name != "" {
		return object.GetName() == q.Name
	}
	for key, wanted := range q.Labels {
		if value, ok := labelOf(object.Object, key); !ok || value != wanted {
			return false
		}
	}
	for _, field := range q.Fields {
		if !slices.Contains(valuesOf(field.path, object.Object), field.Value) {
			return false
		}
	}
	return q.All || len(q.Labels) > 0 || len(q.Fields) > 0
}

// FieldValue is a field of an object and the text that one of its values is.
type FieldValue struct {
	path *jsonpath.Path
	// Value is a string, or a whole number or boolean as text.
	Value string
}

// Path is an RFC 9535 JSONPath.
func (f FieldValue) Path() string { return f.path.Text }

// String gives "HTTPRoute llm/maas-granite", "Service in llm with app=granite"
// or "ReferenceGrant in llm".
func (q Query) String() string {
	if q.Name != "" {
		name := q.Name
		if q.Namespace != "" {
			name = q.Namespace + "/" + name
		}
		return q.Kind + " " + name
	}
	labels := make([]string, 0, len(q.Labels))
	for _, key := range slices.Sorted(maps.Keys(q.Labels)) {
		labels = append(labels, key+"="+q.Labels[key])
	}
	for _, field := range q.Fields {
		labels = append(labels, field.Path()+"="+field.Value)
	}
	where := ""
	if q.Namespace != "" {
		where = " in " + q.Namespace
	}
	if q.All {
		return q.Kind + where
	}
	return fmt.Sprintf("%s%s with %s", q.Kind, where, strings.Join(labels, ","))
}

// Answer is the outcome of a query.
type Answer struct {
	State AnswerState
	// Objects in any order, none unless State is AnswerRead. They may hold no
	// more than Project keeps for the kind.
	Objects []*unstructured.Unstructured
	// Message for people where State is not AnswerRead: what is wrong, and what
	// to do; may be empty.
	Message string
}

// AnswerState says whether a query could be answered.
type AnswerState string

// The states. That no object matches is no failure: AnswerRead without objects.
const (
	AnswerRead      AnswerState = "Read"
	AnswerNotServed AnswerState = "NotServed"
	AnswerForbidden AnswerState = "Forbidden"
)

// Reader reads related objects. It answers from what is at hand and never
// waits; while an answer is not known yet, whoever gave the reader has to throw
// the observation away. It may be called from several goroutines.
type Reader interface {
	Read(query Query) Answer
}

// Objects is a Reader of objects in memory, for files and tests. It serves
// every type; Objects(nil) has none.
type Objects []*unstructured.Unstructured

// Read gives the objects that match, in whichever of the versions they are.
func (o Objects) Read(query Query) Answer {
	answer := Answer{State: AnswerRead}
	for _, object := range o {
		gvk := object.GroupVersionKind()
		if gvk.GroupKind() == query.GroupKind() && slices.Contains(query.Versions, gvk.Version) && query.Matches(object) {
			answer.Objects = append(answer.Objects, object)
		}
	}
	return answer
}
