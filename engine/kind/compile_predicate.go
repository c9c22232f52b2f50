package kind

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

const comparisonNames = "equals, in, exists, matches, atLeast, intersects"

// predicates compiles a list; within is set inside where and prefer.
func (c compiler) predicates(at string, specs []v1alpha1.Predicate, within *where) []predicate {
	if within == nil || !strings.HasSuffix(at, "/prefer") { // Preferences need not hold together.
		c.refuseContradictions(at, specs)
	}
	var predicates []predicate
	for i, s := range specs {
		predicates = append(predicates, c.predicate(fmt.Sprintf("%s/%d", at, i), s, within))
	}
	return predicates
}

func (c compiler) predicate(at string, s v1alpha1.Predicate, within *where) predicate {
	main := onlyWritten(field{"condition", s.Condition != ""}, field{"path", s.Path != ""}, field{"value", s.Value != ""}, field{"agrees", s.Agrees != nil})
	if within == nil {
		c.refuse(at, onlyWritten(field{"orAbsent", s.OrAbsent}, field{"agrees", s.Agrees != nil}),
			"chooses among entries, and goes inside where and prefer of a subject")
	}
	switch {
	case !c.exactlyOne(at, main, "write either condition with status, or path with one of "+comparisonNames, "two predicates"):
	case s.Condition != "":
		return c.conditionPredicate(at, s, within)
	case s.Path != "":
		return c.pathPredicate(at, s, within)
	case s.Agrees != nil:
		return c.agreementPredicate(at, s)
	default:
		return c.valuePredicate(at, s)
	}
	return predicate{test: pathTest{path: &jsonpath.Path{Text: "$", Singular: true}, compare: existing(true)}}
}

// comparisonsOf are the names of the comparisons that are written.
func comparisonsOf(s v1alpha1.Predicate) []string {
	return onlyWritten(field{"equals", s.Equals != nil}, field{"in", s.In != nil}, field{"exists", s.Exists != nil},
		field{"matches", s.Matches != ""}, field{"atLeast", s.AtLeast != nil}, field{"intersects", s.Intersects != nil})
}

// onlyOfCondition are the fields that go with condition only.
func onlyOfCondition(s v1alpha1.Predicate) []string {
	return onlyWritten(field{"status", s.Status != ""}, field{"statusIn", s.StatusIn != nil}, field{"reasonIn", s.ReasonIn != nil},
		field{"messageMatches", s.MessageMatches != ""}, field{"anyGeneration", s.AnyGeneration})
}

// subjectOf is what a predicate looks at.
func (c compiler) subjectOf(at string, s v1alpha1.Predicate, within *where) target {
	if within != nil && s.Of != "" {
		c.doc.FaultAt(at+"/of", "inside where and prefer, paths start at the entry: write of beside where, or a subject of its own")
		return target{}
	}
	t, of := target{versions: s.Versions}, s.Of
	if within != nil {
		of = within.of
	} else {
		t.of = c.useSubject(at+"/of", s.Of)
	}
	if s.Versions != nil {
		c.onlyVersions(at+"/versions", of, s.Versions)
	}
	return t
}

func (c compiler) conditionPredicate(at string, s v1alpha1.Predicate, within *where) predicate {
	t := conditionTest{conditionType: s.Condition, statuses: s.StatusIn, present: s.Exists == nil || *s.Exists, reasons: s.ReasonIn,
		anyGeneration: s.AnyGeneration, orAbsent: s.OrAbsent}
	if s.Status != "" {
		t.statuses = []string{s.Status}
	}
	for _, name := range comparisonsOf(s) {
		if name != "exists" {
			c.doc.FaultAt(at+"/"+name, "%s goes with path, a condition is compared by status, statusIn, reasonIn and messageMatches", name)
		}
	}
	c.exactlyOne(at, onlyWritten(field{"status", s.Status != ""}, field{"statusIn", s.StatusIn != nil}, field{"exists", s.Exists != nil}),
		`a condition needs a status, write status: "True", "False" or "Unknown", or exists where its presence alone counts`, "one")
	if !t.present {
		c.refuse(at, onlyWritten(field{"reasonIn", s.ReasonIn != nil}, field{"messageMatches", s.MessageMatches != ""}),
			"cannot hold of a condition that does not exist")
	}
	if s.MessageMatches != "" {
		t.message = c.expression(at+"/messageMatches", s.MessageMatches)
	}
	target := c.subjectOf(at, s, within)
	c.matchFits(at, s, within)
	return predicate{target: target, match: quantifier(s.Match), test: t, text: target.text("condition " + s.Condition), want: t.want()}
}

func (c compiler) pathPredicate(at string, s v1alpha1.Predicate, within *where) predicate {
	c.refuse(at, onlyOfCondition(s), "goes with condition, not with path")
	target := c.subjectOf(at, s, within)
	path := c.path(at+"/path", s.Path)
	if path == nil {
		path = &jsonpath.Path{Text: s.Path}
	}
	if s.Intersects != nil {
		return c.hostsPredicate(at, s, target, path, within)
	}
	if rewritten := vet.AsCondition(s); rewritten != "" && within == nil && s.Match == "" {
		c.doc.FaultOf(vet.RuleFilter, at, "may look at several values: write %s", rewritten)
	} else {
		c.matchFits(at, s, within)
	}
	t := pathTest{path: path, text: target.text(s.Path), onAbsent: s.OrAbsent}
	want := c.comparison(at, s, &t)
	return predicate{target: target, match: quantifier(s.Match), test: t, text: t.text, want: want}
}

