package engine

import (
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
)

// readers are the kinds of a set, and with them the reader of what the names of
// Services lead to, and that of grants for as long as a reference needs any.
func (e *engine) readers(set *kind.Set) []*kind.Kind { return e.withOwn(set.Kinds()) }

// used are those of the readers that some model needs.
func (e *engine) used(set *kind.Set) []*kind.Kind {
	inUse := e.usage.among(set)
	return e.withOwn(slices.DeleteFunc(set.Kinds(), func(k *kind.Kind) bool { return !inUse[k.Name()] }))
}

func (e *engine) withOwn(kinds []*kind.Kind) []*kind.Kind {
	needs := func(k *kind.Kind) bool { return k.NeedsGrants(e.options.CrossNamespace) }
	if slices.ContainsFunc(kinds, needs) {
		kinds = append(kinds, kind.Grants())
	}
	if len(kinds) > 0 {
		kinds = append(kinds, kind.Destinations())
	}
	return kinds
}
