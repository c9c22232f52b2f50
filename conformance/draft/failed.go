package draft

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// The words by which operators say that they have given up.
var (
	failedWord      = regexp.MustCompile(`(?i)failed|^(failure|error|errored)$|^invalid`)
	failedCondition = regexp.MustCompile(`(?i)^(failed|failure|error)$`)
)

// failedSigns were seen to hold, those that were seen more often first. One that also
// holds where the backend says that it is ready is none.
func (s *survey) failedSigns(ready *sign) []sign {
	var signs []sign
	for _, c := range s.conditions {
		if failedCondition.MatchString(c.name) {
			signs = append(signs, sign{when: map[string]any{"condition": c.name, "status": "True"}, says: c.in(s.states), holds: c.hold(len(s.states), "True"), rank: 1})
		}
	}
	signs = append(signs, s.failedWords()...)
	signs = slices.DeleteFunc(signs, func(one sign) bool { return one.seen() == 0 && len(s.states) > 0 })
	slices.SortStableFunc(signs, func(a, b sign) int { return cmp.Or(b.seen()-a.seen(), a.rank-b.rank) })
	for i := range signs {
		if ready == nil {
			break
		}
		both := namesOf(s.states, func(state int) bool {
			return signs[i].holds != nil && ready.holds != nil && signs[i].holds[state] && ready.holds[state]
		})
		if both != "" {
			signs[i].rank = contradicted
			signs[i].says += " It also holds in " + both + ", which says that it is ready."
		}
	}
	return signs
}

// contradicted is the rank of a sign that the states speak against.
const contradicted = 100

// failedWords are fields called as a state is, anywhere in the status, with words for failure.
func (s *survey) failedWords() []sign {
	var signs []sign
	paths := s.statePaths()
	for _, f := range s.sorted("$.status.") {
		lower := strings.ToLower(last(f.path))
		ends := slices.ContainsFunc(stateNames, func(name string) bool { return strings.HasSuffix(lower, name) })
		if ends && !strings.Contains(f.path, "[") && !slices.Contains(paths, f.path) {
			paths = append(paths, f.path)
		}
	}
	for _, path := range paths {
		words := s.enumOf(path)
		if f := s.field(path); f != nil {
			words = f.texts()
		} else if len(s.states) > 0 {
			continue
		}
		words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !failedWord.MatchString(word) || !plainWord.MatchString(word) })
		if len(words) == 0 {
			continue
		}
		slices.Sort(words)
		found := sign{when: map[string]any{"path": path, "equals": words[0]}, says: s.wordsOf(path), holds: make([]bool, len(s.states)), rank: 2 + depthOf(path)}
		if len(words) > 1 {
			found.when = map[string]any{"path": path, "in": anyOf(words)}
		}
		for _, word := range words {
			for i, holds := range s.equal(path, word) {
				found.holds[i] = found.holds[i] || holds
			}
		}
		signs = append(signs, found)
	}
	return signs
}

func anyOf(words []string) []any {
	all := make([]any, len(words))
	for i, word := range words {
		all[i] = word
	}
	return all
}
