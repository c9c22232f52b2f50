package kind

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// simpleFilter is a filter of comparisons of a field of the entry with literals,
// in the canonical form of the library.
var (
	simpleTerm = regexp.MustCompile(`^@((?:\["(?:[^"\\]|\\.)*"\])+) (==|>=) ("(?:[^"\\]|\\.)*"|-?[0-9][0-9.]*|true|false)$`)
	quotedName = regexp.MustCompile(`\["((?:[^"\\]|\\.)*)"\]`)
)

// adviseFilters warns of filters in the path of a subject, where where says the
// same in one way for all: nothing else has to be written for it. A filter in the
// path of a source needs a subject to say it, which is longer, and is left alone.
func (c compiler) adviseFilters() {
	for i, s := range c.spec.Subjects {
		word := "each"
		if s.All != "" {
			word = "all"
		}
		if list, where := withoutFilter(s.Each + s.All); list != "" {
			c.doc.adviseAt(ruleFilter, fmt.Sprintf("/spec/subjects/%d/%s", i, word), "where chooses entries: write %s: %s, and in where %s", word, flow(list), where)
		}
	}
}

// conditionPath is a path that looks for a condition by its type, in the canonical
// form of the library.
var conditionPath = regexp.MustCompile(`^\$\["status"\]\["conditions"\]\[\?@\["type"\] == ("(?:[^"\\]|\\.)+")\]\["(status|reason|message)"\]$`)

// conditionIn is the condition that a path looks for, and which of its fields it
// takes; empty for any other path.
func conditionIn(text string) (condition, field string) {
	p, err := jsonpath.Parse(text)
	if err != nil {
		return "", ""
	}
	match := conditionPath.FindStringSubmatch(p.String())
	if match == nil {
		return "", ""
	}
	if err := json.Unmarshal([]byte(match[1]), &condition); err != nil {
		return "", ""
	}
	return condition, match[2]
}

// asCondition is a predicate about a field of a condition as it is written
// without a filter; empty where that is not what the path looks for.
func asCondition(s v1alpha1.Predicate) string {
	condition, field := conditionIn(s.Path)
	var constant any
	if s.Equals != nil {
		constant = s.Equals.Value
	}
	status, isText := constant.(string)
	switch {
	case condition == "":
		return ""
	case field == "status" && isText && status != "Unknown":
		return fmt.Sprintf("{condition: %s, status: %q}", flow(condition), status)
	case field == "status" && s.In != nil:
		return fmt.Sprintf("{condition: %s, statusIn: %s}", flow(condition), flow(scalarsOf(s.In)))
	case field == "reason" && isText:
		return fmt.Sprintf("{condition: %s, exists: true, reasonIn: [%s]}", flow(condition), flow(status))
	case field == "reason" && s.In != nil:
		return fmt.Sprintf("{condition: %s, exists: true, reasonIn: %s}", flow(condition), flow(scalarsOf(s.In)))
	case field == "message" && s.Matches != "":
		return fmt.Sprintf("{condition: %s, exists: true, messageMatches: %s}", flow(condition), flow(s.Matches))
	}
	return fmt.Sprintf("{condition: %s, ...}, with status, statusIn, reasonIn or messageMatches", flow(condition))
}

// adviseCase warns of condition types that are most likely written in the wrong
// case: what nobody writes is a rule that never holds.
func (c compiler) adviseCase(at, of, condition string) {
	key := of + " " + strings.ToLower(condition)
	first, known := c.conditions[key]
	switch {
	case !known:
		c.conditions[key] = condition
	case first != condition:
		c.doc.adviseAt(ruleConditionCase, at, "is compared letter by letter, and %s is written elsewhere: write %s in both places, or %s", first, first, condition)
		return
	}
	if r := condition[0]; r >= 'a' && r <= 'z' && !strings.Contains(condition, "/") {
		c.doc.adviseAt(ruleConditionCase, at, "is compared letter by letter, and condition types begin with a capital letter: did you mean %s?", capital(condition))
	}
}

// withoutFilter is a path that ends in a simple filter, as the path of the list
// and the predicates of where; empty for any other path.
func withoutFilter(text string) (list, where string) {
	p, err := compilePath(text)
	if err != nil || len(p.segments) == 0 {
		return "", ""
	}
	if strings.Count(text, "?") != 1 {
		return "", ""
	}
	last := p.segments[len(p.segments)-1]
	if last.IsDescendant() || len(last.Selectors()) != 1 {
		return "", ""
	}
	filter, ok := last.Selectors()[0].(*spec.FilterSelector)
	if !ok {
		return "", ""
	}
	var predicates []string
	for term := range strings.SplitSeq(strings.TrimPrefix(filter.String(), "?"), " && ") {
		predicate := asPredicate(term)
		if predicate == "" {
			return "", ""
		}
		predicates = append(predicates, predicate)
	}
	return beforeFilter(text), "[" + strings.Join(predicates, ", ") + "]"
}

// beforeFilter is the text of a path with [*] in the place of its last brackets,
// which hold a filter.
func beforeFilter(text string) string {
	text = strings.TrimSpace(text)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'':
			i = skipQuoted(text, i)
		case '[':
			if end := endOfSegments(text, i); end >= len(text) && strings.HasPrefix(strings.TrimLeft(text[i+1:], " "), "?") {
				return text[:i] + "[*]"
			}
		}
	}
	return ""
}

// asPredicate is one comparison of a filter as a predicate; empty where it is no
// simple one.
func asPredicate(term string) string {
	match := simpleTerm.FindStringSubmatch(term)
	if match == nil {
		return ""
	}
	path := "$"
	for _, name := range quotedName.FindAllStringSubmatch(match[1], -1) {
		if !memberShorthand.MatchString(name[1]) {
			return ""
		}
		path += "." + name[1]
	}
	if match[3] == `""` {
		return "" // Which counts as absent.
	}
	compare := "equals"
	if match[2] == ">=" {
		if compare = "atLeast"; strings.HasPrefix(match[3], `"`) {
			return ""
		}
	}
	return fmt.Sprintf("{path: %s, %s: %s}", path, compare, match[3])
}
