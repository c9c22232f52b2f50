package contract

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// predicates walks a list; within are the entries that where and prefer are about.
func (t *typeCheck) predicates(at string, specs []v1alpha1.Predicate, within []cursor) {
	for i, s := range specs {
		t.predicate(fmt.Sprintf("%s/%d", at, i), s, within)
	}
}

func (t *typeCheck) predicate(at string, s v1alpha1.Predicate, within []cursor) {
	from := within
	if within == nil {
		from = t.roots[t.named(s.Of)]
	}
	from = t.ofVersions(from, s.Versions)
	switch {
	case s.Value != "":
		t.compare(at, s, t.values[s.Value])
	case s.Agrees != nil:
		t.agreement(at+"/agrees", *s.Agrees, from)
	case s.Condition != "":
		for _, c := range from {
			t.condition(at, s, c)
		}
	default:
		found := t.path(at+"/path", s.Path, from)
		t.compare(at, s, found)
		if s.Intersects != nil {
			t.hosts(at+"/path", found)
			t.hosts(at+"/intersects/path", t.path(at+"/intersects/path", s.Intersects.Path, t.roots[t.named(s.Intersects.Of)]))
		}
	}
}

// agreement holds the fields that have to agree against each other.
func (t *typeCheck) agreement(at string, s v1alpha1.Agreement, from []cursor) {
	for _, path := range slices.Sorted(maps.Keys(s.Fields)) {
		at := at + "/fields/" + syntax.EscapePointer(path)
		mine := t.path(at, path, from)
		others := t.path(at, string(s.Fields[path]), t.roots[t.named(s.With)])
		both := classes(0)
		for _, c := range mine {
			for _, other := range others {
				both |= c.schema.classes() & other.schema.classes()
			}
		}
		if len(mine) > 0 && len(others) > 0 && both&scalars == 0 {
			t.fault(at, mine[0].version, "%s is %s, and %s is %s: they never agree", mine[0].name(), mine[0].schema.noun(), others[0].name(), others[0].schema.noun())
		}
	}
}

// ofVersions are the cursors into objects of some versions; all for nil.
func (t *typeCheck) ofVersions(from []cursor, versions []string) []cursor {
	return slices.DeleteFunc(slices.Clone(from), func(c cursor) bool {
		return versions != nil && !slices.Contains(versions, c.version)
	})
}

// compare holds what a predicate compares with against what may be there.
func (t *typeCheck) compare(at string, s v1alpha1.Predicate, found []cursor) {
	for _, c := range found {
		switch {
		case s.Equals != nil:
			t.operand(at+"/equals", c, *s.Equals)
		case s.In != nil:
			for i, constant := range v1alpha1.Constants(s.In) {
				t.constant(fmt.Sprintf("%s/in/%d", at, i), c, constant)
			}
		case s.Matches != "" && c.schema.classes()&classString == 0:
			t.fault(at+"/matches", c.version, "%s is %s, and only strings are matched", c.name(), c.schema.noun())
		case s.AtLeast != nil:
			if c.schema.classes()&classNumber == 0 {
				t.fault(at+"/atLeast", c.version, "%s is %s, and only numbers are compared by size", c.name(), c.schema.noun())
				continue
			}
			if s.AtLeast.Named != "" {
				t.operand(at+"/atLeast", c, *s.AtLeast)
			}
		}
	}
}

func (t *typeCheck) operand(at string, c cursor, written v1alpha1.Operand) {
	name := written.Named
	if name == "" {
		t.constant(at, c, written.Value)
		return
	}
	values, both := t.values[name], classes(0)
	for _, v := range values {
		both |= v.schema.classes() & c.schema.classes()
	}
	if len(values) > 0 && both == 0 {
		t.fault(at, c.version, "%s is %s, and the value %s is %s: they are never equal", c.name(), c.schema.noun(), name, values[0].schema.noun())
	}
}

func (t *typeCheck) constant(at string, c cursor, constant any) {
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
		return fmt.Sprintf("%s is %s and never %s, which is a %s%s", c.name(), s.noun(), syntax.Quote(constant), syntax.TypeName(constant), adviseQuotes(s, constant))
	}
	if n, ok := syntax.Number(constant); ok && s.Type == "integer" && n != math.Trunc(n) {
		return fmt.Sprintf("%s is an integer and never %s", c.name(), syntax.Quote(constant))
	}
	if s.Enum == nil || slices.ContainsFunc(s.Enum, func(allowed any) bool { return syntax.SameScalar(allowed, constant) }) {
		return ""
	}
	words := make([]string, len(s.Enum))
	for i, allowed := range s.Enum {
		words[i] = fmt.Sprint(allowed)
	}
	if near := syntax.Nearest(fmt.Sprint(constant), words); near != "" {
		return fmt.Sprintf("%s is never %s, did you mean %s?", c.name(), syntax.Quote(constant), near)
	}
	return fmt.Sprintf("%s is never %s, it is one of %s", c.name(), syntax.Quote(constant), strings.Join(words, ", "))
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
