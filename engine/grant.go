package engine

import (
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
)

// readers are the kinds of a set, and with them the reader of grants for as long
// as a reference of one of them needs any.
func (e *engine) readers(set *kind.Set) []*kind.Kind {
	kinds := set.Kinds()
	needs := func(k *kind.Kind) bool { return k.NeedsGrants(e.options.CrossNamespace) }
	if slices.ContainsFunc(kinds, needs) {
		kinds = append(kinds, kind.Grants())
	}
	return kinds
}
