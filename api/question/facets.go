package question

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/places"
)

// facetNames are the aspects that are counted, by the bits of Aspect.
func facetNames() []string {
	return []string{"kind", "namespace", "type", "capability", "ready", "lifecycle"}
}

// Counts says of the values of a facet how many models have each, most first.
type Counts struct {
	Values []Count `json:"values"`
	// More is how many values there are besides.
	More int `json:"more"`
}

// Count is how many models have a value.
type Count struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// column has which values of a facet each entry has, as numbers of their names.
type column struct {
	names []string
	// numbers of entry i are those from begins[i] to begins[i+1].
	numbers, begins []int32
}

func newColumn(facet Aspect, entries []*catalog.Entry) *column {
	c := &column{begins: make([]int32, 1, len(entries)+1)}
	numberOf := map[string]int32{}
	for _, e := range entries {
		for _, value := range valuesOf(facet, e) {
			if value == "" { // not known
				continue
			}
			number, found := numberOf[value]
			if !found {
				number = int32(len(c.names)) //nolint:gosec // there is no room for as many
				numberOf[value], c.names = number, append(c.names, value)
			}
			if own := c.numbers[c.begins[len(c.begins)-1]:]; !slices.Contains(own, number) {
				c.numbers = append(c.numbers, number)
			}
		}
		c.begins = append(c.begins, int32(len(c.numbers))) //nolint:gosec // as above
	}
	return c
}

// valuesOf are those that an entry has of a facet.
func valuesOf(facet Aspect, e *catalog.Entry) []string {
	switch facet {
	case Kind:
		return []string{e.Kind}
	case Namespace:
		return []string{e.Namespace}
	case Type:
		return []string{e.Model.Type}
	case Ready:
		return []string{strconv.FormatBool(e.Ready)}
	case Lifecycle:
		if e.Model.Lifecycle != nil {
			return []string{e.Model.Lifecycle.Status}
		}
	case Capability:
		return slices.Concat(e.Model.Capabilities, e.Model.SupportedFeatures, e.Model.SupportedEndpoints)
	}
	return nil
}

// tally counts the values of one facet.
type tally struct {
	name  string
	facet Aspect
	*column
	counts []int
}

// count counts those of the allowed that fail in no other aspect than the facet's own.
func (t tally) count(allowed places.Set, failed []Aspect) {
	for place, aspects := range failed {
		if aspects&^t.facet != 0 || !allowed.Has(place) {
			continue
		}
		for _, number := range t.numbers[t.begins[place]:t.begins[place+1]] {
			t.counts[number]++
		}
	}
}

func (t tally) result() Counts {
	all := []Count{}
	for number, count := range t.counts {
		if count > 0 {
			all = append(all, Count{t.names[number], count})
		}
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	shown := min(len(all), MaxCounts)
	return Counts{Values: all[:shown:shown], More: len(all) - shown}
}

// tallies are those of the facets that are wanted.
func (q Question) tallies(x *Index) []tally {
	var wanted []tally
	for bit, name := range facetNames() {
		if facet := Aspect(1) << bit; q.Facets&facet != 0 {
			c := x.column(facet)
			wanted = append(wanted, tally{name, facet, c, make([]int, len(c.names))})
		}
	}
	return wanted
}
