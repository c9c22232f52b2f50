package migrate

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// theirKinds are those that a MaaSModelRef may name; the third of old.
func theirKinds() []string { return []string{llmServiceKind, externalModelKind, "llmisvc"} }

// lookForBackends tells of models whose kind is none here, or whose backend is not
// among others of its type.
func (m *migrator) lookForBackends() {
	unseen := map[string]int{}
	for _, model := range m.models {
		ref, from := model.Spec.ModelRef, model.From
		k, known := m.Kinds.Lookup(ref.Kind)
		switch {
		case !known:
			model.add(from.noteAt(ruleKind, []string{"spec", "modelRef", "kind"}, "no built-in kind and none of --kinds-dir is called %s%s; the model is Failed as long as there is none, see maasctl new", syntax.Quote(ref.Kind), m.nearest(ref.Kind)))
			continue
		case !slices.Contains(theirKinds(), ref.Kind) && from.Type.Kind == modelRefKind:
			model.add(from.noteAt(ruleKind, []string{"spec", "modelRef", "kind"}, "Models as a Service knows no kind %s; here it is one, and the model is listed", ref.Kind))
		}
		seen, found := m.backend(model, k)
		switch {
		case found == nil && seen:
			model.add(from.noteAt(ruleBackend, []string{"spec", "modelRef", "name"}, "no %s is there: the model is Pending until it is", ref.Kind+" "+qualified(namespaceOf(model), ref.Name)))
		case found == nil && len(k.Referents()) > 0:
			unseen[k.Referent().Kind]++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unseen)) {
		m.note(Note{Rule: ruleBackend, Message: fmt.Sprintf("the input has no %s, so whether the backends are there was not looked at (models that name one: %d)", name, unseen[name])})
	}
}

func (m *migrator) nearest(name string) string {
	var names []string
	for _, k := range m.Kinds.Kinds() {
		names = append(append(names, k.Name()), k.Aliases()...)
	}
	if near := syntax.Nearest(name, names); near != "" {
		return ": did you mean " + near + "?"
	}
	return ""
}

// backend is the object that a model names. Seen says whether there are any of
// its type to look among.
func (m *migrator) backend(model *Model, k *kind.Kind) (seen bool, found *Object) {
	for _, t := range k.Referents() {
		of := t.GroupKind()
		objects := m.named(of, namespaceOf(model), model.Spec.ModelRef.Name)
		seen = seen || len(m.byType[of]) > 0 || slices.Contains(m.Complete, of)
		if len(objects) > 0 {
			return true, &objects[0]
		}
	}
	return seen, nil
}

// named are the objects of a type and name. A namespace that is not written is
// whichever kubectl is told.
func (m *migrator) named(of schema.GroupKind, namespace, name string) []Object {
	var found []Object
	for _, o := range m.byName(of)[name] {
		if sameNamespace(o.Namespace, namespace) {
			found = append(found, o)
		}
	}
	return found
}

func sameNamespace(a, b string) bool { return a == b || a == "" || b == "" }

// byName is an index of the objects of a type.
func (m *migrator) byName(of schema.GroupKind) map[string][]Object {
	if m.indices == nil {
		m.indices = map[schema.GroupKind]map[string][]Object{}
	}
	index, there := m.indices[of]
	if !there {
		index = map[string][]Object{}
		for _, o := range m.byType[of] {
			index[o.Name] = append(index[o.Name], o)
		}
		m.indices[of] = index
	}
	return index
}

// namespaceOf is where a model's backend is.
func namespaceOf(model *Model) string {
	if model.Spec.ModelRef.Namespace != "" {
		return model.Spec.ModelRef.Namespace
	}
	return model.From.Namespace
}
