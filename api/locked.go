package api

import (
	"crypto/sha256"
	"io"
	"net/url"
	"strings"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
)

// maxLocked bounds how many models are shown that the caller may not use.
const maxLocked = 1000

// lockedWanted is which models somebody wants to see who may not use them: those whose
// ids have all the words. None, where the query has a filter of anything else, for what
// a filter lets pass would say what such a model is; nor in a later part of the list.
type lockedWanted struct {
	none   bool
	filter question.Filter
}

// wantsLocked reads it from a query, of which the filter is; nil where it is not asked for, or not
// answered here.
func (h *handler) wantsLocked(query url.Values, filter question.Filter) (*lockedWanted, *apiError) {
	if !h.discoverable {
		return nil, nil
	}
	wanted, failed := yesOrNo(query, "locked")
	if failed != nil || !wanted {
		return nil, failed
	}
	l := &lockedWanted{filter: filter}
	for _, name := range []string{"kind", "namespace", "type", "capability", "ready", "after"} {
		l.none = l.none || query.Has(name)
	}
	return l, nil
}

// add is the page of a list with the models as well that have decidedly turned the
// caller away and may be told of. Where nothing was decided, or nothing was asked
// because a kind is never asked or sleeps, nothing is shown.
func (l *lockedWanted) add(p *page, snapshot *catalog.Snapshot, verdicts *access.Verdicts) *page {
	var items []byte
	shown := 0
	for place, entry := range snapshot.Entries() {
		if shown == maxLocked || l.none {
			break
		}
		if entry.Locked == nil || verdicts.Decisions[place] != access.Denied || !snapshot.Targets()[place].Probed() || !l.filter.Finds(strings.ToLower(entry.ID)) {
			continue
		}
		if shown++; shown > 1 {
			items = append(items, ',')
		}
		items = append(items, entry.Locked...)
	}
	return p.ending(`,"locked":[` + string(items) + "]" + endOfList)
}

// endOfList is how every list ends.
const endOfList = "}\n"

// ending is the page of a list with another end.
func (p *page) ending(end string) *page {
	sum := sha256.Sum256([]byte(p.tag + end))
	tag := tagOf(sum[:])
	send := func(w io.Writer) {
		p.plain.send(&cutWriter{to: w, left: p.plain.size - len(endOfList)})
		_, _ = io.WriteString(w, end) // a client that has left has left
	}
	return &page{tag: tag, listed: p.listed, unjoined: p.unjoined, plain: newRepresentation(send, p.plain.size-len(endOfList)+len(end), `"`+tag+`"`, "")}
}

// cutWriter passes on so many bytes and drops the rest.
type cutWriter struct {
	to   io.Writer
	left int
}

// Write implements io.Writer.
func (c *cutWriter) Write(p []byte) (int, error) {
	passed := p[:min(len(p), c.left)]
	c.left -= len(passed)
	if n, err := c.to.Write(passed); err != nil {
		return n, err
	}
	return len(p), nil
}
