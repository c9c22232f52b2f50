package places

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSet(t *testing.T) {
	for name, test := range map[string]struct {
		size int
		add  []int
	}{
		"nothing of nothing":         {0, nil},
		"nothing":                    {9, nil},
		"the ends, beyond one byte":  {9, []int{0, 8}},
		"one twice":                  {8, []int{3, 3}},
		"all of a list":              {17, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
		"neighbours across the byte": {16, []int{7, 8}},
	} {
		t.Run(name, func(t *testing.T) {
			set, want := New(test.size), map[int]bool{}
			for _, place := range test.add {
				set.Add(place)
				want[place] = true
			}
			got := map[int]bool{}
			for place := range test.size {
				if set.Has(place) {
					got[place] = true
				}
			}
			if diff := cmp.Diff(want, got); diff != "" || set.Len() != len(want) {
				t.Errorf("%d places (-want +got):\n%s", set.Len(), diff)
			}
		})
	}
}

func TestSumsTellSetsApart(t *testing.T) {
	seen := map[[32]byte]int{}
	for bits := range 1 << 9 {
		set := New(9)
		for place := range 9 {
			if bits&(1<<place) != 0 {
				set.Add(place)
			}
		}
		if other, found := seen[set.Sum()]; found {
			t.Fatalf("sets %b and %b have the same sum", bits, other)
		}
		seen[set.Sum()] = bits
	}
}
