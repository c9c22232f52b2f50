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
	failedReason    = regexp.MustCompile(`(?i)failed$|failure$|error$|^invalid|deadlineexceeded$`)
	pastDeadline    = regexp.MustCompile(`(?i)deadlineexceeded$`)
	failedMessage   = regexp.MustCompile(`(?i)\b(fail(s|ed|ure)?|errors?|invalid|denied|cannot|unable|rejected)\b`)
	failedCondition = regexp.MustCompile(`(?i)^(failed|failure|error)$`)
)

// failedSigns were seen to hold, those that were seen more often first. One that also
// holds where the backend says that it is ready is none.
func (s *survey) failedSigns(ready *sign) []sign {
	var signs []sign
	for _, c := range s.conditions {
		if failedCondition.MatchString(c.name) {
			signs = append(signs, s.whereTrue(c, 1))
		}
	}
	signs = append(signs, s.failedWords()...)
	signs = append(signs, s.failedReasons()...)
	signs = slices.DeleteFunc(signs, func(one sign) bool { return one.seen() == 0 && len(s.states) > 0 })
	if len(signs) == 0 {
		signs = s.failedMessages(ready)
	}
	late := func(one sign) int { return min(one.rank/byDeadline, 1) }
	slices.SortStableFunc(signs, func(a, b sign) int { return cmp.Or(late(a)-late(b), b.seen()-a.seen(), a.rank-b.rank) })
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

// The ranks of signs that say it less plainly than a word for failure does. From doubtful on
// they are comments: most operators try again what they call failed in a reason, as the
// built-in kinds show. The states speak against what is contradicted.
const (
	byDeadline   = 50
	doubtful     = 90
	contradicted = 100
)

// failedReasons are conditions that do not hold for a reason that says failure.
func (s *survey) failedReasons() []sign {
	var signs []sign
	for _, c := range s.conditions {
		var reasons []string
		found := sign{says: c.in(s.states), holds: make([]bool, len(s.states)), rank: doubtful}
		for _, seen := range c.seen {
			if seen.status == "False" && plainWord.MatchString(seen.reason) && failedReason.MatchString(seen.reason) {
				found.holds[seen.state] = true
				if !slices.Contains(reasons, seen.reason) {
					reasons = append(reasons, seen.reason)
				}
			}
		}
		slices.Sort(reasons)
		if !slices.ContainsFunc(reasons, func(reason string) bool { return !pastDeadline.MatchString(reason) }) {
			found.rank = byDeadline
		}
		found.when = map[string]any{"condition": c.name, "status": "False", "reasonIn": anyOf(reasons)}
		signs = append(signs, found)
	}
	return signs
}

// failedMessages are conditions that do not hold with a message that speaks of a failure, in
// states that are not ready. Such a word may as well be about something that is tried again.
func (s *survey) failedMessages(ready *sign) []sign {
	var signs []sign
	for _, c := range s.conditions {
		found := sign{when: map[string]any{"condition": c.name, "status": "False"}, says: c.in(s.states), holds: make([]bool, len(s.states)), rank: doubtful}
		for _, seen := range c.seen {
			isReady := ready != nil && ready.holds != nil && ready.holds[seen.state]
			found.holds[seen.state] = found.holds[seen.state] || seen.status == "False" && failedMessage.MatchString(seen.message) && !isReady
		}
		if found.seen() > 0 {
			signs = append(signs, found)
		}
	}
	return signs
}

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
