package few_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/few"
)

// Whatever comes and goes, a set has what a map would have.
func TestSet(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(1, 2))
	var s few.Set[int]
	want := map[int]bool{}
	for range 2000 {
		element := chance.IntN(4)
		if chance.IntN(2) == 0 {
			s, want[element] = s.With(element), true
		} else {
			s = s.Without(element)
			delete(want, element)
		}
		var all []int
		for one := range 4 {
			if want[one] {
				all = append(all, one)
			}
		}
		if diff := cmp.Diff(all, slices.Sorted(s.All())); diff != "" || s.Len() != len(all) {
			t.Fatalf("%d elements (-want +got):\n%s", s.Len(), diff)
		}
	}
}
