package kind

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// predicate is one fact that may hold of a referent.
type predicate interface {
	// test says whether the fact holds, as a step without stage and rule, and
	// in words what was found.
	test(object map[string]any) (Step, string)
}

// conditionPredicate looks at an entry of status.conditions.
type conditionPredicate struct {
	conditionType string
	status        string
	reasons       []string
}

func (p conditionPredicate) test(object map[string]any) (Step, string) {
	step := Step{Path: "condition " + p.conditionType, Want: "status " + quote(p.status)}
	if len(p.reasons) > 0 {
		step.Want += ", reason in " + strings.Join(p.reasons, ", ")
	}
	condition, note := findCondition(object, p.conditionType)
	step.Note = note
	if condition == nil {
		return step, fmt.Sprintf("condition %s is absent", p.conditionType)
	}
	step.Found = map[string]any{"status": condition["status"], "reason": condition["reason"]}
	reason, _ := condition["reason"].(string)
	step.Matched = condition["status"] == p.status && (len(p.reasons) == 0 || slices.Contains(p.reasons, reason))
	return step, describeCondition(p.conditionType, condition)
}

// findCondition gives the first condition of a type. The note says why the
// list is unreadable, when it is.
func findCondition(object map[string]any, conditionType string) (map[string]any, string) {
	status, _ := object["status"].(map[string]any)
	value, ok := status["conditions"]
	if !ok || value == nil {
		return nil, ""
	}
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Sprintf("$.status.conditions is a %s, and a list is expected", jsonType(value))
	}
	for _, entry := range list {
		if condition, ok := entry.(map[string]any); ok && condition["type"] == conditionType {
			return condition, ""
		}
	}
	return nil, ""
}

// describeCondition quotes what the backend says.
func describeCondition(conditionType string, condition map[string]any) string {
	text := fmt.Sprintf("condition %s is %s", conditionType, asJSON(condition["status"]))
	var said []string
	for _, field := range []string{"reason", "message"} {
		if value, ok := condition[field].(string); ok && value != "" {
			said = append(said, shorten(value, maxSaid))
		}
	}
	if len(said) > 0 {
		text += " (" + strings.Join(said, ": ") + ")"
	}
	return text
}

const maxSaid = 400

// pathPredicate compares the value at a path.
type pathPredicate struct {
	path *jsonPath
	want string
	// absent is the result where there is no value.
	absent bool
	// compare says whether the value matches; the note says why it cannot be compared.
	compare func(value any) (matched bool, note string)
}

func (p pathPredicate) test(object map[string]any) (Step, string) {
	step := Step{Path: p.path.text, Want: p.want}
	value, ok := p.path.value(object)
	if !ok || value == nil {
		step.Matched = p.absent
		return step, p.path.text + " is absent"
	}
	step.Found = value
	step.Matched, step.Note = p.compare(value)
	return step, p.path.text + " is " + asJSON(value)
}

func equalTo(want any) func(any) (bool, string) {
	return func(value any) (bool, string) {
		if jsonType(value) != jsonType(want) {
			return false, wrongType(value, jsonType(want))
		}
		return sameScalar(value, want), ""
	}
}

func oneOf(wants []any) func(any) (bool, string) {
	return func(value any) (bool, string) {
		note := wrongType(value, jsonType(wants[0]))
		for _, want := range wants {
			if jsonType(value) == jsonType(want) {
				note = ""
			}
			if sameScalar(value, want) {
				return true, ""
			}
		}
		return false, note
	}
}

func sameScalar(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y
	}
	switch a.(type) {
	case string, bool:
		return a == b
	default:
		return false
	}
}

func existing(want bool) func(any) (bool, string) {
	return func(value any) (bool, string) { return (value != "") == want, "" }
}

func matching(expression *regexp.Regexp) func(any) (bool, string) {
	return func(value any) (bool, string) {
		text, ok := value.(string)
		if !ok {
			return false, wrongType(value, "string")
		}
		return expression.MatchString(text), ""
	}
}

func atLeast(least float64) func(any) (bool, string) {
	return func(value any) (bool, string) {
		n, ok := number(value)
		if !ok {
			return false, wrongType(value, "number")
		}
		return n >= least, ""
	}
}

func wrongType(value any, want string) string {
	return fmt.Sprintf("the value is a %s, and the kind-spec expects a %s", jsonType(value), want)
}

func quote(text string) string { return fmt.Sprintf("%q", text) }

// allOf tests predicates in order and stops at the first that does not hold.
// The words are those of the last one tested.
func allOf(predicates []predicate, object map[string]any, record func(i int, s Step)) (bool, string) {
	var said []string
	for i, p := range predicates {
		step, words := p.test(object)
		record(i, step)
		if !step.Matched {
			return false, words
		}
		said = append(said, words)
	}
	return true, strings.Join(said, ", ")
}
