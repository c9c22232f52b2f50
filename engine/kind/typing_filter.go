package kind

import (
	"encoding/json"
	"regexp"

	"github.com/theory/jsonpath/spec"
)

var (
	memberShorthand = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// literalAfter is a comparison with a literal, as the canonical form of a
	// filter writes it behind a path.
	literalAfter = regexp.MustCompile(`^ *(==|!=|<=|>=|<|>) *("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false)`)
)

// filter walks the paths inside a filter, which start at an entry or at the
// root, and holds the literals against what they are compared with.
func (t *typing) filter(at string, filter *spec.FilterSelector, entries []cursor, root cursor) (problem string) {
	text := filter.String()
	end := 0
	for _, query := range queriesIn(text) {
		if query.start < end {
			// Inside a filter of the query before, which is walked with it.
			continue
		}
		end = query.end
		from := entries
		if query.fromRoot {
			from = []cursor{root}
		}
		reached, problem := t.walk(at, from, root, query.segments)
		if problem != "" {
			return problem
		}
		if problem := takesLiteral(text[query.end:], reached); problem != "" {
			return problem
		}
	}
	return ""
}

func takesLiteral(after string, ends []cursor) (problem string) {
	literal := literalAfter.FindStringSubmatch(after)
	if literal == nil {
		return ""
	}
	var value any
	if err := json.Unmarshal([]byte(literal[2]), &value); err != nil {
		return ""
	}
	for _, end := range ends {
		problem = end.refuses(value)
		if problem == "" {
			return ""
		}
	}
	return problem
}
