package vet

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// RuleFilter is also what a kind-spec is refused for, where a filter leaves open
// how many entries are meant.
const RuleFilter = "filter-for-where"

// filters are those that choose entries, where where and condition say the same in
// one way for all. A filter in the path of a source needs a subject to say it,
// which is longer, and is left alone but for conditions.
func filters(p *Pass) {
	for i, s := range p.Spec.Subjects {
		word := "each"
		if s.All != "" {
			word = "all"
		}
		if list, where := withoutFilter(s.Each + s.All); list != "" {
			p.Report(fmt.Sprintf("/spec/subjects/%d/%s", i, word), "where chooses entries: write %s: %s, and in where %s", word, syntax.Flow(list), where)
		}
	}
	for _, s := range p.Sources {
		if condition, field := conditionIn(s.Path); field == "message" {
			p.Report(s.At+"/path", "conditions are looked for by their type: write condition: %s instead of path", syntax.Flow(condition))
		}
	}
	for _, s := range p.Predicates {
		if rewritten := AsCondition(s.Predicate); rewritten != "" && s.Entries == nil && s.Intersects == nil {
			p.Report(s.At+"/path", "conditions are looked for by their type: write %s", rewritten)
		}
	}
}

// simpleFilter is a filter of comparisons of a field of the entry with literals,
// in the canonical form of the library.
var (
	simpleTerm = regexp.MustCompile(`^@((?:\["(?:[^"\\]|\\.)*"\])+) (==|>=) ("(?:[^"\\]|\\.)*"|-?[0-9][0-9.]*|true|false)$`)
	quotedName = regexp.MustCompile(`\["((?:[^"\\]|\\.)*)"\]`)
)

// conditionPath is a path that looks for a condition by its type, in the canonical
// form of the library.
var conditionPath = regexp.MustCompile(`^\$\["status"\]\["conditions"\]\[\?@\["type"\] == ("(?:[^"\\]|\\.)+")\]\["(status|reason|message)"\]$`)

// conditionIn is the condition that a path looks for, and which of its fields it
// takes; empty for any other path.
func conditionIn(text string) (condition, field string) {
	if !strings.Contains(text, "?") {
		return "", ""
	}
	p, err := jsonpath.Compile(text)
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

// AsCondition is a predicate about a field of a condition as it is written
// without a filter; empty where that is not what the path looks for.
func AsCondition(s v1alpha1.Predicate) string {
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
		return fmt.Sprintf("{condition: %s, status: %q}", syntax.Flow(condition), status)
	case field == "status" && s.In != nil:
		return fmt.Sprintf("{condition: %s, statusIn: %s}", syntax.Flow(condition), syntax.Flow(v1alpha1.Constants(s.In)))
	case field == "reason" && isText:
		return fmt.Sprintf("{condition: %s, exists: true, reasonIn: [%s]}", syntax.Flow(condition), syntax.Flow(status))
	case field == "reason" && s.In != nil:
		return fmt.Sprintf("{condition: %s, exists: true, reasonIn: %s}", syntax.Flow(condition), syntax.Flow(v1alpha1.Constants(s.In)))
	case field == "message" && s.Matches != "":
		return fmt.Sprintf("{condition: %s, exists: true, messageMatches: %s}", syntax.Flow(condition), syntax.Flow(s.Matches))
	}
	return fmt.Sprintf("{condition: %s, ...}, with status, statusIn, reasonIn or messageMatches", syntax.Flow(condition))
}

// withoutFilter is a path that ends in a simple filter, as the path of the list
// and the predicates of where; empty for any other path.
func withoutFilter(text string) (list, where string) {
	if strings.Count(text, "?") != 1 {
		return "", ""
	}
	p, err := jsonpath.Compile(text)
	if err != nil || len(p.Segments) == 0 {
		return "", ""
	}
	last := p.Segments[len(p.Segments)-1]
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
			i = jsonpath.SkipQuoted(text, i)
		case '[':
			if end := jsonpath.EndOfSegments(text, i); end >= len(text) && strings.HasPrefix(strings.TrimLeft(text[i+1:], " "), "?") {
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
		if !jsonpath.MemberShorthand.MatchString(name[1]) {
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
