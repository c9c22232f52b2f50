package question

import (
	"sync"

	"github.com/maas-kinds/maas/api/catalog"
)

// Index has the entries of one snapshot, sorted by id, and what is made of them once for
// all callers and questions: their orders, and which values of a facet each has. Pages
// that follow each other are not sorted anew, and to count looks at no text. It is safe
// for concurrent use.
type Index struct {
	Entries []*catalog.Entry

	mu      sync.Mutex
	orders  map[Sort][]int32
	columns map[Aspect]*column
}

// NewIndex makes an Index of entries that do not change any more.
func NewIndex(entries []*catalog.Entry) *Index {
	return &Index{Entries: entries, orders: map[Sort][]int32{}, columns: map[Aspect]*column{}}
}

// Order gives the places of the entries in the order; nil is that in which they are.
func (x *Index) Order(by Sort) []int32 {
	if by == (Sort{}) {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	order, found := x.orders[by]
	if !found {
		order = by.order(x.Entries)
		x.orders[by] = order
	}
	return order
}

// column is what the entries have of a facet.
func (x *Index) column(facet Aspect) *column {
	x.mu.Lock()
	defer x.mu.Unlock()
	c, found := x.columns[facet]
	if !found {
		c = newColumn(facet, x.Entries)
		x.columns[facet] = c
	}
	return c
}
