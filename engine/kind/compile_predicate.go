package kind

import (
	"fmt"
	"strings"
)

const comparisonNames = "equals, in, exists, matches, atLeast"

// predicates compiles a list; within is set inside a where.
func (c compiler) predicates(at string, specs []predicateSpec, within *scope) []predicate {
	c.refuseContradictions(at, specs)
	var predicates []predicate
	for i, s := range specs {
		predicates = append(predicates, c.predicate(fmt.Sprintf("%s/%d", at, i), s, within))
	}
	return predicates
}

func (c compiler) predicate(at string, s predicateSpec, within *scope) predicate {
	switch main := onlyWritten(field{"condition", s.Condition != ""}, field{"path", s.Path != ""}, field{"value", s.Value != ""}); {
	case len(main) > 1:
		c.doc.faultAt(at, "%s exclude each other, write two predicates", strings.Join(main, " and "))
	case len(main) == 0:
		c.doc.faultAt(at, "write either condition with status, or path with one of %s", comparisonNames)
	case s.Condition != "":
		return c.conditionPredicate(at, s, within)
	case s.Path != "":
		return c.pathPredicate(at, s, within)
	default:
		return c.valuePredicate(at, s)
	}
	return predicate{}
}

func (s predicateSpec) comparisons() []string {
	return onlyWritten(field{"equals", s.Equals != nil}, field{"in", s.In != nil}, field{"exists", s.Exists != nil},
		field{"matches", s.Matches != ""}, field{"atLeast", s.AtLeast != nil})
}

// ofCondition are the fields that go with condition only.
func (s predicateSpec) ofCondition() []string {
	return onlyWritten(field{"status", s.Status != ""}, field{"statusIn", s.StatusIn != nil},
		field{"reasonIn", s.ReasonIn != nil}, field{"messageMatches", s.MessageMatches != ""})
}

func (c compiler) conditionPredicate(at string, s predicateSpec, within *scope) predicate {
	t := conditionTest{conditionType: s.Condition, statuses: s.StatusIn, present: s.Exists == nil || *s.Exists, reasons: s.ReasonIn}
	if s.Status != "" {
		t.statuses = []string{s.Status}
	}
	for _, name := range s.comparisons() {
		if name != "exists" {
			c.doc.faultAt(at+"/"+name, "%s goes with path, a condition is compared by status, statusIn, reasonIn and messageMatches", name)
		}
	}
	switch expected := onlyWritten(field{"status", s.Status != ""}, field{"statusIn", s.StatusIn != nil}, field{"exists", s.Exists != nil}); {
	case len(expected) == 0:
		c.doc.faultAt(at, `a condition needs a status, write status: "True", "False" or "Unknown", or exists where its presence alone counts`)
	case len(expected) > 1:
		c.doc.faultAt(at, "%s exclude each other, write one", strings.Join(expected, " and "))
	}
	if !t.present {
		c.refuse(at, onlyWritten(field{"reasonIn", s.ReasonIn != nil}, field{"messageMatches", s.MessageMatches != ""}),
			"cannot hold of a condition that does not exist")
	}
	if s.MessageMatches != "" {
		t.message = c.expression(at+"/messageMatches", s.MessageMatches)
	}
	subject, many := c.subject(at, s.subjectSpec, within)
	c.matchFits(at, s.Match, many)
	return predicate{subject: subject, match: s.Match, test: t, text: subject.text("condition " + s.Condition), want: t.want()}
}

func (c compiler) pathPredicate(at string, s predicateSpec, within *scope) predicate {
	c.refuse(at, s.ofCondition(), "goes with condition, not with path")
	subject, many := c.subject(at, s.subjectSpec, within)
	path := c.path(at+"/path", s.Path)
	c.matchFits(at, s.Match, many || path != nil && !path.singular)
	t := pathTest{path: path, text: subject.text(s.Path)}
	want := c.comparison(at, s, &t)
	return predicate{subject: subject, match: s.Match, test: t, text: t.text, want: want}
}

func (c compiler) valuePredicate(at string, s predicateSpec) predicate {
	c.refuse(at, s.ofCondition(), "goes with condition, not with value")
	c.refuse(at, s.written(), "goes with path or condition, a value is read where it is declared")
	c.matchFits(at, s.Match, false)
	c.useValue(at+"/value", s.Value)
	subject := subject{value: s.Value}
	t := pathTest{path: &jsonPath{text: "$", singular: true}, text: subject.text("")}
	want := c.comparison(at, s, &t)
	return predicate{subject: subject, test: t, text: t.text, want: want}
}

// matchFits: what may be several has to say how many are meant, and nothing else.
func (c compiler) matchFits(at string, match quantifier, many bool) {
	switch {
	case many && match == "":
		c.doc.faultAt(at, "may look at several values, and has to say how many have to fit: write match: Any or match: All")
	case !many && match != "":
		c.doc.faultAcross(at+"/match", "there is at most one value to look at, remove it")
	}
}

// comparison sets how the test compares, and says it in words.
func (c compiler) comparison(at string, s predicateSpec, t *pathTest) (want string) {
	if written := s.comparisons(); len(written) != 1 {
		words := "none is"
		if len(written) > 0 {
			words = strings.Join(written, " and ") + " are"
		}
		c.doc.faultAt(at, "a path or a value needs exactly one of %s; %s written", comparisonNames, words)
	}
	switch {
	case s.Equals != nil:
		o := c.operand(at+"/equals", s.Equals)
		want, t.compare = "equals "+o.String(), equalTo(o)
	case s.In != nil:
		want, t.compare = "in "+asJSON(s.In), oneOf(s.In)
	case s.Exists != nil:
		want, t.compare, t.onAbsent, t.presence = fmt.Sprintf("exists %t", *s.Exists), existing(*s.Exists), !*s.Exists, true
	case s.Matches != "":
		want, t.compare = "matches "+quote(s.Matches), matching(c.expression(at+"/matches", s.Matches))
	case s.AtLeast != nil:
		o := c.operand(at+"/atLeast", s.AtLeast)
		want, t.compare = "atLeast "+o.String(), atLeast(o)
	}
	return want
}

func (c compiler) operand(at string, written any) operand {
	named, ok := written.(map[string]any)
	if !ok {
		return operand{constant: written}
	}
	name, _ := named["value"].(string)
	c.useValue(at+"/value", name)
	return operand{value: name}
}

func (c compiler) expression(at, text string) *expression {
	compiled, err := compileExpression(text)
	if err != nil {
		c.doc.faultAt(at, "%s, write an RE2 regular expression", err)
	}
	return compiled
}
