// Package places has sets of places in a list.
package places

import (
	"crypto/sha256"
	"math/bits"
)

// Set holds places in a list of a length that is known, a bit each.
type Set []byte

// New makes an empty set of places in a list of n.
func New(n int) Set { return make(Set, (n+7)/8) }

// Add puts a place into the set.
func (s Set) Add(place int) { s[place/8] |= 1 << (place % 8) }

// Has says whether a place is in the set.
func (s Set) Has(place int) bool { return s[place/8]&(1<<(place%8)) != 0 }

// Len is how many places are in the set.
func (s Set) Len() int {
	n := 0
	for _, b := range s {
		n += bits.OnesCount8(b)
	}
	return n
}

// Sum stands for the set among those of one list: no two have the same.
func (s Set) Sum() [sha256.Size]byte { return sha256.Sum256(s) }
