package jsonpath

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/theory/jsonpath/spec"
)

const (
	// MaxWork bounds one observation, in steps of about a tenth of a microsecond.
	// The largest object that the API server keeps has some 200,000 values.
	MaxWork = 4_000_000
	// bytesOfMatch are as many instructions of a regular expression, times bytes
	// of text, as a step has time for.
	bytesOfMatch = 64
	// maxBranches bounds in how many ways a path goes, where brackets hold several
	// selectors.
	maxBranches = 16
	// maxExpression bounds a regular expression, in instructions.
	maxExpression = 2000
)

// Budget is the work that may still be done; nil for any amount.
type Budget struct{ left int }

// NewBudget is of so many steps.
func NewBudget(steps int) *Budget { return &Budget{left: steps} }

// Spend says whether there was as much left.
func (b *Budget) Spend(steps int) bool {
	if b == nil {
		return true
	}
	b.left -= min(steps, MaxWork+1)
	b.left = max(b.left, -1)
	return b.left >= 0
}

// IsSpent says that more was needed than there was.
func (b *Budget) IsSpent() bool { return b != nil && b.left < 0 }

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
	for _, query := range Queries(filter.String()) {
		c.steps += 1 + len(query.Segments)
		c.deep = c.deep || !isSingular(query.Segments)
		for _, segment := range query.Segments {
			times = min(times*max(1, len(segment.Selectors())), MaxWork)
		}
	}
	c.steps = min(c.steps*times, MaxWork)
	return c
}

// cost is that of a selector that is applied to a value.
func (p *Path) cost(selector spec.Selector, value any, left *Budget) int {
	switch s := selector.(type) {
	case spec.Name, spec.Index:
		return 1
	case *spec.FilterSelector:
		c := p.costs[s]
		if c.deep {
			limit := MaxWork + 1
			if left != nil {
				limit = left.left + 1
			}
			return min(sizeOf(value, limit)*c.steps, MaxWork+1)
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
	return !slices.ContainsFunc(segments, func(s *spec.Segment) bool { return !isStep(s) })
}

// isStep says whether the segment is one name or one index.
func isStep(segment *spec.Segment) bool {
	if segment.IsDescendant() || len(segment.Selectors()) != 1 {
		return false
	}
	switch segment.Selectors()[0].(type) {
	case spec.Name, spec.Index:
		return true
	}
	return false
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
			i = SkipQuoted(path, i)
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
	for _, query := range Queries(path[1:]) {
		if query.FromRoot && !isSingular(query.Segments) {
			return errRootInFilter
		}
	}
	return nil
}

// Expression is a regular expression and its size.
type Expression struct {
	Text     string
	compiled *regexp.Regexp
	size     int
}

// CompileExpression takes RE2 syntax, and refuses what is too large.
func CompileExpression(text string) (*Expression, error) {
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	size := instructions(parsed)
	if size > maxExpression {
		return nil, fmt.Errorf("%s is too large, it has some %d instructions and may have %d: repeat less", strconv.Quote(text), size, maxExpression)
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	return &Expression{Text: text, compiled: compiled, size: size}, nil
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

// Groups is how many groups it has.
func (e *Expression) Groups() int { return e.compiled.NumSubexp() }

// Matches is false where the work is more than is left of the budget.
func (e *Expression) Matches(text string, left *Budget) bool {
	return left.Spend(1+len(text)*e.size/bytesOfMatch) && e.compiled.MatchString(text)
}

// Group is what the one group of the expression matches first; empty for nothing.
func (e *Expression) Group(text string, left *Budget) string {
	if !left.Spend(1 + len(text)*e.size/bytesOfMatch) {
		return ""
	}
	if match := e.compiled.FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}
