package api

import (
	"sync"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
)

// indexes has the index of the newest snapshot that was asked about.
type indexes struct {
	mu         sync.Mutex
	generation uint64
	newest     *question.Index
}

func (i *indexes) of(snapshot *catalog.Snapshot) *question.Index {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.newest == nil || i.generation < snapshot.Generation:
		i.generation, i.newest = snapshot.Generation, question.NewIndex(snapshot.Entries())
	case i.generation > snapshot.Generation: // of a request that began before
		return question.NewIndex(snapshot.Entries())
	}
	return i.newest
}