func (c compiler) hostsPredicate(at string, s v1alpha1.Predicate, target target, path *jsonpath.Path, within *where) predicate {
	if others := comparisonsOf(s); len(others) > 1 {
		c.doc.FaultAt(at, "%s exclude each other, write two predicates", strings.Join(others, " and "))
	}
	c.refuse(at, onlyWritten(field{"orAbsent", s.OrAbsent}), "is what intersects means already, remove it")
	c.matchFits(at, s, within)
	t := hostsTest{path: path, others: *c.fieldReference(at+"/intersects", *s.Intersects), text: target.text(s.Path)}
	return predicate{target: target, match: quantifier(s.Match), test: t, text: t.text, want: "intersects " + t.others.words()}
}

func (c compiler) agreementPredicate(at string, s v1alpha1.Predicate) predicate {
	c.refuse(at, onlyOfCondition(s), "goes with condition, not with agrees")
	c.refuse(at, comparisonsOf(s), "goes with path, not with agrees")
	c.refuse(at, onlyWritten(field{"of", s.Of != ""}, field{"versions", s.Versions != nil}, field{"match", s.Match != ""}, field{"orAbsent", s.OrAbsent}), "does not go with agrees, remove it")
	t := agreementTest{}
	t.with = c.useSubject(at+"/agrees/with", s.Agrees.With)
	for _, path := range slices.Sorted(maps.Keys(s.Agrees.Fields)) {
		at := at + "/agrees/fields/" + syntax.EscapePointer(path)
		pair := fieldPair{mine: c.singular(at, path), theirs: c.singular(at, string(s.Agrees.Fields[path])), optional: s.Agrees.Optional, absent: s.Agrees.Absent[path]}
		if pair.mine != nil && pair.theirs != nil {
			t.on = append(t.on, pair)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(s.Agrees.Absent)) {
		at := at + "/agrees/absent/" + syntax.EscapePointer(path)
		c.useValue(at, s.Agrees.Absent[path])
		if _, compared := s.Agrees.Fields[path]; !compared && len(t.on) == len(s.Agrees.Fields) {
			c.unknown(at, "field of fields", path, slices.Sorted(maps.Keys(s.Agrees.Fields)))
		}
	}
	if s.Agrees.Optional && s.Agrees.Absent != nil {
		c.doc.FaultAt(at+"/agrees/optional", "optional and absent exclude each other, remove one")
	}
	return predicate{test: t, text: "the entry", want: t.want()}
}

func (c compiler) valuePredicate(at string, s v1alpha1.Predicate) predicate {
	c.refuse(at, onlyOfCondition(s), "goes with condition, not with value")
	c.refuse(at, onlyWritten(field{"of", s.Of != ""}, field{"versions", s.Versions != nil}), "goes with path or condition, a value is read where it is declared")
	c.useValue(at+"/value", s.Value)
	target := target{value: s.Value}
	t := pathTest{path: &jsonpath.Path{Text: "$", Singular: true}, text: target.text(""), onAbsent: s.OrAbsent}
	if s.Intersects != nil {
		return c.hostsPredicate(at, s, target, t.path, nil)
	}
	want := c.comparison(at, s, &t)
	return predicate{target: target, test: t, text: t.text, want: want}
}

// matchFits: what may be several has to say how many are meant.
func (c compiler) matchFits(at string, s v1alpha1.Predicate, within *where) {
	if s.Match == "" && vet.Several(&c.spec, s, within != nil) {
		c.doc.FaultAt(at, "may look at several values, and has to say how many have to fit: write match: Any or match: All")
	}
}

// comparison sets how the test compares, and says it in words.
func (c compiler) comparison(at string, s v1alpha1.Predicate, t *pathTest) (want string) {
	if written := comparisonsOf(s); len(written) != 1 {
		words := "none is"
		if len(written) > 0 {
			words = strings.Join(written, " and ") + " are"
		}
		c.doc.FaultAt(at, "a path or a value needs exactly one of %s; %s written", comparisonNames, words)
	}
	t.compare = existing(true)
	switch {
	case s.Equals != nil:
		o := c.operand(at+"/equals", *s.Equals)
		want, t.compare, t.operand = "equals "+o.String(), equalTo(o), o.value
	case s.In != nil:
		constants := v1alpha1.Constants(s.In)
		want, t.compare = "in "+syntax.Quote(constants), oneOf(constants)
	case s.Exists != nil:
		want, t.compare, t.onAbsent, t.presence = fmt.Sprintf("exists %t", *s.Exists), existing(*s.Exists), !*s.Exists || s.OrAbsent, true
	case s.Matches != "":
		if e := c.expression(at+"/matches", s.Matches); e != nil {
			t.compare = matching(e)
		}
		want = "matches " + strconv.Quote(s.Matches)
	case s.AtLeast != nil:
		o := c.operand(at+"/atLeast", *s.AtLeast)
		want, t.compare, t.operand = "atLeast "+o.String(), atLeast(o), o.value
	}
	if s.OrAbsent {
		want += " or is absent"
	}
	return want
}

func (c compiler) operand(at string, written v1alpha1.Operand) operand {
	if written.Named == "" {
		return operand{constant: written.Value}
	}
	c.useValue(at+"/value", written.Named)
	return operand{value: written.Named}
}

func (c compiler) expression(at, text string) *jsonpath.Expression {
	compiled, err := jsonpath.CompileExpression(text)
	if err != nil {
		c.doc.FaultAt(at, "%s, write an RE2 regular expression", err)
	}
	return compiled
}
