package editor

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Case is what was decided about one case beside the kind.
type Case struct {
	Name, Phase string
	// Health and Endpoint are the names of the rule and of the candidate that
	// decided; empty where none did.
	Health, Endpoint string
	Trace            []kind.Step
}

// Hover says in Markdown what is at an offset: what the field means, and what the
// line decides of the cases. It is false where nothing is known.
func (e *Editor) Hover(c Checked, offset int, cases []Case) (text string, at Range, ok bool) {
	n := c.root.deepest(offset)
	if n.parent == nil {
		return "", Range{}, false
	}
	of, known := e.grammar.at(n.pointer)
	if !known {
		return "", Range{}, false
	}
	parts := []string{title(n, of)}
	if meaning := of.description(); meaning != "" {
		parts = append(parts, meaning)
	}
	if words := of.words(); len(words) > 0 {
		parts = append(parts, "One of "+strings.Join(words, ", ")+".")
	}
	if standard, ok := of.own["default"]; ok {
		parts = append(parts, fmt.Sprintf("Left out: %s.", code(syntax.Flow(standard))))
	}
	if declared, found := c.Definition(offset); found {
		parts = append(parts, "Declared as "+code(strings.TrimSpace(lineAt(c.Text, declared.Start)))+".")
	}
	if c.Kind != nil && len(cases) > 0 {
		parts = append(parts, decisions(c.Kind, n.pointer, cases)...)
	}
	at = n.about(n.value.touches(offset))
	return strings.Join(parts, "\n\n"), at, true
}

// title names a field and its type.
func title(n *node, of field) string {
	name, entry := n.name, ""
	if n.name == "" {
		name, entry = n.parent.name, "entry of "
	}
	if kinds := of.typeName(); kinds != "" {
		return fmt.Sprintf("%s**%s** (%s)", entry, name, kinds)
	}
	return fmt.Sprintf("%s**%s**", entry, name)
}

func lineAt(text string, offset int) string {
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	line, _, _ := strings.Cut(text[start:], "\n")
	return line
}

// part is a part of a kind-spec that a trace names.
var part = regexp.MustCompile(`^/spec/(subjects|values|generation|health|endpoint|model)(?:/([^/]+))?((?:/[^/]+)*)$`)

// decisions say what cases show of the part of a kind-spec that a pointer leads
// into.
func decisions(k *kind.Kind, pointer string, cases []Case) []string {
	match := part.FindStringSubmatch(pointer)
	if match == nil {
		return nil
	}
	stage, name := match[1], nameOf(k, match[1], match[2])
	var said []string
	if stage == "health" || stage == "endpoint" {
		said = append(said, decided(stage, name, cases))
	}
	for rule := range ruleNames(stage, name, match[3]) {
		if lines := traced(stage, rule, cases); len(lines) > 0 {
			return append(said, "What the cases show of "+code(rule)+":\n\n"+strings.Join(lines, "\n"))
		}
	}
	return said
}

// nameOf is what traces call a rule, a candidate, a subject or a value.
func nameOf(k *kind.Kind, stage, token string) string {
	i, _ := strconv.Atoi(token)
	var names []string
	switch stage {
	case "health":
		names = kind.RuleNames(k.Spec())
	case "endpoint":
		names = kind.CandidateNames(k.Spec())
	case "subjects":
		for _, s := range k.Spec().Subjects {
			names = append(names, s.As)
		}
	case "model":
		return "model." + token
	case "generation":
		return stage
	default:
		return token
	}
	if i < len(names) {
		return names[i]
	}
	return ""
}

var (
	predicateAt = regexp.MustCompile(`^/when/(\d+)`)
	urlAt       = regexp.MustCompile(`^/url/([a-z]+)(?:/(\d+))?`)
	sourceAt    = regexp.MustCompile(`^/(\d+)`)
	objectAt    = regexp.MustCompile(`^/object/(name|namespace)(?:/(\d+))?`)
)

// ruleNames are what a trace may call what a pointer leads to, the narrowest
// first: of a list with one source in it, it has no number.
func ruleNames(stage, name, inside string) func(func(string) bool) {
	var narrow string
	if at := predicateAt.FindStringSubmatch(inside); at != nil {
		narrow = ".when[" + at[1] + "]"
	}
	for _, list := range []*regexp.Regexp{urlAt, objectAt} {
		if at := list.FindStringSubmatch(inside); at != nil {
			narrow = "." + at[1] + "[" + at[2] + "]"
		}
	}
	if at := sourceAt.FindStringSubmatch(inside); at != nil && stage == "values" {
		narrow = "[" + at[1] + "]"
	}
	all := []string{name + narrow}
	if list, _, numbered := strings.Cut(narrow, "["); numbered && !strings.HasPrefix(narrow, ".when") {
		all = append(all, name+list)
	}
	return slices.Values(slices.Compact(append(all, name)))
}

// decided says of how many cases a rule or a candidate decides.
func decided(stage, name string, cases []Case) string {
	var names []string
	for _, c := range cases {
		by := c.Health
		if stage == "endpoint" {
			by = c.Endpoint
		}
		if by == name || strings.HasPrefix(by, name+"/") {
			names = append(names, c.Name+" ("+c.Phase+")")
		}
	}
	what := map[string]string{"health": "rule", "endpoint": "candidate"}[stage]
	if len(names) == 0 {
		return fmt.Sprintf("The %s %s decides none of the %d cases.", what, code(name), len(cases))
	}
	return fmt.Sprintf("The %s %s decides %d of %d cases: %s.", what, code(name), len(names), len(cases), some(names))
}

// maxListed is how many names are listed, and maxFound how many outcomes.
const (
	maxListed = 5
	maxFound  = 8
)

func some(names []string) string {
	if more := len(names) - maxListed; more > 0 {
		names = append(slices.Clone(names[:maxListed]), fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// traced has a line for each thing that the cases have at one step.
func traced(stage, rule string, cases []Case) []string {
	var outcomes []string
	of := map[string][]string{}
	for _, c := range cases {
		for _, s := range c.Trace {
			if s.Stage != stage || s.Rule != rule {
				continue
			}
			outcome := outcomeOf(s)
			if of[outcome] == nil {
				outcomes = append(outcomes, outcome)
			}
			of[outcome] = append(of[outcome], c.Name)
			break
		}
	}
	var lines []string
	for i, outcome := range outcomes {
		if i == maxFound {
			lines = append(lines, fmt.Sprintf("- and %d more", len(outcomes)-i))
			break
		}
		lines = append(lines, "- "+outcome+": "+some(of[outcome]))
	}
	return lines
}

// outcomeOf is what a step found.
func outcomeOf(s kind.Step) string {
	mark := "✗"
	if s.Matched {
		mark = "✓"
	}
	switch {
	case s.Found == nil && s.Note == "":
		return mark + " nothing"
	case s.Found == nil:
		return mark + " " + code(s.Note)
	}
	found, err := json.Marshal(s.Found)
	if err != nil {
		found = []byte(fmt.Sprint(s.Found))
	}
	if s.Note != "" {
		return mark + " " + code(string(found)) + ": " + code(s.Note)
	}
	return mark + " " + code(string(found))
}

// maxCode bounds what is shown of one value, in bytes.
const maxCode = 200

// code is text that Markdown leaves as it is.
func code(text string) string {
	text = strings.Join(strings.Fields(syntax.Visible(syntax.Shorten(text, maxCode))), " ")
	if strings.Contains(text, "`") {
		return "`` " + strings.ReplaceAll(text, "``", "` `") + " ``"
	}
	return "`" + text + "`"
}
