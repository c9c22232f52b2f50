package referent

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/kind"
)

// Reader is a set of kinds together with how their types are read. Kinds are only
// ever shown what is read for them: a set that has just come into force has no
// view before its watches are there. The objects behind a view change; how they
// are read does not.
type Reader struct {
	kinds    *kind.Set
	readings []reading
	resolved map[readingKey]resolution
}

// Kinds are the kinds that this view reads for; nil while it is not known yet
// what the API server serves.
func (v *Reader) Kinds() *kind.Set { return v.kinds }

// Get looks a referent of k up, in the types that it may be of: the first that has
// it, or that cannot be looked at yet. Where none has, the first that is served
// says so. The namespace is ignored for cluster-scoped types.
func (v *Reader) Get(k *kind.Kind, namespace, name string) Lookup {
	var none *Lookup
	for _, referent := range k.Referents() {
		found := v.get(referent, namespace, name)
		if found.Object != nil || found.State == Starting || found.State == Forbidden || found.State == Failing {
			return found // One that is preferred may be behind what cannot be read.
		}
		if none == nil || none.Type.Empty() && !found.Type.Empty() {
			none = &found
		}
	}
	return *none
}

func (v *Reader) get(referent kind.Referent, namespace, name string) Lookup {
	r, found := v.lookUp(readingOf(referent))
	if r.watch == nil {
		return found
	}
	key := types.NamespacedName{Name: name}
	if found.Namespaced {
		key.Namespace = namespace
	}
	found.Object, found.State = r.watch.get(key)
	found.State = found.State.asked()
	found.Message = r.watch.says(found.State)
	return found
}

// Type says how the objects of a type are read that a kind reads. The lookup has
// no object.
func (v *Reader) Type(referent kind.Referent) Lookup {
	r, found := v.lookUp(readingOf(referent))
	if r.watch == nil {
		return found
	}
	if found.State, _ = r.watch.current(); found.State == Forbidden {
		found.Message = r.watch.target.forbidden()
	}
	return found
}

// Select looks up what answers a query of a kind. Where none can be looked up, the
// lookup says why.
func (v *Reader) Select(query kind.Query) ([]*unstructured.Unstructured, Lookup) {
	r, found := v.lookUp(readingOf(kind.Referent{Group: query.Group, Kind: query.Kind, Versions: query.Versions}))
	if r.watch == nil {
		return nil, found
	}
	var objects []*unstructured.Unstructured
	objects, found.State = r.watch.matching(query)
	found.State = found.State.asked()
	found.Message = r.watch.says(found.State)
	return objects, found
}

// lookUp says how something is read. Without a watch the lookup is complete.
func (v *Reader) lookUp(read reading) (resolution, Lookup) {
	r, ok := v.resolved[read.key]
	switch {
	case !ok:
		return r, Lookup{State: Starting}
	case r.watch == nil:
		return r, Lookup{State: r.state, Message: r.message}
	}
	return r, Lookup{Type: r.watch.target.kind, Resource: r.watch.target.resource, Namespaced: r.watch.target.namespaced}
}

// Health is the state of every type that is read, each once, in no order.
func (v *Reader) Health() []Health {
	states := map[schema.GroupVersionKind]Health{}
	for _, read := range v.readings {
		health := Health{Type: read.key.WithVersion(read.referent.Versions[0]), State: Starting}
		switch r, ok := v.resolved[read.key]; {
		case ok && r.watch != nil:
			health.Type = r.watch.target.kind
			health.State, health.Since = r.watch.current()
		case ok:
			health.State = r.state
		}
		states[health.Type] = health
	}
	healths := make([]Health, 0, len(states))
	for _, health := range states {
		healths = append(healths, health)
	}
	return healths
}
