package conformance

import (
	"encoding/json"
	"slices"
	"strings"
)

// predicate changes what one predicate wants.
func (m *mutation) predicate(at location, p map[string]any) {
	m.conditionTest(at, p)
	for _, name := range []string{"equals", "in", "matches", "atLeast"} {
		if p[name] != nil {
			m.object("widen", at, func(copied map[string]any) {
				delete(copied, name)
				copied["exists"] = true
			})
			m.mutants[len(m.mutants)-1].name = "widen " + at.member(name).String()
		}
	}
	for _, name := range []string{"in", "statusIn", "reasonIn"} {
		m.without(at.member(name), list(p, name))
	}
	if bound, ok := p["atLeast"].(float64); ok {
		m.set("raise", at, "atLeast", bound+1)
		m.set("lower", at, "atLeast", bound-1)
	}
	switch want := p["equals"].(type) {
	case float64:
		m.set("raise", at, "equals", want+1)
	case bool:
		m.set("flip", at, "equals", !want)
	}
	if exists, ok := p["exists"].(bool); ok {
		m.set("flip", at, "exists", !exists)
	}
	if match := text(p, "match"); match != "" {
		m.set("flip", at, "match", map[string]string{"Any": "All", "All": "Any"}[match])
	}
	if p["versions"] != nil {
		m.set("drop", at, "versions", nil)
	}
}

func (m *mutation) conditionTest(at location, p map[string]any) {
	if status := text(p, "status"); status != "" {
		m.set("flip", at, "status", map[string]string{"True": "False", "False": "True", "Unknown": "True"}[status])
		m.object("widen", at, func(copied map[string]any) {
			delete(copied, "status")
			copied["exists"] = true
		})
		m.mutants[len(m.mutants)-1].name = "widen " + at.member("status").String()
	}
	for _, status := range []string{"True", "False", "Unknown"} {
		statuses := list(p, "statusIn")
		if len(statuses) > 0 && !slices.Contains(statuses, any(status)) {
			m.set("widen", at, "statusIn", append(slices.Clone(statuses), status))
			m.mutants[len(m.mutants)-1].name += " by " + status
		}
	}
	for _, name := range []string{"reasonIn", "messageMatches"} {
		if p[name] != nil {
			m.set("widen", at, name, nil)
		}
	}
}

// exclusive says whether two rules can never hold of the same objects: they
// want different things of one and the same fact.
func exclusive(a, b any) bool {
	for _, p := range list(a, "when") {
		for _, q := range list(b, "when") {
			wantsP, okP := wanted(p)
			wantsQ, okQ := wanted(q)
			if okP && okQ && subjectOf(p) == subjectOf(q) && !slices.ContainsFunc(wantsP, func(w any) bool { return slices.Contains(wantsQ, w) }) {
				return true
			}
		}
	}
	return false
}

// wanted are the only values that a predicate about one single fact holds for.
func wanted(predicate any) (values []any, ok bool) {
	p, _ := predicate.(map[string]any)
	if p["match"] != nil || p["versions"] != nil {
		return nil, false
	}
	for _, name := range []string{"statusIn", "in"} {
		if values := list(p, name); values != nil {
			return values, true
		}
	}
	for _, name := range []string{"status", "equals"} {
		switch value := p[name].(type) {
		case string, float64, bool:
			return []any{value}, true
		}
	}
	return nil, false
}

// subjectOf is equal for predicates about the same fact.
func subjectOf(predicate any) string {
	p, _ := predicate.(map[string]any)
	var parts []string
	for _, name := range []string{"of", "each", "where", "condition", "path", "value"} {
		encoded, err := json.Marshal(p[name])
		if err != nil {
			return ""
		}
		parts = append(parts, string(encoded))
	}
	return strings.Join(parts, " ")
}
