package cases

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/jsontree"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// namedObject is an object of a file of cases, and where faults of it belong.
type namedObject struct {
	*unstructured.Unstructured
	// as is the name of a base object.
	as string
	at string
}

func (r *caseReader) readBases(written []baseObject) {
	for i, base := range written {
		at := fmt.Sprintf("/spec/objects/%d", i)
		if slices.ContainsFunc(r.bases, func(b namedObject) bool { return b.as == base.As }) {
			r.document.FaultAt(at+"/as", "there is a base object %s already: choose another name", base.As)
		}
		object := r.objectAt(at+"/object", base.Object)
		if object == nil {
			object = &unstructured.Unstructured{Object: map[string]any{}}
		}
		r.bases = append(r.bases, namedObject{object, base.As, at + "/object"})
		r.takeRecorded(at, base.RecordedFrom, object)
	}
}

// takeObjects gives the case its objects. Those of a kind-spec that does not
// compile are not told apart.
func (r *caseReader) takeObjects(c *Case, entry caseEntry) {
	objects := r.fromBases(c.at, entry)
	if entry.Objects != nil {
		objects = r.objectsOf(c.at+"/objects", entry.Objects)
		for name, there := range map[string]bool{"patch": entry.Patch != nil, "beside": entry.Beside != nil} {
			if there {
				r.document.FaultAt(c.at+"/"+name, "the case has whole objects and begins with no other: leave out either %s or objects", name)
			}
		}
	}
	c.objects, c.bases = objects, r.bases
	for _, o := range objects {
		c.Related = append(c.Related, o.Unstructured)
	}
	switch {
	case r.kind == nil, r.kind.NoReferent() != "":
	case len(objects) > 0:
		c.Referent, c.Related = c.Related[0], c.Related[1:]
		r.refuseReferent(objects[0])
	case len(r.document.Faults()) == 0:
		r.document.FaultAt(c.at, "the case has no object: write the %s into spec.objects, or into objects of the case", r.kind.Referent().Kind)
	}
}

// fromBases patches the base objects, and adds those that are beside them.
func (r *caseReader) fromBases(at string, entry caseEntry) []namedObject {
	for name := range entry.Patch {
		if !slices.ContainsFunc(r.bases, func(b namedObject) bool { return b.as == name }) {
			r.document.FaultAt(at+"/patch/"+name, "no base object is called %s, %s", name, r.adviceOnName(name))
		}
	}
	var objects []namedObject
	for i, base := range r.bases {
		patch, changed := entry.Patch[base.as]
		switch {
		case !changed:
			objects = append(objects, base)
		case patch != nil:
			base.at = at + "/patch/" + base.as
			merged, _ := jsontree.MergePatch(base.Object, jsontree.WholeNumbers(patch)).(map[string]any)
			if base.Unstructured = r.objectAt(base.at, merged); base.Unstructured != nil {
				objects = append(objects, base)
			}
		case i == 0 && r.kind != nil && r.kind.NoReferent() == "":
			r.document.FaultAt(at+"/patch/"+base.as, "the first object is the referent, and cannot be taken away: what follows then is the same for every kind")
		}
	}
	return append(objects, r.objectsOf(at+"/beside", entry.Beside)...)
}

func (r *caseReader) adviceOnName(name string) string {
	var names []string
	for _, base := range r.bases {
		names = append(names, base.as)
	}
	switch near := syntax.Nearest(name, names); {
	case near != "":
		return "did you mean " + near + "?"
	case len(names) == 0:
		return "there is none: write spec.objects"
	}
	return "they are " + strings.Join(names, ", ")
}

// refuseReferent notes what the kind does not read.
func (r *caseReader) refuseReferent(referent namedObject) {
	want, got := r.kind.Referent(), referent.GroupVersionKind()
	if named, ok := r.kind.ReferentOf(got.GroupKind()); ok {
		want = named
	}
	switch {
	case got.GroupKind() != want.GroupKind():
		r.document.FaultAt(referent.at+"/kind", "the first object is the referent, and has to be a %s: this is a %s", want.GroupKind(), got.GroupKind())
	case !slices.Contains(want.Versions, got.Version):
		r.document.FaultAt(referent.at+"/apiVersion", "the kind reads %s in %s, not in %s", want.Kind, strings.Join(want.Versions, ", "), got.Version)
	case referent.GetName() == "":
		r.document.FaultAt(referent.at+"/metadata/name", "the referent has no name")
	}
}

// objectsOf gives whole objects, and in the place of a List, as kubectl prints
// several, those that are in it.
func (r *caseReader) objectsOf(at string, entries []any) []namedObject {
	var objects []namedObject
	for i, entry := range entries {
		at := fmt.Sprintf("%s/%d", at, i)
		content, _ := entry.(map[string]any)
		if items, isList := content["items"].([]any); isList && jsontree.Text(content, "kind") == "List" {
			objects = append(objects, r.objectsOf(at+"/items", items)...)
			continue
		}
		if object := r.objectAt(at, content); object != nil {
			objects = append(objects, namedObject{object, "", at})
		}
	}
	return objects
}

// objectAt is nil for what is no object, and notes it as a fault.
func (r *caseReader) objectAt(at string, content map[string]any) *unstructured.Unstructured {
	for _, name := range []string{"apiVersion", "kind"} {
		if jsontree.Text(content, name) == "" {
			r.document.FaultAt(at, "is no Kubernetes object: it has no %s, write it as kubectl get -o yaml prints it", name)
			return nil
		}
	}
	if content["metadata"] != nil && jsontree.Object(content, "metadata") == nil {
		r.document.FaultAt(at, "is no Kubernetes object: its metadata is no object, write it as kubectl get -o yaml prints it")
		return nil
	}
	return &unstructured.Unstructured{Object: asObject(content)}
}

// asObject turns whole numbers into int64, as in objects of an API server.
func asObject(content map[string]any) map[string]any {
	object, _ := jsontree.WholeNumbers(content).(map[string]any)
	return object
}
