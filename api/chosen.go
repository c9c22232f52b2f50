package api

import (
	"bufio"
	"crypto/sha256"
	"io"

	"github.com/maas-kinds/maas/api/catalog"
)

// chosenOf are some entries of a snapshot, as a list.
type chosenOf struct {
	snapshot *catalog.Snapshot
	chosen   bitmap
	// size of the list, in bytes.
	size int
}

func newChosen(snapshot *catalog.Snapshot, chosen bitmap) chosenOf {
	l := chosenOf{snapshot: snapshot, chosen: chosen}
	l.each(func(part string) { l.size += len(part) }, func(entry []byte) { l.size += len(entry) })
	return l
}

// each gives the parts of the list's JSON in their order.
func (l chosenOf) each(part func(string), entry func([]byte)) {
	part(`{"object":"list","data":[`)
	first := true
	for i, e := range l.snapshot.Entries() {
		if !l.chosen.has(i) {
			continue
		}
		if !first {
			part(",")
		}
		first = false
		entry(e.JSON)
	}
	part("]}\n")
}

// joined is the list in one piece.
func (l chosenOf) joined() []byte {
	body := make([]byte, 0, l.size)
	l.each(func(part string) { body = append(body, part...) }, func(entry []byte) { body = append(body, entry...) })
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
	l.each(func(part string) { _, _ = buffered.WriteString(part) }, func(entry []byte) { _, _ = buffered.Write(entry) })
	_ = buffered.Flush()
}
