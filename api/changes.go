package api

import (
	"bytes"
	"strings"

	"github.com/maas-kinds/maas/api/catalog"
)

// changes are what somebody has to be told who knows one list, to know another:
// the models that are new to it or say something else, and the ids of those that are
// there no more. An id is in one of them at most.
type changes struct {
	changed []*catalog.Entry
	removed []string
}

func (c changes) empty() bool { return len(c.changed) == 0 && len(c.removed) == 0 }

// changesOf compares two lists, each sorted by id and with each id once. Models are
// the same where their JSON is.
func changesOf(before, after []*catalog.Entry) changes {
	var c changes
	for len(before) > 0 || len(after) > 0 {
		switch order := inFront(before, after); {
		case order < 0:
			c.removed = append(c.removed, before[0].ID)
			before = before[1:]
		case order > 0:
			c.changed = append(c.changed, after[0])
			after = after[1:]
		default:
			if !isSame(before[0], after[0]) {
				c.changed = append(c.changed, after[0])
			}
			before, after = before[1:], after[1:]
		}
	}
	return c
}

// inFront compares the first ids of two lists of which one may be at its end: below 0
// where the one of before comes first, above where that of after does.
func inFront(before, after []*catalog.Entry) int {
	switch {
	case len(before) == 0:
		return 1
	case len(after) == 0:
		return -1
	}
	return strings.Compare(before[0].ID, after[0].ID)
}

func isSame(a, b *catalog.Entry) bool { return a == b || bytes.Equal(a.JSON, b.JSON) }
