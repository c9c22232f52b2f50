package kind

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/theory/jsonpath/spec"
)

const (
	// maxWork bounds one observation, in steps of about a tenth of a microsecond.
	// The largest object that the API server keeps has some 200,000 values.
	maxWork = 4_000_000
	// costOfFinding is what it costs to compare a value and say so, in steps.
	costOfFinding = 10
	// bytesOfMatch are as many instructions of a regular expression, times bytes
	// of text, as a step has time for.
	bytesOfMatch = 64
	// maxBranches bounds in how many ways a path goes, where brackets hold several
	// selectors.
	maxBranches = 16
	// maxExpression bounds a regular expression, in instructions.
	maxExpression = 2000
)

// budget is the work that may still be done; nil for any amount.
type budget struct{ left int }

// spend says whether there was as much left.
func (b *budget) spend(steps int) bool {
	if b == nil {
		return true
	}
	b.left -= min(steps, maxWork+1)
	b.left = max(b.left, -1)
	return b.left >= 0
}

func (b *budget) isSpent() bool { return b != nil && b.left < 0 }

// filterCost is what a filter costs for each entry that it looks at, or for
// each value inside that when it looks further in.
type filterCost struct {
	steps int
	deep  bool
}

func costsOf(segments []*spec.Segment) map[*spec.FilterSelector]filterCost {
	costs := map[*spec.FilterSelector]filterCost{}
	for _, segment := range segments {
		for _, selector := range segment.Selectors() {
			if filter, ok := selector.(*spec.FilterSelector); ok {
				costs[filter] = costOf(filter)
			}
		}
	}
	return costs
}

// costOf is an upper bound: a selector that is written twice selects twice.
func costOf(filter *spec.FilterSelector) filterCost {
	c := filterCost{steps: 1}
	times := 1
	for _, query := range queriesIn(filter.String()) {
		c.steps += 1 + len(query.segments)
		c.deep = c.deep || !isSingular(query.segments)
		for _, segment := range query.segments {
			times = min(times*max(1, len(segment.Selectors())), maxWork)
		}
	}
	c.steps = min(c.steps*times, maxWork)
	return c
}

// cost is that of a selector that is applied to a value.
func (p *jsonPath) cost(selector spec.Selector, value any, left *budget) int {
	switch s := selector.(type) {
	case spec.Name, spec.Index:
		return 1
	case *spec.FilterSelector:
		c := p.costs[s]
		if c.deep {
			limit := maxWork + 1
			if left != nil {
				limit = left.left + 1
			}
			return min(sizeOf(value, limit)*c.steps, maxWork+1)
		}
		return 1 + children(value)*c.steps
	}
	return 1 + children(value)
}

func children(value any) int {
	switch v := value.(type) {
	case map[string]any:
		return len(v)
	case []any:
		return len(v)
	}
	return 0
}

// sizeOf counts a value and what is in it, up to a limit.
func sizeOf(value any, limit int) int {
	size := 1
	add := func(child any) { size += sizeOf(child, limit-size) }
	switch v := value.(type) {
	case map[string]any:
		for _, child := range v {
			if size < limit {
				add(child)
			}
		}
	case []any:
		for i := 0; i < len(v) && size < limit; i++ {
			add(v[i])
		}
	}
	return size
}

func isSingular(segments []*spec.Segment) bool {
	for _, segment := range segments {
		if segment.IsDescendant() || len(segment.Selectors()) != 1 {
			return false
		}
		switch segment.Selectors()[0].(type) {
		case spec.Name, spec.Index:
		default:
			return false
		}
	}
	return true
}

var (
	errDescendsTwice = errors.New("has .. twice, and would look at everything in an object once for each thing in it: write the names on the way")
	errBranches      = fmt.Errorf("has more than %d ways through its brackets: write a path for each thing that is meant", maxBranches)
	errRootInFilter  = errors.New("has a filter that looks through the whole object again for each entry: inside [? ] only a path with names and indexes may start with $; make the rest a predicate of its own, or a value")
)

// refuseRepetition refuses a path, in canonical text, whose work grows faster
// than the object.
func refuseRepetition(path string, segments []*spec.Segment) error {
	descends := 0
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '"' || path[i] == '\'':
			i = skipQuoted(path, i)
		case strings.HasPrefix(path[i:], "..["):
			descends++
		}
	}
	if descends > 1 {
		return errDescendsTwice
	}
	times := 1
	for _, segment := range segments {
		if times *= max(1, len(segment.Selectors())); times > maxBranches {
			return errBranches
		}
	}
	for _, query := range queriesIn(path[1:]) {
		if query.fromRoot && !isSingular(query.segments) {
			return errRootInFilter
		}
	}
	return nil
}

// expression is a regular expression and its size.
type expression struct {
	text     string
	compiled *regexp.Regexp
	size     int
}

func compileExpression(text string) (*expression, error) {
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	size := instructions(parsed)
	if size > maxExpression {
		return nil, fmt.Errorf("%s is too large, it has some %d instructions and may have %d: repeat less", quote(text), size, maxExpression)
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	return &expression{text: text, compiled: compiled, size: size}, nil
}

// instructions is about how many the expression compiles to.
func instructions(e *syntax.Regexp) int {
	n := 1
	if e.Op == syntax.OpLiteral {
		n = len(e.Rune)
	}
	for _, sub := range e.Sub {
		n += instructions(sub)
	}
	if e.Op == syntax.OpRepeat {
		n *= max(e.Min, e.Max, 1)
	}
	return n
}

func (e *expression) matches(text string, left *budget) bool {
	return left.spend(1+len(text)*e.size/bytesOfMatch) && e.compiled.MatchString(text)
}

// group is what the one group of the expression matches first; empty for nothing.
func (e *expression) group(text string, left *budget) string {
	if !left.spend(1 + len(text)*e.size/bytesOfMatch) {
		return ""
	}
	if match := e.compiled.FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}
