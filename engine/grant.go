package engine

import (
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
)

// readers are the kinds of a set, and with them the reader of what the names of
// Services lead to, and that of grants for as long as a reference needs any.
// What specs read that are held back is read for their plans.
func (e *engine) readers(set *kind.Set) []*kind.Kind {
	kinds := set.Kinds()
	for _, held := range e.heldBack() {
		kinds = append(kinds, held.Changed...)
	}
	return e.withOwn(kinds)
}

// used are those of the readers that some model needs.
func (e *engine) used(set *kind.Set) []*kind.Kind {
	inUse := e.usage.among(set)
	kinds := slices.DeleteFunc(set.Kinds(), func(k *kind.Kind) bool { return !inUse[k.Name()] })
	for _, held := range e.heldBack() {
		inUse = e.usage.among(held.Kinds)
		kinds = append(kinds, slices.DeleteFunc(slices.Clone(held.Changed), func(k *kind.Kind) bool { return !inUse[k.Name()] })...)
	}
	return e.withOwn(kinds)
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
