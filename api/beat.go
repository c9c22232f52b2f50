package api

import (
	"encoding/binary"
	"time"
)

const (
	// lookEvery is how often a watch looks whether the catalog has changed. It looks by
	// its own time and is not woken: when something is sent says nothing of what
	// happens to models that the caller does not see.
	lookEvery = time.Second
	// roundEvery is how often a watch asks for the whole list.
	roundEvery = 10 * time.Second
)

// beat is when a watch looks. All watches of one caller do at the same moments, so that
// what they ask of backends is asked once; those of others do at other moments.
type beat struct {
	// phase is where in a round they begin it.
	phase time.Duration
}

// beatOf is the beat of the caller with a key.
func beatOf(key [32]byte) beat {
	return beat{time.Duration(binary.BigEndian.Uint64(key[:8]) % uint64(roundEvery))}
}

// next is how long it is to the next look: more than none, and lookEvery at most.
func (b beat) next(now time.Time) time.Duration {
	return lookEvery - b.since(now)%lookEvery
}

// round is the number of the round that a moment belongs to.
func (b beat) round(now time.Time) int64 { return int64(b.since(now) / roundEvery) }

// since counts from the first round after 1970.
func (b beat) since(now time.Time) time.Duration {
	return time.Duration(now.UnixNano()) - b.phase
}
