package contract

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// cursor is a place in the schema of one version of a type.
type cursor struct {
	schema *FieldSchema
	// pinned is the same place in what is being pinned; nil where nothing is.
	pinned *FieldSchema
	// of is the Kubernetes kind, group its group and version its version; empty for values.
	of, group, version string
	// as is the role of the object that it is in.
	as string
	// whole marks an object, inList an entry of a list.
	whole, inList bool
	// text is the path, for people.
	text string
}

// paths are where a path leads from each of the cursors; it has been compiled
// before without a fault.
func (t *typeCheck) path(at, text string, from []cursor) []cursor {
	p, err := jsonpath.Compile(text)
	if err != nil {
		return nil
	}
	var ends, fitting []cursor
	problems := make([]string, len(from))
	for i, root := range from {
		reached, problem := t.walk(at, []cursor{root}, root, p.Segments)
		if problem != "" {
			problems[i] = problem
			continue
		}
		t.fits(at, root.version)
		fitting = append(fitting, root)
		ends = append(ends, reached...)
	}
	for i, root := range from {
		if problems[i] != "" && !onlyElsewhere(root, fitting) {
			t.fault(at, root.version, "%s%s", problems[i], t.hint)
		}
	}
	return ends
}

// onlyElsewhere says whether a path fits in another type than that of root, and
// in no version of it. A referent that may be of several types has fields that
// only one of them has; in the others such a path finds nothing.
func onlyElsewhere(root cursor, fitting []cursor) bool {
	same := func(c cursor) bool { return c.group == root.group && c.of == root.of }
	return len(fitting) > 0 && !slices.ContainsFunc(fitting, same)
}

// walk gives where the segments lead, or what is wrong with them.
func (t *typeCheck) walk(at string, from []cursor, root cursor, segments []*spec.Segment) (ends []cursor, problem string) {
	for _, segment := range segments {
		if segment.IsDescendant() {
			return nil, fmt.Sprintf("%s reads everything below %s and cannot be held against a contract: write the path out", segment, from[0].text)
		}
		var next []cursor
		for _, c := range from {
			for _, selector := range segment.Selectors() {
				below, problem := t.step(at, c, root, selector)
				if problem != "" {
					return nil, problem
				}
				next = append(next, below...)
			}
		}
		from = next
	}
	return from, ""
}

func (t *typeCheck) step(at string, c, root cursor, selector spec.Selector) ([]cursor, string) {
	if name, ok := selector.(spec.Name); ok {
		below, problem := c.field(string(name))
		t.read(at, below)
		return []cursor{below}, problem
	}
	below, problem := c.entries(selector)
	t.read(at, below...)
	if filter, ok := selector.(*spec.FilterSelector); ok && problem == "" {
		problem = t.filter(at, filter, below, root)
	}
	return below, problem
}

// field is the member of that name.
func (c cursor) field(name string) (cursor, string) {
	text := c.text + "." + name
	if !jsonpath.MemberShorthand.MatchString(name) {
		text = c.text + "[" + strconv.Quote(name) + "]"
	}
	s := c.schema
	child := s.Properties[name]
	switch {
	case child != nil:
		below := c.below(child, text)
		if c.pinned != nil && !(c.whole && everyObject()[name] != nil) {
			below.pinned = pinnedChild(&c.pinned.Properties, name, child)
		}
		return below, ""
	case s.AdditionalProperties != nil:
		below := c.below(s.AdditionalProperties, text)
		if c.pinned != nil {
			below.pinned = pinnedOnly(&c.pinned.AdditionalProperties, s.AdditionalProperties)
		}
		return below, ""
	case s.Open || s.classes() == anything:
		return c.below(&FieldSchema{}, text), ""
	case s.Type == "array":
		return cursor{}, fmt.Sprintf("%s of %s is a list and has no fields: write [0], [*] or a filter before .%s", c.text, c.of, name)
	case s.Type != "object":
		return cursor{}, fmt.Sprintf("%s of %s is %s and has no fields", c.text, c.of, s.noun())
	}
	return cursor{}, fmt.Sprintf("%s has no field %s in %s%s", c.of, name, c.text, adviseField(name, s))
}

func adviseField(name string, s *FieldSchema) string {
	const most = 12
	known := slices.Sorted(maps.Keys(s.Properties))
	if near := syntax.Nearest(name, known); near != "" {
		return fmt.Sprintf(", did you mean %s?", near)
	}
	if len(known) == 0 {
		return ", which has none"
	}
	if len(known) > most {
		known = append(known[:most], "…")
	}
	return ", there are " + strings.Join(known, ", ")
}

// entries are what an index, a slice, a wildcard or a filter selects.
func (c cursor) entries(selector spec.Selector) ([]cursor, string) {
	s := c.schema
	text := c.text + "[*]"
	_, index := selector.(spec.Index)
	_, slice := selector.(spec.SliceSelector)
	switch {
	case s.Type == "array":
		return []cursor{c.entry()}, ""
	case s.classes() == anything && len(s.Properties) == 0:
		return []cursor{c.below(&FieldSchema{}, text)}, ""
	case s.Type != "object" && s.Type != "":
		return nil, fmt.Sprintf("%s of %s is %s and has no entries", c.text, c.of, s.noun())
	case index || slice:
		return nil, fmt.Sprintf("%s of %s is %s and has no %s, which goes with lists", c.text, c.of, s.noun(), "["+selector.String()+"]")
	}
	return c.members(text)
}

// entry is any entry of a list.
func (c cursor) entry() cursor {
	items := c.schema.Items
	if items == nil {
		items = &FieldSchema{}
	}
	below := c.below(items, c.text+"[*]")
	below.inList = c.schema.Type == "array"
	if c.pinned != nil && c.schema.Items != nil {
		below.pinned = pinnedOnly(&c.pinned.Items, items)
	}
	return below
}

// members are the values of an object.
func (c cursor) members(text string) (all []cursor, problem string) {
	for _, name := range slices.Sorted(maps.Keys(c.schema.Properties)) {
		below, problem := c.field(name)
		if problem != "" {
			return nil, problem
		}
		all = append(all, below)
	}
	if values := c.schema.AdditionalProperties; values != nil {
		below := c.below(values, text)
		if c.pinned != nil {
			below.pinned = pinnedOnly(&c.pinned.AdditionalProperties, values)
		}
		all = append(all, below)
	}
	if c.schema.Open {
		all = append(all, c.below(&FieldSchema{}, text))
	}
	if len(all) == 0 {
		return nil, fmt.Sprintf("%s of %s is an object without entries", c.text, c.of)
	}
	return all, ""
}

func (c cursor) below(s *FieldSchema, text string) cursor {
	return cursor{schema: s, of: c.of, group: c.group, version: c.version, as: c.as, text: text}
}

func pinnedChild(properties *map[string]*FieldSchema, name string, child *FieldSchema) *FieldSchema {
	if *properties == nil {
		*properties = map[string]*FieldSchema{}
	}
	if (*properties)[name] == nil {
		(*properties)[name] = child.flat()
	}
	return (*properties)[name]
}

func pinnedOnly(at **FieldSchema, child *FieldSchema) *FieldSchema {
	if *at == nil {
		*at = child.flat()
	}
	return *at
}
