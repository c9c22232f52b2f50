package conformance

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The kind-spec in words, as Markdown.

// inWords joins predicates as a sentence does.
func inWords(predicates []any) string {
	words := make([]string, len(predicates))
	for i, p := range predicates {
		words[i] = predicateInWords(p)
	}
	return strings.Join(words, " **and** ")
}

func predicateInWords(predicate any) string {
	p, _ := predicate.(map[string]any)
	return subjectInWords(p) + factInWords(p)
}

// subjectInWords ends in a separator unless it is the referent itself.
func subjectInWords(p map[string]any) string {
	var words []string
	if match := text(p, "match"); match != "" {
		words = append(words, strings.ToLower(match))
	}
	if of := text(p, "of"); of != "" {
		words = append(words, "of "+of)
	}
	if each := text(p, "each"); each != "" {
		words = append(words, "in "+code(each))
	}
	if versions := list(p, "versions"); versions != nil {
		words = append(words, "in version "+alternatives(versions))
	}
	if where := list(p, "where"); where != nil {
		words = append(words, "where "+inWords(where))
	}
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, " ") + ": "
}

func factInWords(p map[string]any) string {
	if condition := text(p, "condition"); condition != "" {
		return conditionInWords(condition, p)
	}
	what := code(text(p, "path"))
	if value := text(p, "value"); value != "" {
		what = "the value " + code(value)
	}
	switch {
	case p["equals"] != nil:
		return what + " is " + operand(p["equals"])
	case p["in"] != nil:
		return what + " is " + alternatives(list(p, "in"))
	case p["atLeast"] != nil:
		return what + " is at least " + operand(p["atLeast"])
	case p["matches"] != nil:
		return what + " matches " + code(text(p, "matches"))
	case p["exists"] == true:
		return what + " is there"
	}
	return what + " is not there"
}

func conditionInWords(condition string, p map[string]any) string {
	if exists, ok := p["exists"].(bool); ok && !exists {
		return "there is no condition " + code(condition)
	}
	words := "condition " + code(condition)
	switch {
	case p["status"] != nil:
		words += " is " + text(p, "status")
	case p["statusIn"] != nil:
		words += " is " + alternatives(list(p, "statusIn"))
	default:
		words += " is there"
	}
	if reasons := list(p, "reasonIn"); reasons != nil {
		words += ", for the reason " + alternatives(reasons)
	}
	if message := text(p, "messageMatches"); message != "" {
		words += ", with a message that matches " + code(message)
	}
	return words
}

// placeInWords says where a fact is.
func placeInWords(place any) string {
	p, _ := place.(map[string]any)
	var words string
	switch {
	case p["template"] != nil:
		words = code(text(p, "template"))
	case p["constant"] != nil:
		words = "always " + operand(p["constant"])
	case p["key"] == true:
		words = subjectInWords(p) + "the key of " + code(text(p, "path"))
	default:
		words = subjectInWords(p) + code(text(p, "path"))
	}
	if p["lower"] == true {
		words += ", in lower case"
	}
	if scheme := text(p, "scheme"); scheme != "" {
		words += ", with " + code(scheme+"://") + " before it unless it has a scheme"
	}
	if p["port"] != nil {
		words += ", with port " + operand(p["port"]) + " unless it has one"
	}
	if p["prefer"] != nil {
		words += ", https first"
	}
	if when := list(p, "when"); when != nil {
		words += ", while " + inWords(when)
	}
	return words
}

func operand(value any) string {
	if name := text(value, "value"); name != "" {
		return "the value " + code(name)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return code(strings.Trim(string(encoded), `"`))
}

func alternatives(values []any) string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = operand(value)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// code is text as it is written, fit for a cell of a table.
func code(text string) string {
	return "`" + strings.NewReplacer("|", `\|`, "\n", " ", "`", "'").Replace(text) + "`"
}
