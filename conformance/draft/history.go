package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxShown is how long a value may be in a comment, in bytes.
const maxShown = 80

func shown(text string) string { return syntax.Shorten(oneLine(text), maxShown) }

// tally says in which states each of several words was seen: True in a, b; False in c.
type tally struct {
	words  []string
	states map[string][]int
}

func (t *tally) add(word string, state int) {
	if t.states == nil {
		t.states = map[string][]int{}
	}
	if !slices.Contains(t.words, word) {
		t.words = append(t.words, word)
	}
	if !slices.Contains(t.states[word], state) {
		t.states[word] = append(t.states[word], state)
	}
}

const maxTallied = 6

func (t *tally) in(states []State) string {
	var parts []string
	for _, word := range t.words[:min(len(t.words), maxTallied)] {
		parts = append(parts, fmt.Sprintf("%s in %s", word, namesOf(states, func(i int) bool { return slices.Contains(t.states[word], i) })))
	}
	if more := len(t.words) - maxTallied; more > 0 {
		parts = append(parts, fmt.Sprintf("%d more values", more))
	}
	if absent := namesOf(states, func(i int) bool {
		return !slices.ContainsFunc(t.words, func(word string) bool { return slices.Contains(t.states[word], i) })
	}); absent != "" {
		parts = append(parts, "absent in "+absent)
	}
	return strings.Join(parts, "; ")
}

// history says what a field was in the states, and what the CRD says of it.
func (s *survey) history(f *field) string {
	t := tally{}
	for _, v := range f.values {
		t.add(shown(v.text()), v.state)
	}
	return fmt.Sprintf("%s: %s.%s", f.path, t.in(s.states), s.description(f.path))
}

// of says what a condition was in the states.
func (c *condition) in(states []State) string {
	t := tally{}
	for _, seen := range c.seen {
		word := seen.status
		if seen.reason != "" && seen.reason != c.name {
			word += " (" + shown(seen.reason) + ")"
		}
		t.add(word, seen.state)
	}
	return fmt.Sprintf("condition %s: %s.", c.name, t.in(states))
}

// description is what the CRD says of a path, as a sentence of its own.
func (s *survey) description(path string) string {
	schema := s.described(path)
	if schema == nil || schema.Description == "" {
		return ""
	}
	return " CRD: " + syntax.Shorten(oneLine(schema.Description), 2*maxShown)
}
