package catalog

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
)

// unreadable are the models whose specs are not made as a MaaSModel's is, and why
// not. The API server may hold such objects from before its CRD was this one.
type unreadable map[types.NamespacedName]string

// shown bounds how many of them a line of the log names.
const shown = 10

// tellOfUnreadable logs which models cannot be read that could be before.
func (r *Renderer) tellOfUnreadable(now unreadable) {
	before := r.unreadable
	r.unreadable = now
	var fresh []types.NamespacedName
	for model := range now {
		if before[model] != now[model] {
			fresh = append(fresh, model)
		}
	}
	if r.Log == nil || len(fresh) == 0 {
		return
	}
	slices.SortFunc(fresh, func(a, b types.NamespacedName) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	r.Log.Warn("models are in no list, and not found: their specs are not made as a MaaSModel's is", "count", len(fresh),
		"models", fresh[:min(shown, len(fresh))], "first", now[fresh[0]],
		"hint", "write them anew; kubectl explain maasmodel.spec says how")
}
