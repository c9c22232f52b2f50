package draft

import (
	"fmt"
	"regexp"
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
		t.add(seen.word(c.name), seen.state)
	}
	return fmt.Sprintf("condition %s: %s.", c.name, t.in(states))
}

// maxMessage is how much of a condition's message is in a comment, in bytes.
const maxMessage = 120

// word is a condition's status with the reason, and where it does not hold the message.
func (v sight) word(name string) string {
	why := ""
	if v.reason != name {
		why = shown(v.reason)
	}
	if v.status != "True" && v.message != "" {
		why = strings.TrimPrefix(why+": ", ": ") + syntax.Shorten(oneLine(v.message), maxMessage)
	}
	if why == "" {
		return v.status
	}
	return fmt.Sprintf("%s (%s)", v.status, why)
}

// description is what the CRD says of a path, as a sentence of its own.
func (s *survey) description(path string) string {
	schema := s.described(path)
	if schema == nil || schema.Description == "" {
		return ""
	}
	return " CRD: " + syntax.Shorten(oneLine(about(schema.Description, last(path))), 2*maxShown)
}

// about begins a description where it speaks of the field: generators put what stands above
// other fields before it.
func about(description, name string) string {
	at := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `\b`).FindStringIndex(description)
	if at == nil || at[0] < maxShown || len(description) <= 2*maxShown {
		return description
	}
	return description[at[0]:]
}

// named are words in quotation marks in a description that may be types of conditions.
func named(description string) []string {
	var words []string
	for _, match := range quoted.FindAllStringSubmatch(description, maxTallied) {
		if !slices.Contains(words, match[1]) {
			words = append(words, match[1])
		}
	}
	return words
}

var quoted = regexp.MustCompile("[\"'`]([A-Z][A-Za-z0-9]{2,62})[\"'`]")
