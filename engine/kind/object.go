package kind

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxSelected bounds how many objects of a selector's answer are looked at: the
// first ones by name that are not being deleted.
const maxSelected = 64

// relatedObject is an object, or several, read beside the referent.
type relatedObject struct {
	referent Referent
	// name is nil where labels or fields select.
	name   sources
	labels map[string]*syntax.Template
	fields []fieldTemplate
	// namespace is nil for cluster-scoped types.
	namespace  sources
	generation generationCheck
}

// query fills in what is asked for. A value may come from an object that its users
// write, so it has to be what it is used as; the note says what is missing.
func (o relatedObject) query(as string, env *environment) (q Query, note string) {
	q = Query{Group: o.referent.Group, Kind: o.referent.Kind, Versions: slices.Clone(o.referent.Versions)}
	if o.referent.Scope != ScopeCluster {
		if q.Namespace, note = o.namespace.text(env, as, "namespace", validation.IsDNS1123Label); note != "" {
			return q, note
		}
	}
	if o.name != nil {
		q.Name, note = o.name.text(env, as, "name", validation.IsDNS1123Subdomain)
		return q, note
	}
	for _, f := range o.fields {
		text, note := f.value.Render(env.values, nil)
		if note != "" {
			return q, note
		}
		q.Fields = append(q.Fields, FieldValue{f.path, text})
	}
	if o.labels != nil {
		q.Labels = map[string]string{}
	}
	for _, key := range slices.Sorted(maps.Keys(o.labels)) {
		text, note := o.labels[key].Render(env.values, nil)
		if note == "" {
			note = unfit(text, "label value", validation.IsValidLabelValue)
		}
		if note != "" {
			return q, note
		}
		q.Labels[key] = text
	}
	return q, ""
}

// fieldTemplate is a field that the objects have.
type fieldTemplate struct {
	path  *jsonpath.Path
	value *syntax.Template
}

func unfit(text, what string, check func(string) []string) string {
	if faults := check(text); len(faults) > 0 {
		return fmt.Sprintf("%s is not a %s: %s", syntax.Quote(text), what, faults[0])
	}
	return ""
}

// read asks for the objects.
func (o relatedObject) read(as string, env *environment) binding {
	var bound binding
	q, note := o.query(as, env)
	if note != "" {
		bound.missing = fmt.Sprintf("%s %s is not looked up: %s", o.referent.Kind, as, note)
		o.record(env, as, Step{Path: o.referent.Kind, Note: bound.missing})
		return bound
	}
	step := Step{Path: q.String()}
	env.noteRead(q)
	answer := env.reader.Read(q)
	if env.work.Spend(len(answer.Objects)) {
		objects, there, missing, forbidden := present(q, answer)
		bound.missing, env.forbidden = missing, cmp.Or(env.forbidden, forbidden)
		for _, object := range objects {
			bound.entries = append(bound.entries, entry{value: object, root: object, gate: o.generation})
		}
		if there > maxSelected {
			step.Note = fmt.Sprintf("%d match, and only the first %d by name are looked at", there, maxSelected)
			env.cut = append(env.cut, fmt.Sprintf("%s %s", o.referent.Kind, as))
		}
	}
	step.Found, step.Matched = described(bound.entries, nil), len(bound.entries) > 0
	if !step.Matched {
		step.Note = bound.missing
	}
	o.record(env, as, step)
	return bound
}

func (o relatedObject) record(env *environment, as string, step Step) {
	env.trace.add("subjects", as, func() Step {
		step.Want = o.wanted()
		return step
	})
}

// wanted is how the objects are found, in words.
func (o relatedObject) wanted() string {
	if o.name != nil {
		return "name " + o.name.words()
	}
	var wanted []string
	for _, key := range slices.Sorted(maps.Keys(o.labels)) {
		wanted = append(wanted, key+"="+o.labels[key].Text)
	}
	for _, f := range o.fields {
		wanted = append(wanted, f.path.Text+"="+f.value.Text)
	}
	return "those with " + strconv.Quote(strings.Join(wanted, ","))
}

// present are the first objects of an answer that are not on their way out, sorted,
// and how many there are, or why there are none. Forbidden is set when they may not be read.
func present(q Query, answer Answer) (objects []map[string]any, there int, missing, forbidden string) {
	switch answer.State {
	case AnswerForbidden:
		missing = fmt.Sprintf("%s may not be read", q)
		if answer.Message != "" {
			missing += ": " + answer.Message
		}
		return nil, 0, missing, missing
	case AnswerNotServed:
		if answer.Message != "" {
			return nil, 0, fmt.Sprintf("%s cannot exist: %s", q, answer.Message), ""
		}
		return nil, 0, fmt.Sprintf("%s cannot exist: the API server does not serve %s in %s", q, q.GroupKind(), strings.Join(q.Versions, ", ")), ""
	}
	missing = fmt.Sprintf("%s does not exist", q)
	var found []*unstructured.Unstructured
	for _, object := range answer.Objects {
		switch {
		case object == nil:
		case object.GetDeletionTimestamp() != nil:
			missing = fmt.Sprintf("%s is being deleted", q)
		default:
			found = amongFirst(found, object)
			there++
		}
	}
	for _, object := range found {
		objects = append(objects, object.Object)
	}
	return objects, there, missing, ""
}

// amongFirst puts an object into its place among the first by name. There may be
// thousands: they are not sorted for the sake of a few.
func amongFirst(first []*unstructured.Unstructured, object *unstructured.Unstructured) []*unstructured.Unstructured {
	at, _ := slices.BinarySearchFunc(first, object, func(a, b *unstructured.Unstructured) int {
		return cmp.Or(strings.Compare(a.GetNamespace(), b.GetNamespace()), strings.Compare(a.GetName(), b.GetName()))
	})
	if at == maxSelected {
		return first
	}
	first = slices.Insert(first, at, object)
	return first[:min(len(first), maxSelected)]
}
