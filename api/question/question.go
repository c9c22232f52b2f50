package question

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// Bounds of a question.
const (
	// MaxQuery is how long a query may be, in bytes.
	MaxQuery = 8 << 10
	// MaxText is how long the text to search for may be, in bytes.
	MaxText = 256
	// MaxValues is how many values a filter may have.
	MaxValues = 16
	// MaxLimit bounds a part of the list, and is its limit where the query has none.
	MaxLimit = 1000
	// MaxCounts is how many values of a facet are counted by name.
	MaxCounts = 100
)

// Question is what a list request asks for. The zero value is the whole list.
type Question struct {
	Filter Filter
	Sort   Sort
	Part   Part
	Fields Fields
	// Facets are the aspects whose values are counted.
	Facets Aspect
}

// Part is which part of a list is wanted, as OpenAI pages its lists. The zero value
// is the whole list.
type Part struct {
	// Limit is how many models it has at most; 0 for the whole list.
	Limit int
	// After is the id in front of the first one. In the order of ids it is a place, and
	// need be no model's; in any other it has to be that of a model in the answer.
	After string
}

// Key stands for a question: no two that have different answers have the same one.
func (q Question) Key() [sha256.Size]byte {
	var buffer [512]byte
	text := buffer[:0]
	for _, list := range [][]string{
		q.Filter.Words, q.Filter.Kinds, q.Filter.Unknown, q.Filter.Namespaces, q.Filter.Types, q.Filter.Capabilities,
		{q.Part.After}, q.Fields.Names,
	} {
		text = binary.AppendUvarint(text, uint64(len(list)))
		for _, value := range list {
			text = append(binary.AppendUvarint(text, uint64(len(value))), value...)
		}
	}
	text = append(text, byte(q.Filter.Ready), byte(q.Facets), byte(q.Sort.By))
	text = strconv.AppendBool(text, q.Sort.Descending)
	text = strconv.AppendBool(text, q.Fields.Some)
	text = strconv.AppendBool(strconv.AppendBool(text, q.Fields.Access), q.Fields.Reported)
	text = strconv.AppendInt(text, int64(q.Part.Limit), 10)
	return sha256.Sum256(text)
}
