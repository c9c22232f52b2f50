package catalog

import (
	"path"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// What the controller takes of a model's own words, which are not all that a
// status can hold.
const (
	maxAliases   = 64
	maxAliasSize = 256
)

// aliasesOf are the aliases that a model is found by, if they are its own: those
// that a path can name without being cleaned.
func aliasesOf(model *v1alpha1.MaaSModel) []string {
	if model.Status.Model == nil {
		return nil
	}
	var aliases []string
	for _, alias := range model.Status.Model.Aliases[:min(len(model.Status.Model.Aliases), maxAliases)] {
		if alias != "" && len(alias) <= maxAliasSize && path.Clean("/"+alias) == "/"+alias {
			aliases = append(aliases, alias)
		}
	}
	return aliases
}

// owners says which namespace each alias belongs to that models claim. Whoever may
// edit a MaaSModel may write any, so one that comes later must take nothing away: an alias belongs
// to the namespace of the oldest model that has it, as a name does. It is nobody's
// where a model has it as its name, or as namespace/name, whether listed or not;
// nor another namespace's where that one holds the name, or has models and its
// name is the part before the slash, as in the ids that it may give.
func (h holders) owners(models []*v1alpha1.MaaSModel, claims [][]string) map[string]string {
	ids, namespaces := make(map[string]struct{}, 2*len(models)), map[string]struct{}{}
	for _, model := range models {
		ids[model.Name], ids[qualified(model)], namespaces[model.Namespace] = struct{}{}, struct{}{}, struct{}{}
	}
	for _, held := range h {
		namespaces[held.namespace] = struct{}{}
	}
	owners := map[string]string{}
	for i, model := range models { // the oldest first
		for _, alias := range claims[i] {
			first, _, slashed := strings.Cut(alias, "/")
			_, isID := ids[alias]
			_, isNamespace := namespaces[first]
			held := h[alias].namespace
			switch {
			case isID, held != "" && held != model.Namespace, slashed && isNamespace && first != model.Namespace:
			case owners[alias] == "":
				owners[alias] = model.Namespace
			}
		}
	}
	return owners
}

// findByAlias lets models be found by the aliases of their namespaces: of several
// in one namespace, the oldest that is listed. Models come in that order.
func (s *Snapshot) findByAlias(models []*v1alpha1.MaaSModel, h holders) {
	claims, total := make([][]string, len(models)), 0
	for i, model := range models {
		claims[i] = aliasesOf(model)
		total += len(claims[i])
	}
	if total == 0 {
		return
	}
	owners := h.owners(models, claims)
	for i, model := range models {
		place, listed := s.index[qualified(model)]
		if !listed {
			continue
		}
		for _, alias := range claims[i] {
			if _, found := s.index[alias]; !found && owners[alias] == model.Namespace {
				s.index[alias] = place
			}
		}
	}
}
