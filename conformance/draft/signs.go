package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// sign is something that says how the backend is.
type sign struct {
	when map[string]any
	says string
	// holds says of each state whether it does.
	holds []bool
	// rank orders signs: the lowest says it most plainly.
	rank int
}

func (s sign) seen() int {
	count := 0
	for _, holds := range s.holds {
		if holds {
			count++
		}
	}
	return count
}

// The words by which operators say it, in lower case. They are compared as a whole.
var (
	readyConditions = []string{"ready", "available", "active", "serving", "healthy", "running", "accepted"}
	readyWords      = []string{"ready", "running", "available", "healthy", "active", "serving", "up", "succeeded", "successful", "deployed", "online"}
	stateNames      = []string{"phase", "state", "status"}
	readyFlags      = []string{"ready", "isready", "available", "healthy", "serving"}
	readyCounts     = []string{"availableReplicas", "readyReplicas", "replicas.available", "replicas.ready"}
)

// readySigns are those that were seen to hold, or that the CRD names, the plainest first.
func (s *survey) readySigns() []sign {
	signs := s.conditionSigns()
	signs = append(signs, s.flagSigns()...)
	signs = append(signs, s.wordSigns()...)
	signs = append(signs, s.countSigns()...)
	slices.SortStableFunc(signs, func(a, b sign) int { return a.rank - b.rank })
	return signs
}

// conditionRank is lower for what says more plainly that all is ready; -1 for what does
// not say it. A condition that is named for the kind goes before one that any kind has.
func (s *survey) conditionRank(name string) int {
	lower, own := strings.ToLower(name), strings.ToLower(s.kind)
	if lower == own+"ready" || lower == own+"succeeded" {
		return 0
	}
	if i := slices.Index(readyConditions, lower); i >= 0 {
		return 1 + i
	}
	return -1
}

func (s *survey) conditionSigns() []sign {
	var signs []sign
	for _, c := range s.conditions {
		found := s.whereTrue(c, s.conditionRank(c.name))
		if found.rank >= 0 && found.seen() > 0 {
			if strings.ToLower(c.name) != "ready" {
				found.says += " Does it say that requests are served, or only that everything was made?"
			}
			signs = append(signs, found)
		}
	}
	for _, name := range s.columns {
		known := slices.ContainsFunc(s.conditions, func(c *condition) bool { return c.name == name })
		rank := s.conditionRank(name)
		if strings.HasSuffix(name, "Ready") && rank < 0 {
			rank = len(readyConditions)
		}
		if !known && rank >= 0 && plainWord.MatchString(name) && len(s.states) == 0 {
			signs = append(signs, sign{when: map[string]any{"condition": name, "status": "True"}, says: "kubectl get shows the condition " + name + ", the CRD says. Does it say that requests are served?", rank: rank})
		}
	}
	return signs
}

// whereTrue is the sign that a condition is True.
func (s *survey) whereTrue(c *condition, rank int) sign {
	return sign{when: map[string]any{"condition": c.name, "status": "True"}, says: c.in(s.states), holds: c.hold(len(s.states)), rank: rank}
}

// hold says in which states the condition is True.
func (c *condition) hold(states int) []bool {
	holds := make([]bool, states)
	for _, seen := range c.seen {
		holds[seen.state] = holds[seen.state] || seen.status == "True"
	}
	return holds
}

const (
	flagRank  = 10
	wordRank  = 20
	countRank = 40
)

// flagSigns are fields directly in the status that are true or false.
func (s *survey) flagSigns() []sign {
	var signs []sign
	for _, path := range s.flagPaths() {
		found := sign{when: map[string]any{"path": path, "equals": true}, holds: s.equal(path, true), rank: flagRank}
		if f := s.field(path); f != nil {
			found.says = s.history(f)
		} else if found.says = "By its name in the CRD; no object shows what is in it." + s.description(path); len(s.states) > 0 {
			continue
		}
		if found.seen() > 0 || len(s.states) == 0 {
			signs = append(signs, found)
		}
	}
	return signs
}

func (s *survey) flagPaths() []string {
	var paths []string
	is := func(path string) bool {
		return strings.HasPrefix(path, "$.status.") && strings.Count(path, ".") == 2 && slices.Contains(readyFlags, strings.ToLower(last(path)))
	}
	for path, f := range s.fields {
		if _, flag := f.values[0].value.(bool); flag && is(path) {
			paths = append(paths, path)
		}
	}
	for path, schema := range s.schema {
		if schema.Type == "boolean" && is(path) && s.field(path) == nil {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// wordSigns are fields for the state near the top of the status that have a word for ready.
func (s *survey) wordSigns() []sign {
	var signs []sign
	for _, path := range s.statePaths() {
		var words []string
		if f := s.field(path); f != nil {
			words = f.texts()
		} else if len(s.states) == 0 {
			words = s.enumOf(path)
		}
		for _, word := range words {
			i := slices.Index(readyWords, strings.ToLower(word))
			if i < 0 {
				continue
			}
			rank := wordRank + i
			if !slices.Contains(stateNames, strings.ToLower(last(path))) {
				rank += len(readyWords)
			}
			signs = append(signs, sign{when: map[string]any{"path": path, "equals": word}, says: s.wordsOf(path), holds: s.equal(path, word), rank: min(rank, countRank-1)})
		}
	}
	return signs
}

// statePaths are fields directly in the status that are called as a state is.
func (s *survey) statePaths() []string {
	var paths []string
	add := func(path string) {
		lower := strings.ToLower(last(path))
		ends := slices.ContainsFunc(stateNames, func(name string) bool { return strings.HasSuffix(lower, name) })
		if ends && strings.Count(path, ".") == 2 && !strings.Contains(path, "[") && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	for _, f := range s.sorted("$.status.") {
		add(f.path)
	}
	for path := range s.schema {
		if strings.HasPrefix(path, "$.status.") && s.schema[path].Type == "string" {
			add(path)
		}
	}
	slices.Sort(paths)
	return paths
}

func (s *survey) enumOf(path string) []string {
	var words []string
	if schema := s.described(path); schema != nil {
		for _, word := range schema.Enum {
			if text, ok := word.(string); ok && plainWord.MatchString(text) {
				words = append(words, text)
			}
		}
	}
	return words
}

// wordsOf says what a field for the state was, and may be.
func (s *survey) wordsOf(path string) string {
	f, may := s.field(path), ""
	if words := s.enumOf(path); len(words) > 0 {
		may = fmt.Sprintf(" It may be %s.", strings.Join(words, ", "))
	}
	if f == nil {
		return path + may + s.description(path) + " Which of these say that requests are served?"
	}
	return s.history(f) + may
}

func (s *survey) equal(path string, value any) []bool {
	holds := make([]bool, len(s.states))
	f := s.field(path)
	for i := range holds {
		holds[i] = f.at(i) == value
	}
	return holds
}

// countSigns are replicas that are ready.
func (s *survey) countSigns() []sign {
	var signs []sign
	for i, name := range readyCounts {
		f := s.field("$.status." + name)
		if f == nil {
			continue
		}
		if found := s.counted(f, countRank+i); found.seen() > 0 {
			signs = append(signs, found)
		}
	}
	return signs
}

// counted is the sign that there is at least one of what a field counts.
func (s *survey) counted(f *field, rank int) sign {
	found := sign{when: map[string]any{"path": f.path, "atLeast": int64(1)}, says: s.history(f), holds: make([]bool, len(s.states)), rank: rank}
	for state := range found.holds {
		count, _ := syntax.Number(f.at(state))
		found.holds[state] = count >= 1
	}
	return found
}
