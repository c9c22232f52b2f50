package kind

import (
	"fmt"
	"regexp"
	"strings"
)

func (c compiler) predicates(at string, specs []predicateSpec) []predicate {
	predicates := make([]predicate, len(specs))
	for i, s := range specs {
		predicates[i] = c.predicate(fmt.Sprintf("%s/%d", at, i), s)
	}
	return predicates
}

func (c compiler) predicate(at string, s predicateSpec) predicate {
	comparisons := s.comparisons()
	switch {
	case s.Condition != "" && s.Path != "":
		c.doc.faultAt(at, "condition and path exclude each other, write two predicates")
	case s.Condition != "":
		return c.conditionPredicate(at, s, comparisons)
	case s.Path != "":
		return c.pathPredicate(at, s, comparisons)
	default:
		c.doc.faultAt(at, "write either condition with status, or path with one of equals, in, exists, matches, atLeast")
	}
	return nil
}

// comparisons are the names of the comparisons that are written.
func (s predicateSpec) comparisons() []string {
	var names []string
	for _, c := range []struct {
		name    string
		written bool
	}{
		{"equals", s.Equals != nil}, {"in", s.In != nil}, {"exists", s.Exists != nil},
		{"matches", s.Matches != ""}, {"atLeast", s.AtLeast != nil},
	} {
		if c.written {
			names = append(names, c.name)
		}
	}
	return names
}

func (c compiler) conditionPredicate(at string, s predicateSpec, comparisons []string) predicate {
	if s.Status == "" {
		c.doc.faultAt(at, `a condition needs a status, write status: "True", "False" or "Unknown"`)
	}
	if len(comparisons) > 0 {
		c.doc.faultAt(at+"/"+comparisons[0], "%s goes with path, a condition is compared by status and reasonIn", comparisons[0])
	}
	return conditionPredicate{conditionType: s.Condition, status: s.Status, reasons: s.ReasonIn}
}

func (c compiler) pathPredicate(at string, s predicateSpec, comparisons []string) predicate {
	for _, field := range []struct {
		name    string
		written bool
	}{{"status", s.Status != ""}, {"reasonIn", s.ReasonIn != nil}} {
		if field.written {
			c.doc.faultAt(at+"/"+field.name, "%s goes with condition, not with path", field.name)
		}
	}
	if len(comparisons) != 1 {
		written := "none is"
		if len(comparisons) > 0 {
			written = strings.Join(comparisons, " and ") + " are"
		}
		c.doc.faultAt(at, "a path needs exactly one of equals, in, exists, matches, atLeast; %s written", written)
	}
	p := pathPredicate{path: c.singular(at+"/path", s.Path)}
	switch {
	case s.Equals != nil:
		p.want, p.compare = "equals "+asJSON(s.Equals), equalTo(s.Equals)
	case s.In != nil:
		p.want, p.compare = "in "+asJSON(s.In), oneOf(s.In)
	case s.Exists != nil:
		p.want, p.compare, p.absent = fmt.Sprintf("exists %t", *s.Exists), existing(*s.Exists), !*s.Exists
	case s.Matches != "":
		p.want, p.compare = "matches "+quote(s.Matches), c.expression(at+"/matches", s.Matches)
	case s.AtLeast != nil:
		p.want, p.compare = "atLeast "+asJSON(*s.AtLeast), atLeast(*s.AtLeast)
	}
	return p
}

func (c compiler) expression(at, text string) func(any) (bool, string) {
	expression, err := regexp.Compile(text)
	if err != nil {
		c.doc.faultAt(at, "%s, write an RE2 regular expression", err)
		return nil
	}
	return matching(expression)
}
