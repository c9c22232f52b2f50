package syntax

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// goneWords are fields that the language does not have any more, by the last
// name of the object that they were in; "*" stands for any.
var goneWords = []struct {
	inside *regexp.Regexp
	word   string
	advice func(at string, object map[string]any) string
}{
	{regexp.MustCompile(`/(health|when|where|prefer|endpoint|values/[^/]+|model/[^/]+|because)(/\d+)?$`), "each", chosenInSubject},
	{regexp.MustCompile(`/(health|when|where|prefer|endpoint|values/[^/]+|model/[^/]+|because)(/\d+)?$`), "where", chosenInSubject},
	{regexp.MustCompile(`^/spec/endpoint/\d+$`), "prefer", func(string, map[string]any) string {
		return "write the candidates in their order; which of several entries is taken first is said by prefer of a subject"
	}},
	{regexp.MustCompile(`^/spec/subjects/\d+/object$`), "crossNamespace", func(string, map[string]any) string { return "namespace needs no second word, remove it" }},
	{regexp.MustCompile(`^/spec/subjects/\d+/object$`), "selector", func(_ string, object map[string]any) string {
		return "write labels: " + Flow(labelsOf(object["selector"]))
	}},
	{regexp.MustCompile(`/(when|where|prefer)/\d+$`), "not", func(string, map[string]any) string {
		return `there is no negation, write what holds instead: exists: false, status: "False", or in with the other words`
	}},
}

// gone says what to write instead of a field that the language had, or that
// authors look for; empty for any other.
func gone(at, name string, object map[string]any) string {
	for _, g := range goneWords {
		if g.word == name && g.inside.MatchString(at) {
			return g.advice(at, object)
		}
	}
	return ""
}

// chosenInSubject is the subject that chooses what each and where chose.
func chosenInSubject(at string, object map[string]any) string {
	if strings.Contains(at, "/where/") || strings.Contains(at, "/prefer/") {
		return "where does not go inside where: write a subject of its own for the entries, and say agrees: {with: NAME, fields: ...} here"
	}
	word := "each"
	if object["match"] != nil {
		word = "all"
	}
	path, ok := object["each"]
	if !ok {
		return "where chooses the entries of a subject: move it to one, and write of: NAME here"
	}
	subject := []string{"as: NAME"}
	if of, ok := object["of"]; ok {
		subject = append(subject, "of: "+Flow(of))
	}
	subject = append(subject, word+": "+Flow(path))
	if object["where"] != nil {
		subject = append(subject, "where: [...]")
	}
	return fmt.Sprintf("entries are chosen by a subject: write {%s} in subjects, and of: NAME here", strings.Join(subject, ", "))
}

// reportGone reports words of the first edition, and says that it has. What they
// leave out is not missed.
func (s *Schema) reportGone(d *Document, at, name string, object map[string]any) bool {
	pointer := at + "/" + EscapePointer(name)
	switch {
	case at == "/spec" && name == "related":
		related, _ := object[name].([]any)
		for i, entry := range related {
			d.FaultOf(RuleFirstEdition, fmt.Sprintf("%s/%d", pointer, i), "related objects are subjects: write %s in subjects", asSubject(entry))
		}
		return len(related) > 0
	case name == "where" && object["each"] != nil && gone(at, "each", object) != "":
		return true // It is said of each.
	}
	advice := gone(at, name, object)
	if advice == "" {
		return false
	}
	d.FaultOf(RuleFirstEdition, pointer, "%s", advice)
	return true
}

// asSubject is an entry of the first edition's related as a subject.
func asSubject(entry any) string {
	old, _ := entry.(map[string]any)
	object := map[string]any{}
	for _, name := range []string{"group", "kind", "versions", "scope", "generation"} {
		if value, ok := old[name]; ok && value != "Ignore" {
			object[name] = value
		}
	}
	for _, name := range []string{"name", "namespace"} {
		if text, ok := old[name].(string); ok && text != "{name}" {
			object[name] = asSources(text)
		}
	}
	if labels := labelsOf(old["selector"]); labels != nil {
		object["labels"] = labels
	}
	as, ok := old["as"].(string)
	if !ok {
		as = "NAME"
	}
	return fmt.Sprintf("{as: %s, object: %s}", as, Flow(object))
}

func labelsOf(selector any) any {
	object, _ := selector.(map[string]any)
	return object["matchLabels"]
}

var oneValue = regexp.MustCompile(`^\{([a-zA-Z0-9]+)\}$`)

// asSources is what stood alone where a list of sources is wanted.
func asSources(value any) []any {
	text, ok := value.(string)
	switch match := oneValue.FindStringSubmatch(text); {
	case !ok:
		return []any{value}
	case match != nil:
		return []any{map[string]any{"value": match[1]}}
	case strings.HasPrefix(text, "$"):
		return []any{map[string]any{"path": text}}
	case strings.Contains(text, "{"):
		return []any{map[string]any{"template": text}}
	}
	return []any{map[string]any{"constant": text}}
}

var (
	listsOfSources = regexp.MustCompile(`^/spec/(values/[^/]+|model/[^/]+|health/\d+/because|subjects/\d+/object/name(space)?|endpoint/\d+/url/[^/]+)$`)
	because        = regexp.MustCompile(`/because$`)
	nameOfValue    = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
)

// asList is what to write where one source stands instead of a list of them;
// empty where it does not.
func asList(at, keyword string, instance any) string {
	if keyword != "type" || !listsOfSources.MatchString(at) {
		return ""
	}
	switch text, isText := instance.(string); {
	case isText && because.MatchString(at) && nameOfValue.MatchString(text):
		return fmt.Sprintf("sources are a list: write [{value: %s}]", text)
	case isText && text != "":
		return "sources are a list: write " + Flow(asSources(text))
	}
	if object, ok := instance.(map[string]any); ok && len(object) > 0 {
		return "sources are a list: write " + Flow(asSources(object))
	}
	return ""
}

// plainWord needs no quotes in YAML, also inside of brackets.
var plainWord = regexp.MustCompile(`^[A-Za-z$/][A-Za-z0-9$._/-]*$`)

// yamlWords are no strings without quotes.
var yamlWords = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// maxAdvice bounds how much of a file a fault writes in another way, in bytes.
const maxAdvice = 1000

// Flow is a value as YAML on one line, with its fields in the order in which an
// author would write them.
func Flow(value any) string {
	switch v := value.(type) {
	case map[string]any:
		order := []string{"as", "of", "group", "kind", "versions", "scope", "path", "each", "all"}
		rank := func(name string) int {
			if i := slices.Index(order, name); i >= 0 {
				return i
			}
			return len(order)
		}
		names := slices.Sorted(maps.Keys(v))
		slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
		for i, name := range names {
			names[i] = Flow(name) + ": " + Flow(v[name])
		}
		return Shorten("{"+strings.Join(names, ", ")+"}", maxAdvice)
	case []any:
		words := make([]string, len(v))
		for i, entry := range v {
			words[i] = Flow(entry)
		}
		return Shorten("["+strings.Join(words, ", ")+"]", maxAdvice)
	case string:
		if plainWord.MatchString(v) && !slices.Contains(yamlWords, strings.ToLower(v)) {
			return v
		}
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return Shorten(string(encoded), maxAdvice)
}
