package identity

import (
	"cmp"
	"strings"
)

// trim lets unused names go until the limits hold, after one more of a
// namespace was laid down: of a namespace that has too many, the one unused
// longest; where all together have too many, the same of whichever namespace
// has most, so that one who makes and deletes a great many loses their own.
func (b *Book) trim(namespace string) {
	for len(b.unused[namespace]) > b.limits.Namespace {
		b.drop(longest(nil, b.unused[namespace]))
	}
	for b.free > b.limits.Total {
		b.drop(b.ofMost())
	}
}

func (b *Book) drop(h *holding) {
	b.release(h)
	b.dropped++
}

// ofMost is the name that is unused longest in the namespace that has most.
func (b *Book) ofMost() *holding {
	most := 0
	for _, names := range b.unused {
		most = max(most, len(names))
	}
	var found *holding
	for _, names := range b.unused {
		if len(names) == most {
			found = longest(found, names)
		}
	}
	return found
}

// longest is what is unused longest of these and found, which may be nil.
func longest(found *holding, names map[string]*holding) *holding {
	for _, h := range names {
		if found == nil || longer(h, found) < 0 {
			found = h
		}
	}
	return found
}

func longer(a, b *holding) int {
	return cmp.Or(a.since.Compare(b.since), strings.Compare(a.name, b.name))
}
