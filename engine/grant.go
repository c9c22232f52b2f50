package engine

import (
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
)

// readers are the kinds of a set, and with them the reader of what the names of
// Services lead to, and that of grants for as long as a reference needs any.
func (e *engine) readers(set *kind.Set) []*kind.Kind {
	kinds := set.Kinds()
	needs := func(k *kind.Kind) bool { return k.NeedsGrants(e.options.CrossNamespace) }
	if slices.ContainsFunc(kinds, needs) {
		kinds = append(kinds, kind.Grants())
	}
	if len(kinds) > 0 {
		kinds = append(kinds, kind.Destinations())
	}
	return kinds
}
