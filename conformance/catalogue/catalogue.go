// Package catalogue gives tests the built-in kinds.
package catalogue

import (
	"sync"
	"testing"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

//nolint:gochecknoglobals // reading all of them takes a while, and most tests of a package want them
var load = sync.OnceValues(func() (*kind.Set, error) { return registry.Load(registry.Source{Name: "kinds", FS: kinds.FS}) })

// BuiltIn is the set of them, read once for all tests of a package.
func BuiltIn(t testing.TB) *kind.Set {
	t.Helper()
	set, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return set
}
