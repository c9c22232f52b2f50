package jsonpath

import (
	"regexp"
	"strings"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
)

// MemberShorthand is a name that needs no quotes in a path.
var MemberShorthand = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Query is a path inside a filter, from the root ($) or the entry (@).
type Query struct {
	FromRoot bool
	Segments []*spec.Segment
	// Start and end are where it stands in the filter's text.
	Start, End int
}

// Queries finds the paths inside a filter's canonical text. The library does
// not export its expression tree; its canonical form writes every path as $ or
// @ followed by bracketed segments, and quotes every name.
func Queries(filter string) []Query {
	var queries []Query
	for i := 0; i < len(filter); i++ {
		switch filter[i] {
		case '"', '\'':
			i = SkipQuoted(filter, i)
		case '$', '@':
			end := EndOfSegments(filter, i+1)
			parsed, err := jsonpath.Parse("$" + filter[i+1:end])
			if err != nil {
				// Keep too much rather than too little.
				queries = append(queries, Query{FromRoot: true, Start: i, End: end})
				continue
			}
			queries = append(queries, Query{FromRoot: filter[i] == '$', Segments: parsed.Query().Segments(), Start: i, End: end})
			// Go on behind the sigil: the segments may hold filters themselves.
		}
	}
	return queries
}

// callsRegexp says that a path, in canonical text, calls match() or search().
// The library panics when their argument is absent, as any value may be.
func callsRegexp(path string) bool {
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '"' || path[i] == '\'':
			i = SkipQuoted(path, i)
		case strings.HasPrefix(path[i:], "match(") || strings.HasPrefix(path[i:], "search("):
			return true
		}
	}
	return false
}

// SkipQuoted gives the index of the quote that ends the string starting at i.
func SkipQuoted(text string, i int) int {
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case text[i]:
			return j
		}
	}
	return len(text)
}

// EndOfSegments gives the index behind the bracketed segments that start at i.
func EndOfSegments(text string, i int) int {
	for i < len(text) && (text[i] == '[' || strings.HasPrefix(text[i:], "..[")) {
		for depth := 0; i < len(text); i++ {
			switch text[i] {
			case '"', '\'':
				i = SkipQuoted(text, i)
				continue
			case '[':
				depth++
			case ']':
				depth--
			}
			if text[i] == ']' && depth == 0 {
				i++
				break
			}
		}
	}
	return min(i, len(text))
}
