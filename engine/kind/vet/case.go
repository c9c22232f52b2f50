package vet

import "strings"

// conditionCases are condition types that are most likely written in the wrong
// case: what nobody writes is a rule that never holds.
func conditionCases(p *Pass) {
	written := map[string]string{}
	for _, s := range p.Predicates {
		if s.Condition == "" {
			continue
		}
		key := s.subject() + " " + strings.ToLower(s.Condition)
		first, known := written[key]
		if known && first != s.Condition {
			p.Report(s.At+"/condition", "is compared letter by letter, and %s is written elsewhere: write %s in both places, or %s", first, first, s.Condition)
			continue
		}
		written[key] = s.Condition
		if r := s.Condition[0]; r >= 'a' && r <= 'z' && !strings.Contains(s.Condition, "/") {
			capital := strings.ToUpper(s.Condition[:1]) + s.Condition[1:]
			p.Report(s.At+"/condition", "is compared letter by letter, and condition types begin with a capital letter: did you mean %s?", capital)
		}
	}
}
