package api

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/maas-kinds/maas/api/catalog"
)

// chosenOf are some entries of a snapshot, as a list.
type chosenOf struct {
	snapshot *catalog.Snapshot
	chosen   bitmap
	// listed is how many are chosen.
	listed int
	// isPart: it says where it begins and ends, and more is whether that is the end of
	// the whole list.
	isPart, more bool
	// size in bytes, of one that is measured.
	size int
}

// each gives the pieces of the list's JSON in their order.
func (l chosenOf) each(piece func(string), entry func([]byte)) {
	piece(`{"object":"list","data":[`)
	var first, last *catalog.Entry
	for i, e := range l.snapshot.Entries() {
		if !l.chosen.has(i) {
			continue
		}
		if first == nil {
			first = e
		} else {
			piece(",")
		}
		last = e
		entry(e.JSON)
	}
	piece("]")
	if l.isPart {
		piece(fmt.Sprintf(`,"first_id":%s,"last_id":%s,"has_more":%t`, idOf(first), idOf(last), l.more))
	}
	piece("}\n")
}

// idOf is the id in JSON, null for none. Ids are names of objects, in which nothing
// has to be escaped.
func idOf(e *catalog.Entry) string {
	if e == nil {
		return "null"
	}
	return `"` + e.ID + `"`
}

// measured has the size.
func (l chosenOf) measured() chosenOf {
	l.size = 0
	l.each(func(piece string) { l.size += len(piece) }, func(entry []byte) { l.size += len(entry) })
	return l
}

// joined is the list in one piece.
func (l chosenOf) joined() []byte {
	body := make([]byte, 0, l.size)
	l.each(func(piece string) { body = append(body, piece...) }, func(entry []byte) { body = append(body, entry...) })
	return body
}

// unjoined is the same page without a copy of its entries, however many are sent
// at a time. It is not compressed.
func (l chosenOf) unjoined() *page {
	hash := sha256.New()
	l.write(hash)
	tag := tagOf(hash.Sum(nil))
	return &page{tag: tag, unjoined: true, plain: newRepresentation(l.write, l.size, `"`+tag+`"`, "")}
}

func (l chosenOf) write(w io.Writer) {
	buffered := bufio.NewWriterSize(w, chunk)
	// A bufio.Writer remembers what has failed, and a client that has left has left.
	l.each(func(piece string) { _, _ = buffered.WriteString(piece) }, func(entry []byte) { _, _ = buffered.Write(entry) })
	_ = buffered.Flush()
}
