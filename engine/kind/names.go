package kind

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// RuleNames are the names of the health rules, in their order: those that are
// given, and for the others some made from what the rules say.
func RuleNames(kind *v1alpha1.ModelKindSpec) []string {
	given := make([]string, len(kind.Health))
	made := make([]string, len(kind.Health))
	for i, r := range kind.Health {
		given[i] = r.Name
		verdict := strings.ToLower(string(r.Is))
		word := ""
		if len(r.When) > 0 {
			word = wordFor(r.When[0])
		}
		switch {
		case r.Kind != "":
			made[i] = cmp.Or(r.Of, "rule")
		case strings.EqualFold(word, verdict):
			made[i] = verdict
		default:
			made[i] = verdict + word
		}
	}
	return distinct(given, made)
}

// wordFor is what a predicate is about, in one word with a capital letter.
func wordFor(p v1alpha1.Predicate) string {
	if p.Equals != nil {
		if word, ok := p.Equals.Value.(string); ok && plain(word) != "" && p.Path != "" {
			return capital(plain(word))
		}
	}
	if p.Condition != "" {
		return capital(plain(p.Condition))
	}
	return capital(cmp.Or(lastName(p.Path), plain(p.Value), plain(p.Of)))
}

// CandidateNames are the names of the endpoint candidates, in their order, like
// RuleNames.
func CandidateNames(kind *v1alpha1.ModelKindSpec) []string {
	given := make([]string, len(kind.Endpoint))
	made := make([]string, len(kind.Endpoint))
	for i, c := range kind.Endpoint {
		given[i] = c.Name
		switch {
		case c.Kind != "":
			made[i] = cmp.Or(c.Of, "candidate")
		case c.URL != nil:
			made[i] = "url"
		case c.Path != "":
			made[i] = cmp.Or(lastName(c.Path), c.Of, "path")
		case c.Template != "":
			made[i] = "template"
		case c.Constant != nil:
			made[i] = "constant"
		default:
			made[i] = cmp.Or(plain(c.Value), plain(c.Condition), "candidate")
		}
	}
	return distinct(given, made)
}

// distinct are the given names, and the made ones with a number where another has
// the name already.
func distinct(given, made []string) []string {
	names := slices.Clone(given)
	for i, name := range made {
		if names[i] != "" {
			continue
		}
		name = cmp.Or(lowerFirst(name), "unnamed")
		unique := name
		for n := 2; slices.Contains(names, unique); n++ {
			unique = name + strconv.Itoa(n)
		}
		names[i] = unique
	}
	return names
}

// lastName is the last member name of a path; empty where it has none.
func lastName(path string) string {
	p, err := jsonpath.Compile(path)
	if err != nil {
		return ""
	}
	for _, segment := range slices.Backward(p.Segments) {
		if selectors := segment.Selectors(); len(selectors) == 1 {
			if name, ok := selectors[0].(spec.Name); ok {
				return plain(string(name))
			}
		}
	}
	return ""
}

// plain leaves letters and digits of ASCII.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, syntax.Shorten(text, maxMadeName))
}

// maxMadeName bounds what a name takes from a word, in bytes.
const maxMadeName = 40

func capital(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

func lowerFirst(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToLower(word[:1]) + word[1:]
}
