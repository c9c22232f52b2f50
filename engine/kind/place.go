package kind

import (
	"fmt"
	"strings"

	"github.com/theory/jsonpath/spec"
)

// place is where a fact may be: at a path, in a template, or constant.
type place struct {
	subject  subject
	when     []predicate
	path     *jsonPath
	key      bool
	template *template
	constant any
	lower    bool
	// text is what is looked up, for people.
	text string
}

// counts says whether the place's when holds.
func (p place) counts(v *view, stage, name string) bool {
	return allOf(p.when, v, func(i int, s Step) {
		v.trace.add(stage, fmt.Sprintf("%s.when[%d]", name, i), s)
	}).matched
}

// read gives everything that is at the place and neither null nor "", in
// order. The note says why there is nothing, when that is not plain absence.
func (p place) read(v *view, fit fitter) (found []any, note string) {
	switch {
	case p.template != nil:
		text, note := p.template.render(v, fit)
		if text == "" {
			return nil, note
		}
		found = []any{text}
	case p.path != nil:
		for _, e := range p.subject.entries(v, nil) {
			for _, n := range p.path.nodes(e.value, v.work) {
				found = append(found, p.valueOf(n, e)...)
			}
		}
		if found == nil {
			note = p.subject.missing(v)
		}
	default:
		found = []any{p.constant}
	}
	if p.lower {
		for i, value := range found {
			if text, ok := value.(string); ok {
				found[i] = strings.ToLower(text)
			}
		}
	}
	return found, note
}

// valueOf is the node's value or its key, nothing when there is none.
func (p place) valueOf(n node, e entry) []any {
	if p.key {
		step := n.step
		if step == nil {
			step = e.step
		}
		if name, ok := step.(spec.Name); ok {
			return []any{string(name)}
		}
		return nil
	}
	if n.value == nil || n.value == "" {
		return nil
	}
	return []any{n.value}
}

// leastLength is how many bytes the text of what is here has at least.
func (p place) leastLength(values map[string]int) int {
	if p.template != nil {
		return p.template.leastLength(values)
	}
	if text, ok := scalarText(p.constant); ok {
		return len(text)
	}
	return 1
}
