package kind

import (
	"maps"

	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

// part is what another kind sees of objects: of one list, only the entries of a subject, in its
// order. Without a subject it is all of them.
type part struct {
	subject string
	// names lead to the list.
	names []string
}

// only is the part of the objects of a subject that the candidate hands on.
func (c compiler) only(at string, s v1alpha1.EndpointCandidate) part {
	switch {
	case s.Only == "":
		return part{}
	case s.Kind == "":
		c.doc.FaultAcross(at+"/only", "goes with of and kind, which hand an object on: write them, or remove it")
		return part{}
	case c.useSubject(at+"/only", s.Only) == "":
		c.doc.FaultAt(at+"/only", "%s is the referent, and a list in what is handed on is meant: write the subject that is entries of it", s.Only)
		return part{}
	}
	p := part{subject: s.Only}
	for _, entries := range c.spec.Subjects {
		if entries.As != s.Only {
			continue
		}
		text := entries.Each + entries.All
		switch {
		case entries.Object != nil:
			c.doc.FaultAcross(at+"/only", "%s is an object, and entries of a list in %s are meant: write a subject with of: %s and all", s.Only, s.Of, s.Of)
		case entries.Of != s.Of:
			c.doc.FaultAcross(at+"/only", "%s is not of %s, which is handed on: write of: %s in that subject, or another one", s.Only, s.Of, s.Of)
		case text != "":
			path, err := jsonpath.Compile(text) // The subject says what is wrong with it.
			if err == nil && !p.leadsTo(path) {
				c.doc.FaultAcross(at+"/only", "%s chooses from %s, which is not one list of an object: write names and [*] at the end there, such as $.spec.rules[*], and the rest in where", s.Only, text)
			}
		}
	}
	return p
}

// words is a subject with what is seen of it.
func (p part) words(of string) string {
	if p.subject == "" {
		return of
	}
	return of + " with only " + p.subject
}

// leadsTo takes the names from a path that is names and [*] at its end, and says whether it is.
func (p *part) leadsTo(path *jsonpath.Path) bool {
	for i, segment := range path.Segments {
		selectors := segment.Selectors()
		if len(selectors) != 1 || segment.IsDescendant() {
			return false
		}
		switch selector := selectors[0].(type) {
		case spec.Name:
			p.names = append(p.names, string(selector))
		case spec.WildcardSelector:
			return i > 0 && i == len(path.Segments)-1
		default:
			return false
		}
	}
	return false
}

// of is a copy of an object with that part of it, which shares the rest with the object; false where
// the subject has no entry in it.
func (p part) of(object entry, env *environment) (entry, bool) {
	if p.subject == "" {
		return object, true
	}
	var kept []entry
	for _, e := range env.bindings[p.subject].entries {
		if env.work.Spend(1) && (entry{value: e.root}).name(nil) == object.name(nil) {
			kept = append(kept, e)
		}
	}
	if kept == nil {
		return entry{}, false
	}
	object.root = holding(object.root, p.names, kept)
	object.value = object.root
	return object, true
}

// holding is a copy of an object in which some names lead to these entries alone.
func holding(object map[string]any, names []string, kept []entry) map[string]any {
	copied := maps.Clone(object)
	if len(names) > 1 {
		inner, _ := object[names[0]].(map[string]any)
		copied[names[0]] = holding(inner, names[1:], kept)
		return copied
	}
	list, members := []any{}, map[string]any{}
	for _, e := range kept {
		list = append(list, e.value)
		if name, ok := e.step.(spec.Name); ok {
			members[string(name)] = e.value
		}
	}
	if copied[names[0]] = any(list); len(members) > 0 {
		copied[names[0]] = members
	}
	return copied
}

// isObjects says whether a subject is objects beside the referent: as they are found, or chosen from
// such by $.
func (c compiler) isObjects(of string) bool {
	for i := len(c.spec.Subjects) - 1; i >= 0; i-- {
		switch s := c.spec.Subjects[i]; {
		case s.As != of:
		case s.Object != nil:
			return true
		case s.Each+s.All != "$":
			return false
		default:
			of = s.Of
		}
	}
	return false
}
