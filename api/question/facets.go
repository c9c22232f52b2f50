package question

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
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

// tally counts the values of one facet.
type tally struct {
	facet  Aspect
	counts map[string]int
}

func (t tally) count(e *catalog.Entry) {
	switch t.facet {
	case Kind:
		t.add(e.Kind)
	case Namespace:
		t.add(e.Namespace)
	case Type:
		t.add(e.Model.Type)
	case Ready:
		t.add(strconv.FormatBool(e.Ready))
	case Lifecycle:
		if e.Model.Lifecycle != nil {
			t.add(e.Model.Lifecycle.Status)
		}
	case Capability:
		lists := [][]string{e.Model.Capabilities, e.Model.SupportedFeatures, e.Model.SupportedEndpoints}
		for i, list := range lists {
			for k, value := range list {
				if !slices.Contains(list[:k], value) && !slices.ContainsFunc(lists[:i], func(other []string) bool { return slices.Contains(other, value) }) {
					t.add(value)
				}
			}
		}
	}
}

// add counts a value that is known.
func (t tally) add(value string) {
	if value != "" {
		t.counts[value]++
	}
}

func (t tally) result() Counts {
	all := make([]Count, 0, len(t.counts))
	for value, count := range t.counts {
		all = append(all, Count{value, count})
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	shown := min(len(all), MaxCounts)
	return Counts{Values: all[:shown:shown], More: len(all) - shown}
}

// tallies are those of the facets that are wanted, by name.
func (q Question) tallies() map[string]tally {
	wanted := map[string]tally{}
	for bit, name := range facetNames() {
		if facet := Aspect(1) << bit; q.Facets&facet != 0 {
			wanted[name] = tally{facet, map[string]int{}}
		}
	}
	return wanted
}
