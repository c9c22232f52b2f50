package migrate

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// nameAsListed has each model found by the id that Models as a Service lists it by:
// by name where that is a name, and else by an alias.
func (m *migrator) nameAsListed() {
	taken := map[string]Object{}
	for _, model := range slices.Concat(m.models, m.own) {
		taken[model.key()] = model.From
	}
	for _, model := range slices.SortedFunc(slices.Values(m.models), byPlace) {
		switch model.Spec.ModelRef.Kind {
		case externalModelKind:
			m.nameAsExternal(model, taken)
		case llmServiceKind, "llmisvc":
			m.aliasAsServed(model)
		}
	}
}

func byPlace(a, b *Model) int {
	return cmp.Or(strings.Compare(a.From.Namespace, b.From.Namespace), strings.Compare(a.From.Name, b.From.Name))
}

// nameAsExternal gives a model the name of its ExternalModel: that is its id there,
// and what the Gateway knows it by.
func (m *migrator) nameAsExternal(model *Model, taken map[string]Object) {
	model.shown = model.Spec.ModelRef.Name
	if model.shown == model.From.Name {
		return
	}
	key := qualified(model.From.Namespace, model.shown)
	if other, there := taken[key]; there && !m.migratedAs(model, key) {
		model.add(model.From.note(ruleID, "Models as a Service lists it as %s, and that is the name of the %s here: its id stays %s", model.shown, other, model.From.Name))
		return
	}
	taken[key] = model.From
	model.Name = model.shown
	model.add(model.From.note(ruleID, "it is called %s here: Models as a Service lists it by the name of its ExternalModel", model.shown))
}

// migratedAs says whether a MaaSModel of the input is what a model becomes.
func (m *migrator) migratedAs(model *Model, key string) bool {
	return slices.ContainsFunc(m.own, func(own *Model) bool { return own.key() == key && own.Spec == model.Spec })
}

// aliasAsServed gives a model the alias that is its id where a Gateway routes by the
// name of the model in the request. That has slashes in it, and no name may.
func (m *migrator) aliasAsServed(model *Model) {
	id, served, from := m.served(model)
	model.shown = cmp.Or(id, model.From.Name)
	if id == "" {
		model.add(model.From.note(ruleID, "where its Gateway routes by the name of the model, Models as a Service lists it as publishers/NAMESPACE/models/NAME; its LLMInferenceService has that, and is not in the input: add it for the alias"))
		return
	}
	if strings.Contains(id, ",") || len(id) > 256 || path.Clean("/"+id) != "/"+id {
		model.add(model.From.note(ruleID, "Models as a Service lists it as %s, and no alias can be written so: its id is %s", id, model.From.Name))
		return
	}
	if model.Annotations == nil {
		model.Annotations = map[string]string{}
	}
	// The annotation takes the place of what the backend says, so that is in it.
	aliases := strings.Split(model.Annotations[v1alpha1.AnnotationAliases], ",")
	for _, alias := range []string{id, served} {
		if !slices.Contains(aliases, alias) && !strings.Contains(alias, ",") {
			aliases = append(aliases, alias)
		}
	}
	model.Annotations[v1alpha1.AnnotationAliases] = strings.Trim(strings.Join(aliases, ","), ",")
	model.add(model.From.note(ruleID, "Models as a Service lists it as %s (%s); here its id is %s, and that is an alias of it", id, from, model.From.Name))
}

// served is the id of a model that a Gateway routes to by name, the name that its
// backend serves, and where that is from.
func (m *migrator) served(model *Model) (id, name, from string) {
	prefix := "publishers/" + namespaceOf(model) + "/models/"
	id, from = model.From.text("status", "resolvedModelAlias"), "as its status says"
	found := m.named(schema.GroupKind{Group: kserveGroup, Kind: llmServiceKind}, namespaceOf(model), model.Spec.ModelRef.Name)
	if len(found) > 0 {
		backend := found[0]
		name = cmp.Or(backend.text("spec", "model", "name"), backend.Name)
		if id == "" {
			id, from = routedAs(backend), "as the status of its LLMInferenceService says"
		}
		if id == "" && namespaceOf(model) != "" {
			id, from = prefix+name, "if its Gateway routes by the name of the model"
		}
	}
	return id, cmp.Or(name, strings.TrimPrefix(id, prefix)), from
}

// routedAs is what KServe says that requests have to name.
func routedAs(backend Object) string {
	for _, address := range backend.list("status", "addresses") {
		fields, _ := address.(map[string]any)
		models, _ := fields["models"].([]any)
		if len(models) == 0 {
			continue
		}
		first, _ := models[0].(map[string]any)
		if name, _ := first["name"].(string); name != "" {
			return name
		}
	}
	return ""
}

// tellOfSharedIDs tells of models that have one id there: here no two have.
func (m *migrator) tellOfSharedIDs() {
	byID := map[string][]*Model{}
	for _, model := range m.models {
		id := cmp.Or(model.shown, model.Name)
		byID[id] = append(byID[id], model)
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if len(byID[id]) == 1 {
			continue
		}
		for _, model := range byID[id] {
			model.add(model.From.note(ruleID, "Models as a Service lists %d models as %s; here no two have one id: %s finds the one that is made first, and %s this one", len(byID[id]), id, id, model.key()))
		}
	}
}
