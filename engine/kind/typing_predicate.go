package kind

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// predicates walks a list; within are the entries that a where is about.
func (t *typing) predicates(at string, specs []predicateSpec, within []cursor) {
	for i, s := range specs {
		t.predicate(fmt.Sprintf("%s/%d", at, i), s, within)
	}
}

func (t *typing) predicate(at string, s predicateSpec, within []cursor) {
	switch {
	case s.Value != "":
		t.compare(at, s, t.values[s.Value])
	case s.Condition != "":
		for _, c := range t.entries(at, s.subjectSpec, within) {
			t.condition(at, s, c)
		}
	default:
		t.compare(at, s, t.path(at+"/path", s.Path, t.entries(at, s.subjectSpec, within)))
	}
}

// entries are what a subject is about.
func (t *typing) entries(at string, s subjectSpec, within []cursor) []cursor {
	from := within
	if within == nil {
		from = t.roots[s.Of]
	}
	from = slices.DeleteFunc(slices.Clone(from), func(c cursor) bool {
		return s.Versions != nil && !slices.Contains(s.Versions, c.version)
	})
	if s.Each != "" {
		from = t.path(at+"/each", s.Each, from)
		for i := range from {
			from[i].text = "$"
		}
	}
	if s.Where != nil {
		// Not nil, which would mean whole objects.
		t.predicates(at+"/where", s.Where, append([]cursor{}, from...))
	}
	return from
}

// compare holds what a predicate compares with against what may be there.
func (t *typing) compare(at string, s predicateSpec, found []cursor) {
	for _, c := range found {
		switch {
		case s.Equals != nil:
			t.operand(at+"/equals", c, s.Equals)
		case s.In != nil:
			for i, constant := range s.In {
				t.constant(fmt.Sprintf("%s/in/%d", at, i), c, constant)
			}
		case s.Matches != "" && c.schema.classes()&classString == 0:
			t.fault(at+"/matches", c.version, "%s is %s, and only strings are matched", c.name(), c.schema.noun())
		case s.AtLeast != nil:
			if c.schema.classes()&classNumber == 0 {
				t.fault(at+"/atLeast", c.version, "%s is %s, and only numbers are compared by size", c.name(), c.schema.noun())
				continue
			}
			if _, isNumber := number(s.AtLeast); !isNumber {
				t.operand(at+"/atLeast", c, s.AtLeast)
			}
		}
	}
}

func (t *typing) operand(at string, c cursor, written any) {
	named, ok := written.(map[string]any)
	if !ok {
		t.constant(at, c, written)
		return
	}
	name, _ := named["value"].(string)
	values, both := t.values[name], classes(0)
	for _, v := range values {
		both |= v.schema.classes() & c.schema.classes()
	}
	if len(values) > 0 && both == 0 {
		t.fault(at, c.version, "%s is %s, and the value %s is %s: they are never equal", c.name(), c.schema.noun(), name, values[0].schema.noun())
	}
}

func (t *typing) constant(at string, c cursor, constant any) {
	if problem := c.refuses(constant); problem != "" {
		t.fault(at, c.version, "%s", problem)
		return
	}
	t.fits(at, c.version)
}

// refuses says why what is at the cursor can never be the constant; "" when it
// can.
func (c cursor) refuses(constant any) string {
	s := c.schema
	if s.classes()&classOf(constant) == 0 {
		return fmt.Sprintf("%s is %s and never %s, which is a %s%s", c.name(), s.noun(), asJSON(constant), jsonType(constant), adviseQuotes(s, constant))
	}
	if n, ok := number(constant); ok && s.Type == "integer" && n != math.Trunc(n) {
		return fmt.Sprintf("%s is an integer and never %s", c.name(), asJSON(constant))
	}
	if s.Enum == nil || slices.ContainsFunc(s.Enum, func(allowed any) bool { return sameScalar(allowed, constant) }) {
		return ""
	}
	words := make([]string, len(s.Enum))
	for i, allowed := range s.Enum {
		words[i] = fmt.Sprint(allowed)
	}
	if near := Nearest(fmt.Sprint(constant), words); near != "" {
		return fmt.Sprintf("%s is never %s, did you mean %s?", c.name(), asJSON(constant), near)
	}
	return fmt.Sprintf("%s is never %s, it is one of %s", c.name(), asJSON(constant), strings.Join(words, ", "))
}

func adviseQuotes(s *FieldSchema, constant any) string {
	_, isText := constant.(string)
	switch {
	case isText && s.classes()&(classNumber|classBoolean) != 0:
		return ": write it without quotes"
	case !isText && s.classes()&classString != 0:
		return ": write it in quotes"
	}
	return ""
}

// name is the path and whose it is.
func (c cursor) name() string {
	if c.of == "" {
		return c.text
	}
	return c.text + " of " + c.of
}
