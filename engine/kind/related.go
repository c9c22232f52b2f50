package kind

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"
)

// maxSelected bounds how many objects of a selector's answer are looked at: the
// first ones by name that are not being deleted.
const maxSelected = 64

// related is one role of objects that are read beside the referent.
type related struct {
	as       string
	referent Referent
	// name is nil where labels select.
	name   *template
	labels map[string]*template
	// namespace is nil for cluster-scoped types.
	namespace  *template
	generation gate
}

// query fills in the templates. A value may come from an object that its users
// write, so it has to be what it is used as; the note says what is missing.
func (r related) query(v *view) (q Query, note string) {
	q = Query{Group: r.referent.Group, Kind: r.referent.Kind, Versions: slices.Clone(r.referent.Versions)}
	if r.referent.Scope != ScopeCluster {
		if q.Namespace, note = render(r.namespace, v, "namespace", validation.IsDNS1123Label); note != "" {
			return q, note
		}
	}
	if r.name != nil {
		q.Name, note = render(r.name, v, "name", validation.IsDNS1123Subdomain)
		return q, note
	}
	q.Labels = map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(r.labels)) {
		if q.Labels[key], note = render(r.labels[key], v, "label value", validation.IsValidLabelValue); note != "" {
			return q, note
		}
	}
	return q, ""
}

func render(t *template, v *view, what string, check func(string) []string) (string, string) {
	text, note := t.render(v, nil)
	if note != "" {
		return "", note
	}
	if faults := check(text); len(faults) > 0 {
		return "", fmt.Sprintf("%s is not a %s: %s", asJSON(text), what, faults[0])
	}
	return text, ""
}

// read puts the role's objects into the view.
func (r related) read(v *view, index int, reader Reader) {
	step := Step{Path: r.referent.Kind, Want: "name " + r.wanted()}
	if r.name == nil {
		step.Want = "labels " + r.wanted()
	}
	s := sight{gate: r.generation}
	q, note := r.query(v)
	if note != "" {
		s.missing = fmt.Sprintf("%s %s is not looked up: %s", r.referent.Kind, r.as, note)
	} else {
		step.Path = q.String()
		v.reads = append(v.reads, q)
		answer := reader.Read(q)
		there := 0
		if v.work.spend(len(answer.Objects)) {
			s.objects, there, s.missing, note = present(q, answer)
		}
		if there > maxSelected {
			step.Note = fmt.Sprintf("%d match, and only the first %d by name are looked at", there, maxSelected)
			v.cut = append(v.cut, fmt.Sprintf("%s %s", r.referent.Kind, r.as))
		}
		step.Found, step.Matched = names(s.objects), len(s.objects) > 0
		v.forbidden = cmp.Or(v.forbidden, note)
	}
	if len(s.objects) == 0 {
		step.Note = cmp.Or(note, s.missing)
	}
	v.sights[r.as] = s
	v.trace.add("related", fmt.Sprintf("related[%d] %s", index, r.as), step)
}

func (r related) wanted() string {
	if r.name != nil {
		return quote(r.name.text)
	}
	var labels []string
	for _, key := range slices.Sorted(maps.Keys(r.labels)) {
		labels = append(labels, key+"="+r.labels[key].text)
	}
	return quote(strings.Join(labels, ","))
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

func names(objects []map[string]any) any {
	if len(objects) == 0 {
		return nil
	}
	all := make([]string, len(objects))
	for i, object := range objects {
		all[i] = (&unstructured.Unstructured{Object: object}).GetName()
	}
	return strings.Join(all, ", ")
}
