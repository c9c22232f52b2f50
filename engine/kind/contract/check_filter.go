package contract

import (
	"encoding/json"
	"regexp"

	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

// literalAfter is a comparison with a literal, as the canonical form of a filter
// writes it behind a path.
var literalAfter = regexp.MustCompile(`^ *(==|!=|<=|>=|<|>) *("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false)`)

// filter walks the paths inside a filter, which start at an entry or at the
// root, and holds the literals against what they are compared with.
func (t *typeCheck) filter(at string, filter *spec.FilterSelector, entries []cursor, root cursor) (problem string) {
	text := filter.String()
	end := 0
	for _, query := range jsonpath.Queries(text) {
		if query.Start < end {
			// Inside a filter of the query before, which is walked with it.
			continue
		}
		end = query.End
		from := entries
		if query.FromRoot {
			from = []cursor{root}
		}
		reached, problem := t.walk(at, from, root, query.Segments)
		if problem != "" {
			return problem
		}
		if problem := takesLiteral(text[query.End:], reached); problem != "" {
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
