package format

import (
	"slices"
	"sort"

	"github.com/maas-kinds/maas/api/catalog"
)

// Bounds of a Part, those of Anthropic's API (@anthropic-ai/sdk, ModelListParams).
const (
	DefaultPart = 20
	MaxPart     = 1000
)

// Part is which part of a list is wanted, as Anthropic's clients ask for it. The zero
// value is its beginning.
type Part struct {
	// Limit is how many models it has at most; 0 means DefaultPart.
	Limit int
	// After and Before are the ids behind or in front of which it stands, empty for none.
	// One of them at most is set.
	After, Before string
}

// Of is the part of these models, and whether there are more of them in the direction
// that is read. Where they are ordered by their ids a cursor is a place in that order,
// and need be no model's; elsewhere it is the id of one of them, or ok is false.
func (p Part) Of(models []*catalog.Model, byID bool) (part []*catalog.Model, more, ok bool) {
	limit := p.Limit
	if limit == 0 {
		limit = DefaultPart
	}
	switch {
	case p.Before != "":
		end, found := place(models, p.Before, byID)
		begin := max(0, end-limit)
		return models[begin:end], begin > 0, found
	case p.After != "":
		begin, found := place(models, p.After, byID)
		if begin < len(models) && models[begin].ID == p.After {
			begin++
		}
		end := min(len(models), begin+limit)
		return models[begin:end], end < len(models), found
	}
	end := min(len(models), limit)
	return models[:end], end < len(models), true
}

// place is where a model with the id stands, or would stand.
func place(models []*catalog.Model, id string, byID bool) (int, bool) {
	if byID {
		return sort.Search(len(models), func(i int) bool { return models[i].ID >= id }), true
	}
	i := slices.IndexFunc(models, func(m *catalog.Model) bool { return m.ID == id })
	return max(i, 0), i >= 0
}
