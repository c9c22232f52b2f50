package kind

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// source is where a value may be: exactly one of path, condition, value,
// template and constant.
type source struct {
	target    target
	when      []predicate
	path      *jsonpath.Path
	key       bool
	hosts     *fieldReference
	condition string
	template  *syntax.Template
	constant  any
	capture   *jsonpath.Expression
	lower     bool
	// implied: nobody wrote it, and a trace does not tell of it.
	implied bool
	// words are what is looked up, for people.
	words string
}

// fieldReference is a field of a subject.
type fieldReference struct {
	target target
	path   *jsonpath.Path
}

// sources are in order of preference.
type sources []source

// counts says whether the source's when holds.
func (s source) counts(env *environment, stage, name string) bool {
	return allOf(s.when, env, stage, name).matched
}

// read gives everything that is there and neither null nor "", in order. The note
// says why there is nothing, when that is not plain absence.
func (s source) read(env *environment, fit syntax.Fitter) (found []any, note string) {
	switch {
	case s.template != nil:
		text, note := s.template.Render(env.values, fit)
		if text == "" {
			return nil, note
		}
		found = []any{text}
	case s.path != nil || s.condition != "":
		found = s.look(env)
		if found == nil {
			note = s.target.missing(env, nil)
		}
	case s.target.value != "":
		value, ok := env.values[s.target.value]
		if !ok {
			return nil, "the value " + s.target.value + " is absent"
		}
		found = []any{value}
	default:
		found = []any{s.constant}
	}
	if s.capture != nil {
		found = s.captured(found, env)
	}
	if s.lower {
		for i, value := range found {
			if text, ok := value.(string); ok {
				found[i] = strings.ToLower(text)
			}
		}
	}
	return found, note
}

// look gives what is at the path, or the condition's message, of each entry.
func (s source) look(env *environment) []any {
	var found []any
	entries := s.target.entries(env, nil)
	if s.hosts != nil {
		return exactHosts(env, textsAt(entries, s.path, env), s.hosts.texts(env))
	}
	for _, e := range entries {
		if s.condition != "" {
			condition, _ := findCondition(e, s.condition, env.work)
			if message := text(condition["message"]); message != "" {
				found = append(found, message)
			}
			continue
		}
		for _, n := range s.path.Nodes(e.value, env.work) {
			found = append(found, s.valueOf(n, e)...)
		}
	}
	return found
}

// valueOf is the node's value or its key, nothing when there is none.
func (s source) valueOf(n jsonpath.Node, e entry) []any {
	if s.key {
		step := n.Step
		if step == nil {
			step = e.step
		}
		if name, ok := step.(spec.Name); ok {
			return []any{string(name)}
		}
		return nil
	}
	if n.Value == nil || n.Value == "" {
		return nil
	}
	return []any{n.Value}
}

// captured cuts the group out of each text, and of each list of texts as one.
func (s source) captured(found []any, env *environment) []any {
	var cut []any
	for _, value := range found {
		whole, ok := joined(value)
		if !ok {
			continue
		}
		if part := s.capture.Group(whole, env.work); part != "" {
			cut = append(cut, part)
		}
	}
	return cut
}

// joined is a scalar as text, or the texts of a list with spaces between them.
func joined(value any) (string, bool) {
	list, isList := value.([]any)
	if !isList {
		return syntax.ScalarText(value)
	}
	var words []string
	for _, item := range list {
		if word, ok := item.(string); ok {
			words = append(words, word)
		}
	}
	return strings.Join(words, " "), true
}

// leastLength is how many bytes the text of what is here has at least.
func (s source) leastLength(values map[string]int) int {
	if s.template != nil {
		return s.template.LeastLength(values)
	}
	if s.target.value != "" {
		return max(values[s.target.value], 1)
	}
	if text, ok := syntax.ScalarText(s.constant); ok {
		return len(text)
	}
	return 1
}

// first is the first scalar that the sources yield. The note says why there is
// none, where one of them can say.
func (all sources) first(env *environment, stage, name string) (found any, note string) {
	for i, s := range all {
		rule := name
		if len(all) > 1 {
			rule = name + "[" + strconv.Itoa(i) + "]"
		}
		if !s.counts(env, stage, rule) {
			continue
		}
		values, why := s.read(env, nil)
		note = cmp.Or(note, why)
		for _, value := range values {
			problem := notScalar(value)
			if !s.implied {
				env.trace.add(stage, rule, func() Step {
					return Step{Path: s.words, Found: value, Matched: problem == "", Note: problem}
				})
			}
			if problem == "" {
				return value, ""
			}
		}
		if len(values) == 0 {
			env.trace.add(stage, rule, func() Step { return Step{Path: s.words, Note: why} })
		}
	}
	return nil, note
}

func notScalar(value any) string {
	switch syntax.TypeName(value) {
	case "string", "number", "boolean":
		return ""
	}
	return fmt.Sprintf("the value is a %s, and a string, number or boolean is expected", syntax.TypeName(value))
}

// text is the first scalar, which has to be what it is used as in a subject.
func (all sources) text(env *environment, as, what string, check func(string) []string) (found, note string) {
	value, note := all.first(env, "subjects", as+"."+what)
	if value == nil {
		return "", cmp.Or(note, "no "+what+" is given by "+all.words())
	}
	found, ok := syntax.ScalarText(value)
	if !ok {
		return "", fmt.Sprintf("%s is no %s", syntax.Quote(value), what)
	}
	return found, unfit(found, what, check)
}

// words are where the sources look, in order.
func (all sources) words() string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = s.words
	}
	return strings.Join(words, ", else ")
}
