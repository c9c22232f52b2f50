package question

import (
	"cmp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
)

// By is what a list is sorted by.
type By uint8

// What lists may be sorted by.
const (
	ByID By = iota
	ByName
	ByCreated
	ByContextLength
	ByKind
	ByNamespace
	ByType
)

// sortNames are the values of By, by their numbers.
func sortNames() []string {
	return []string{"id", "name", "created", "context_length", "kind", "namespace", "type"}
}

// Sort is an order of models. The zero value is that of their ids.
type Sort struct {
	By         By
	Descending bool
}

// rank is what a model is sorted by: a text or a number, or neither where that is not
// known. Ids come in the order of places.
type rank struct {
	place   int32
	unknown bool
	number  int64
	text    string
}

func (s Sort) rankOf(e *catalog.Entry, place int32) rank {
	r := rank{place: place}
	switch s.By {
	case ByID:
		r.number = int64(place)
	case ByName:
		r.text = strings.ToLower(e.Model.Name)
		r.unknown = r.text == ""
	case ByCreated:
		r.number = e.Model.Created
	case ByContextLength:
		r.number = e.Model.ContextLength
		r.unknown = r.number == 0
	case ByKind:
		r.text = e.Kind
	case ByNamespace:
		r.text = e.Namespace
	case ByType:
		r.text = e.Model.Type
		r.unknown = r.text == ""
	}
	return r
}

// order gives the places of the entries in the order. What is not known comes last, whichever way, and equals by their ids.
func (s Sort) order(entries []*catalog.Entry) []int32 {
	ranks := make([]rank, len(entries))
	for i, e := range entries {
		ranks[i] = s.rankOf(e, int32(i))
	}
	slices.SortFunc(ranks, func(a, b rank) int {
		if a.unknown != b.unknown {
			return map[bool]int{false: -1, true: 1}[a.unknown]
		}
		compared := cmp.Or(cmp.Compare(a.number, b.number), strings.Compare(a.text, b.text))
		if s.Descending {
			compared = -compared
		}
		return cmp.Or(compared, cmp.Compare(a.place, b.place))
	})
	order := make([]int32, len(ranks))
	for i, r := range ranks {
		order[i] = r.place
	}
	return order
}
