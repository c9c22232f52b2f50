package referent

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/kind"
)

// Change is what has become of one object, as far as kinds read it.
type Change struct {
	// Key has no namespace for cluster-scoped types.
	Key types.NamespacedName
	// Before is nil for an object that has come, After for one that has gone.
	Before, After *unstructured.Unstructured
}

// reading is a type in the versions in which some kind reads it, as referent
// or beside one.
type reading struct {
	key      readingKey
	referent kind.Referent
}

// readingKey is equal for what is read alike.
type readingKey struct {
	schema.GroupKind
	versions string
}

func readingOf(r kind.Referent) reading {
	return reading{readingKey{r.GroupKind(), strings.Join(r.Versions, ",")}, r}
}

// readingsOf are what the kinds read, each once, in the kinds' order.
func readingsOf(kinds []*kind.Kind) []reading {
	var all []reading
	seen := map[readingKey]bool{}
	for _, k := range kinds {
		for _, r := range k.Types() {
			if read := readingOf(r); !seen[read.key] {
				seen[read.key] = true
				all = append(all, read)
			}
		}
	}
	return all
}
