package api

import (
	"sync"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
)

// orders remembers the orders of the entries of one snapshot, which are the same for all
// callers and questions: pages that follow each other are not sorted anew.
type orders struct {
	mu         sync.Mutex
	generation uint64
	known      map[question.Sort][]int32
}

// of gives the places of the snapshot's entries in the order; nil is that in which they are.
func (o *orders) of(snapshot *catalog.Snapshot, by question.Sort) []int32 {
	if by == (question.Sort{}) {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.generation != snapshot.Generation {
		o.generation, o.known = snapshot.Generation, map[question.Sort][]int32{}
	}
	order, found := o.known[by]
	if !found {
		order = by.Order(snapshot.Entries())
		o.known[by] = order
	}
	return order
}
