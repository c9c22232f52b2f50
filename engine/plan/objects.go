package plan

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/resolve"
)

// Objects are all objects of some types at one moment. A look at them costs what it
// finds, however many others there are. They are for one goroutine.
type Objects struct{ byType map[string]*listing }

// Listing is what is known of one type.
type Listing struct {
	// Type is the version that was read; empty where none is served, and Reason says
	// then why: v1alpha1.ReasonCRDNotInstalled or ReasonVersionNotServed.
	Type       schema.GroupVersionKind
	Namespaced bool
	Plural     string
	Reason     string
	Message    string
	// Unknown says why the objects are not known; empty where they are.
	Unknown string
	Objects []*unstructured.Unstructured
}

// listing is a Listing with its indexes, which are made when they are first asked for.
type listing struct {
	Listing

	byName  map[types.NamespacedName]*unstructured.Unstructured
	indexes map[string]map[indexKey][]*unstructured.Unstructured
}

// indexKey is what is looked up together: the objects of a namespace with a value.
type indexKey struct{ namespace, value string }

// NewObjects has none.
func NewObjects() *Objects { return &Objects{byType: map[string]*listing{}} }

// Put says what is known of a type as some kind reads it.
func (o *Objects) Put(t kind.Referent, l Listing) {
	filed := &listing{Listing: l, byName: make(map[types.NamespacedName]*unstructured.Unstructured, len(l.Objects)),
		indexes: map[string]map[indexKey][]*unstructured.Unstructured{}}
	for _, object := range l.Objects {
		filed.byName[types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}] = object
	}
	o.byType[keyOf(t)] = filed
}

// Served is for a Question.
func (o *Objects) Served(t kind.Referent) Resource {
	if l := o.byType[keyOf(t)]; l != nil {
		return Resource{Version: l.Type.Version, Plural: l.Plural}
	}
	return Resource{}
}

// Reader is for a Question.
func (o *Objects) Reader() Reader { return &looking{Objects: o} }

// looking is one look.
type looking struct {
	*Objects

	unknown string
}

// Unknown is part of Reader.
func (r *looking) Unknown() string { return r.unknown }

func (r *looking) of(t kind.Referent) *listing {
	l := r.byType[keyOf(t)]
	switch {
	case l == nil:
		r.unknown = "nobody has listed " + t.GroupKind().String()
		return &listing{}
	case l.Unknown != "":
		r.unknown = l.Unknown
	}
	return l
}

// Referent is part of resolve.Reader. Of several types the first that has the object
// counts, and where none has, the first that is served says so.
func (r *looking) Referent(k *kind.Kind, namespace, name string) resolve.Referent {
	var none *resolve.Referent
	for _, t := range k.Referents() {
		l := r.of(t)
		found := l.referent(t, namespace, name)
		if found.Object != nil || l.Unknown != "" {
			return found
		}
		if none == nil || none.Identity == nil && found.Identity != nil {
			none = &found
		}
	}
	if none == nil {
		return resolve.Referent{}
	}
	return *none
}

func (l *listing) referent(t kind.Referent, namespace, name string) resolve.Referent {
	if l.Type.Empty() {
		return resolve.Referent{Missing: kind.Reference{State: kind.ReferenceLost, Reason: l.Reason, Message: l.Message}}
	}
	if !l.Namespaced {
		namespace = ""
	}
	return resolve.Referent{
		Object:  l.byName[types.NamespacedName{Namespace: namespace, Name: name}],
		Missing: resolve.Absent(t.GroupKind().String(), strings.TrimPrefix(namespace+"/"+name, "/")),
		Identity: &v1alpha1.ReferentStatus{Group: l.Type.Group, Version: l.Type.Version, Kind: l.Type.Kind,
			Namespace: namespace, Name: name},
	}
}

// Read is part of kind.Reader.
func (r *looking) Read(query kind.Query) kind.Answer {
	l := r.of(kind.Referent{Group: query.Group, Kind: query.Kind, Versions: query.Versions})
	if l.Type.Empty() {
		return kind.Answer{State: kind.AnswerNotServed, Message: l.Message}
	}
	return kind.Answer{State: kind.AnswerRead, Objects: l.matching(query)}
}

func (l *listing) matching(query kind.Query) []*unstructured.Unstructured {
	if query.Name != "" {
		if object := l.byName[types.NamespacedName{Namespace: query.Namespace, Name: query.Name}]; object != nil {
			return []*unstructured.Unstructured{object}
		}
		return nil
	}
	terms := query.Terms()
	among := l.in(query.Namespace, "", func(*unstructured.Unstructured) []string { return []string{""} })("")
	for n, term := range terms {
		if filed := l.in(query.Namespace, term.Index.Name(), term.Index.Values)(term.Value); n == 0 || len(filed) < len(among) {
			among = filed
		}
	}
	return slices.DeleteFunc(slices.Clone(among), func(o *unstructured.Unstructured) bool { return !query.Matches(o) })
}

// in finds the objects of a namespace by the values that an index files them under.
func (l *listing) in(namespace, index string, values func(*unstructured.Unstructured) []string) func(value string) []*unstructured.Unstructured {
	filed := l.indexes[index]
	if filed == nil {
		filed = map[indexKey][]*unstructured.Unstructured{}
		for _, object := range l.Objects {
			for _, value := range values(object) {
				key := indexKey{object.GetNamespace(), value}
				filed[key] = append(filed[key], object)
			}
		}
		l.indexes[index] = filed
	}
	return func(value string) []*unstructured.Unstructured { return filed[indexKey{namespace, value}] }
}
