package kind

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// conditionTest looks at a condition: of an object's status.conditions, or of
// the conditions of an entry.
type conditionTest struct {
	conditionType string
	// statuses are those it may have; nil when only its presence counts.
	statuses []string
	// present is false when the condition has to be absent.
	present bool
	reasons []string
	message *jsonpath.Expression
	// anyGeneration: it counts whatever generation it is of.
	anyGeneration bool
	// orAbsent: its absence counts as well.
	orAbsent bool
}

func (t conditionTest) absent() bool { return !t.present || t.orAbsent }

func (t conditionTest) findings(env *environment, e entry, found []finding) []finding {
	condition, note := findCondition(e, t.conditionType, env.work)
	if condition == nil {
		f := finding{matched: t.absent(), lacking: !t.absent(), note: note}
		if env.worded {
			f.words = fmt.Sprintf("condition %s is absent", t.conditionType) + after(note)
		}
		return append(found, f)
	}
	f := finding{matched: t.present && t.holds(condition, env.work)}
	if env.trace.asked {
		f.found = map[string]any{"status": condition["status"], "reason": condition["reason"]}
	}
	if env.worded {
		f.words = describeCondition(t.conditionType, condition)
	}
	if f.matched && e.gate.perCondition && !t.anyGeneration {
		if f.note = otherGeneration(condition, e.root); f.note != "" {
			f.matched, f.stale = false, true
			f.words = fmt.Sprintf("condition %s: %s", t.conditionType, f.note)
		}
	}
	return append(found, f)
}

func (t conditionTest) holds(condition map[string]any, left *jsonpath.Budget) bool {
	status, _ := condition["status"].(string)
	reason, _ := condition["reason"].(string)
	message, _ := condition["message"].(string)
	return (t.statuses == nil || slices.Contains(t.statuses, status)) &&
		(t.reasons == nil || slices.Contains(t.reasons, reason)) &&
		(t.message == nil || t.message.Matches(message, left))
}

// want says what is expected, for a trace.
func (t conditionTest) want() string {
	var words []string
	switch {
	case !t.present:
		words = append(words, "exists false")
	case len(t.statuses) == 0:
		words = append(words, "exists true")
	case len(t.statuses) == 1:
		words = append(words, "status "+strconv.Quote(t.statuses[0]))
	default:
		words = append(words, "status in "+strings.Join(t.statuses, ", "))
	}
	if len(t.reasons) > 0 {
		words = append(words, "reason in "+strings.Join(t.reasons, ", "))
	}
	if t.message != nil {
		words = append(words, "message matches "+strconv.Quote(t.message.Text))
	}
	if t.anyGeneration {
		words = append(words, "of any generation")
	}
	return strings.Join(words, ", ")
}

// findCondition gives the first condition of a type. The note says what is not as
// a list of conditions is, where that hides it.
func findCondition(e entry, conditionType string, left *jsonpath.Budget) (map[string]any, string) {
	owner, _ := e.value.(map[string]any)
	where := "conditions"
	if e.whole() {
		where = "$.status.conditions"
		status := owner["status"]
		if owner, _ = status.(map[string]any); owner == nil && status != nil {
			return nil, notA("object", "$.status", status)
		}
	}
	value, ok := owner["conditions"]
	if !ok || value == nil {
		return nil, ""
	}
	list, ok := value.([]any)
	if !ok {
		return nil, notA("list", where, value)
	}
	if !left.Spend(costOfFinding + len(list)) {
		return nil, ""
	}
	note := ""
	for _, entry := range list {
		condition, ok := entry.(map[string]any)
		switch {
		case ok && condition["type"] == conditionType:
			return condition, ""
		case !ok && note == "":
			note = notA("object", "an entry of "+where, entry)
		}
	}
	return nil, note
}

// describeCondition quotes what the backend says.
func describeCondition(conditionType string, condition map[string]any) string {
	text := "condition " + conditionType + " is " + syntax.Quote(condition["status"])
	if status := condition["status"]; status != nil && syntax.TypeName(status) != "string" {
		text += ", a " + syntax.TypeName(status) + " and no string"
	}
	var said []string
	for _, field := range []string{"reason", "message"} {
		if value, ok := condition[field].(string); ok && value != "" {
			said = append(said, syntax.Shorten(value, maxSaid))
		}
	}
	if len(said) > 0 {
		text += " (" + strings.Join(said, ": ") + ")"
	}
	return text
}

// costOfFinding is what it costs to compare a value and say so, in steps.
const costOfFinding = 10

const maxSaid = 400
