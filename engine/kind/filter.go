package kind

import (
	"strings"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
)

// filterQuery is a path inside a filter, from the root ($) or the entry (@).
type filterQuery struct {
	fromRoot bool
	segments []*spec.Segment
	// start and end are where it stands in the filter's text.
	start, end int
}

// queriesIn finds the paths inside a filter's canonical text. The library does
// not export its expression tree; its canonical form writes every path as $ or
// @ followed by bracketed segments, and quotes every name.
func queriesIn(filter string) []filterQuery {
	var queries []filterQuery
	for i := 0; i < len(filter); i++ {
		switch filter[i] {
		case '"', '\'':
			i = skipQuoted(filter, i)
		case '$', '@':
			end := endOfSegments(filter, i+1)
			parsed, err := jsonpath.Parse("$" + filter[i+1:end])
			if err != nil {
				// Keep too much rather than too little.
				queries = append(queries, filterQuery{fromRoot: true, start: i, end: end})
				continue
			}
			queries = append(queries, filterQuery{fromRoot: filter[i] == '$', segments: parsed.Query().Segments(), start: i, end: end})
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
			i = skipQuoted(path, i)
		case strings.HasPrefix(path[i:], "match(") || strings.HasPrefix(path[i:], "search("):
			return true
		}
	}
	return false
}

// skipQuoted gives the index of the quote that ends the string starting at i.
func skipQuoted(text string, i int) int {
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

func endOfSegments(text string, i int) int {
	for i < len(text) && (text[i] == '[' || strings.HasPrefix(text[i:], "..[")) {
		for depth := 0; i < len(text); i++ {
			switch text[i] {
			case '"', '\'':
				i = skipQuoted(text, i)
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
