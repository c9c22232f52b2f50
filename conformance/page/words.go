package page

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// The kind-spec in words, as Markdown.

// inWords joins predicates as a sentence does.
func inWords(predicates []v1alpha1.Predicate) string {
	return strings.Join(each(predicates, predicateInWords), " **and** ")
}

func predicateInWords(p v1alpha1.Predicate) string {
	words := lookedAt(strings.ToLower(string(p.Match)), p.Of, p.Versions) + factInWords(p)
	if p.OrAbsent {
		words += ", or is not there"
	}
	return words
}

// lookedAt ends in a separator unless it is the referent itself.
func lookedAt(match, of string, versions []string) string {
	words := match
	if of != "" {
		words = strings.TrimSpace(words + " of " + of)
	}
	if versions != nil {
		words = strings.TrimSpace(words + " in version " + alternatives(versions))
	}
	if words == "" {
		return ""
	}
	return words + ": "
}

func factInWords(p v1alpha1.Predicate) string {
	what := code(p.Path)
	switch {
	case p.Value != "":
		what = "the value " + code(p.Value)
	case p.Path == "$":
		what = "it"
	}
	switch {
	case p.Condition != "":
		return conditionInWords(p)
	case p.Agrees != nil:
		return agreementInWords(p.Agrees)
	case p.Intersects != nil:
		return what + " has a host in common with " + referenceInWords(p.Intersects)
	case p.Equals != nil:
		return what + " is " + operandInWords(p.Equals)
	case p.In != nil:
		return what + " is " + alternatives(p.In)
	case p.AtLeast != nil:
		return what + " is at least " + operandInWords(p.AtLeast)
	case p.Matches != "":
		return what + " matches " + code(p.Matches)
	case absence(p):
		return what + " is not there"
	}
	return what + " is there"
}

func referenceInWords(r *v1alpha1.FieldReference) string {
	return lookedAt("", r.Of, nil) + code(r.Path)
}

func agreementInWords(a *v1alpha1.Agreement) string {
	words := each(slices.Sorted(maps.Keys(a.Fields)), func(path string) string {
		pair := code(path)
		if theirs := string(a.Fields[path]); theirs != path {
			pair += " with " + code(theirs)
		}
		if value := a.Absent[path]; value != "" {
			pair += " (left out: the value " + code(value) + ")"
		}
		return pair
	})
	agreement := "agrees with " + a.With + " in " + strings.Join(words, ", ")
	if a.Optional {
		agreement += ", each where both have it"
	}
	return agreement
}

func absence(p v1alpha1.Predicate) bool { return p.Exists != nil && !*p.Exists }

func conditionInWords(p v1alpha1.Predicate) string {
	if absence(p) {
		return "there is no condition " + code(p.Condition)
	}
	words := "condition " + code(p.Condition)
	switch {
	case p.Status != "":
		words += " is " + p.Status
	case p.StatusIn != nil:
		words += " is " + alternatives(p.StatusIn)
	default:
		words += " is there"
	}
	if p.ReasonIn != nil {
		words += ", for the reason " + alternatives(p.ReasonIn)
	}
	if p.MessageMatches != "" {
		words += ", with a message that matches " + code(p.MessageMatches)
	}
	if p.AnyGeneration {
		words += ", of any generation"
	}
	return words
}

func elseInWords(sources v1alpha1.Sources) string {
	return strings.Join(each(sources, sourceInWords), ", else ")
}

func sourceInWords(s v1alpha1.Source) string {
	var words string
	switch {
	case s.Template != "":
		words = code(string(s.Template))
	case s.Constant != nil:
		words = "always " + constant(s.Constant)
	case s.Value != "":
		words = "the value " + code(s.Value)
	case s.Condition != "":
		words = lookedAt("", s.Of, s.Versions) + "the message of condition " + code(s.Condition)
	case s.Key:
		words = lookedAt("", s.Of, s.Versions) + "the key of " + code(s.Path)
	default:
		words = lookedAt("", s.Of, s.Versions) + code(s.Path)
	}
	if s.Intersects != nil {
		words += ", as far as it has hosts in common with " + referenceInWords(s.Intersects)
	}
	if s.Capture != "" {
		words += ", the group of " + code(s.Capture)
	}
	if s.Lower {
		words += ", in lower case"
	}
	if s.When != nil {
		words += ", while " + inWords(s.When)
	}
	return words
}

func candidateInWords(c v1alpha1.EndpointCandidate) string {
	switch {
	case c.Kind != "":
		if c.Only != "" {
			return handedOn(c.Of+" with only "+c.Only, c.Kind)
		}
		return handedOn(c.Of, c.Kind)
	case c.URL != nil:
		words := partsInWords(c.URL)
		if c.When != nil {
			words += "<br>while " + inWords(c.When)
		}
		return words
	}
	words := sourceInWords(c.Source)
	if c.Scheme != "" {
		words += ", with " + code(c.Scheme+"://") + " before it unless it has a scheme"
	}
	if c.Port != 0 {
		words += fmt.Sprintf(", with port `%d` unless it has one", c.Port)
	}
	return words
}

// handedOn says that another kind decides.
func handedOn(of, kindName string) string {
	return fmt.Sprintf("as %s says of %s", code(kindName), of)
}

func partsInWords(u *v1alpha1.URLParts) string {
	var words []string
	for _, part := range []struct {
		name    string
		sources v1alpha1.Sources
	}{{"scheme", u.Scheme}, {"host", u.Host}, {"port", u.Port}, {"path", u.Path}} {
		if part.sources != nil {
			words = append(words, part.name+": "+elseInWords(part.sources))
		}
	}
	return strings.Join(words, "<br>")
}

func operandInWords(o *v1alpha1.Operand) string {
	if o.Named != "" {
		return "the value " + code(o.Named)
	}
	return constant(o.Scalar)
}

// constant is a scalar or a text as it is written, without quotes.
func constant(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return code(strings.Trim(string(encoded), `"`))
}

func alternatives[E any](values []E) string {
	words := each(values, func(value E) string { return constant(value) })
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// code is text as it is written, fit for a cell of a table.
func code(text string) string {
	return "`" + strings.NewReplacer("|", `\|`, "\n", " ", "`", "'").Replace(text) + "`"
}

// each turns every entry of a list into words.
func each[E any](list []E, of func(E) string) []string {
	all := make([]string, len(list))
	for i, e := range list {
		all[i] = of(e)
	}
	return all
}
