package api

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
)

// answered is the answer to a question, as a list.
type answered struct {
	snapshot *catalog.Snapshot
	asked    question.Question
	question.Answer
	// order of the entries; nil is that of their ids.
	order []int32
	// told is what is shown of the caller, by the entries' places; nil for nothing.
	told []question.Told
	// counts are those of the facets in JSON, empty without any.
	counts string
	// size in bytes, of one that is measured.
	size int
}

// each gives the pieces of the list's JSON in their order. An entry is good until the
// next one.
func (l answered) each(piece func(string), entry func([]byte)) {
	piece(`{"object":"list","data":[`)
	var first, last *catalog.Entry
	var buffer []byte
	entries := l.snapshot.Entries()
	for i := range entries {
		place := i
		if l.order != nil {
			place = int(l.order[i])
		}
		if !l.Chosen.Has(place) {
			continue
		}
		if first == nil {
			first = entries[place]
		} else {
			piece(",")
		}
		last = entries[place]
		if l.asked.Fields.AreEntries() {
			entry(last.JSON)
			continue
		}
		var told question.Told
		if l.told != nil {
			told = l.told[place]
		}
		buffer = l.asked.Fields.Show(buffer[:0], last.JSON, told)
		entry(buffer)
	}
	piece("]")
	if l.asked.Part != (question.Part{}) {
		piece(fmt.Sprintf(`,"first_id":%s,"last_id":%s,"has_more":%t`, idOf(first), idOf(last), l.More))
	}
	piece(l.counts)
	piece("}\n")
}

// countsOf are the total and the facets of an answer that has any, in JSON.
func countsOf(a question.Answer) string {
	if a.Facets == nil {
		return ""
	}
	facets, err := json.Marshal(a.Facets)
	if err != nil { // strings and numbers always marshal
		panic(err)
	}
	return fmt.Sprintf(`,"total":%d,"facets":%s`, a.Total, facets)
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
func (l answered) measured() answered {
	l.size = 0
	l.each(func(piece string) { l.size += len(piece) }, func(entry []byte) { l.size += len(entry) })
	return l
}

// joined is the list in one piece.
func (l answered) joined() []byte {
	body := make([]byte, 0, l.size)
	l.each(func(piece string) { body = append(body, piece...) }, func(entry []byte) { body = append(body, entry...) })
	return body
}

// unjoined is the same page without a copy of its entries, however many are sent
// at a time. It is not compressed.
func (l answered) unjoined() *page {
	hash := sha256.New()
	l.write(hash)
	tag := tagOf(hash.Sum(nil))
	return &page{tag: tag, listed: l.Listed, unjoined: true, plain: newRepresentation(l.write, l.size, `"`+tag+`"`, "")}
}

func (l answered) write(w io.Writer) {
	buffered := bufio.NewWriterSize(w, chunk)
	// A bufio.Writer remembers what has failed, and a client that has left has left.
	l.each(func(piece string) { _, _ = buffered.WriteString(piece) }, func(entry []byte) { _, _ = buffered.Write(entry) })
	_ = buffered.Flush()
}
