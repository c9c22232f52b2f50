package access

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/maas-kinds/maas/api/places"
)

// Verdicts are a caller's on the targets of a list, by their places. They are shared,
// and must not be changed.
type Verdicts struct {
	Decisions []Decision
	// Asked says when each was given; nil where nobody wanted to know.
	Asked []Asked

	once    sync.Once
	allowed places.Set
	sum     [sha256.Size]byte
}

// Asked is when an endpoint gave its verdict on a caller, in nanoseconds since 1970,
// and how long it took to. The zero value says that it was not asked.
type Asked struct {
	Checked int64
	Took    time.Duration
}

// Allowed are the places of those that let the caller in, and what stands for exactly
// these. Both are made once: a caller is told the same verdicts many times.
func (v *Verdicts) Allowed() (places.Set, [sha256.Size]byte) {
	v.once.Do(func() {
		v.allowed = places.New(len(v.Decisions))
		for place, verdict := range v.Decisions {
			if verdict == Allowed {
				v.allowed.Add(place)
			}
		}
		v.sum = v.allowed.Sum()
	})
	return v.allowed, v.sum
}
