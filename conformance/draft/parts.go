package draft

import (
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// ofPart is how a condition or a count is called that says that a part is ready.
var ofPart = regexp.MustCompile(`.([Rr]eady|[Aa]vailable|[Hh]ealthy)([Rr]eplicas)?$`)

// parts is a rule for a backend that says nothing of itself, only of its parts: what of them
// held in one state and, taken together, not in another. It is false where the states do not
// show such a difference.
func (s *survey) parts() (entry, bool) {
	signs, best := s.partSigns(), -1
	if len(signs) == 0 {
		return entry{}, false
	}
	for state := range s.states {
		if best < 0 || sumOf(signs, state) > sumOf(signs, best) {
			best = state
		}
	}
	told := slices.ContainsFunc(s.conditions, func(c *condition) bool { return ofPart.MatchString(c.name) && c.hold(len(s.states))[best] })
	var when []map[string]any
	says := []string{"Of parts: together they tell " + s.states[best].Name + " from the others. Are all of them needed?"}
	differ := false
	for _, one := range signs {
		if one.holds[best] {
			when, says = append(when, one.when), append(says, one.says)
			differ = differ || one.seen() < len(s.states)
		}
	}
	return entry{strings.Join(says, " "), rule("Ready", when...), false}, told && differ
}

func sumOf(signs []sign, state int) int {
	sum := 0
	for _, one := range signs {
		if one.holds[state] {
			sum++
		}
	}
	return sum
}

// partSigns are conditions of parts that were True, and counts of parts directly in the status.
func (s *survey) partSigns() []sign {
	var signs []sign
	for _, c := range s.conditions {
		if ofPart.MatchString(c.name) {
			signs = append(signs, s.whereTrue(c, 0))
		}
	}
	for _, f := range s.sorted("$.status.") {
		if _, number := syntax.Number(f.values[0].value); !number || strings.Count(f.path, ".") != 2 || strings.Contains(f.path, "[") || !ofPart.MatchString(last(f.path)) {
			continue
		}
		signs = append(signs, s.counted(f, 0))
	}
	return signs
}
