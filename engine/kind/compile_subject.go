package kind

import (
	"slices"
	"strings"
)

// scope is what the paths of a predicate inside a where start at.
type scope struct {
	of string
	// depth is how many wheres it is inside.
	depth int
}

// maxWheres bounds how deep a where may be inside others: each looks at every
// entry of the one around it.
const maxWheres = 3

// subject compiles what a predicate or a place looks at. It may be several
// entries when many is true.
func (c compiler) subject(at string, s subjectSpec, within *scope) (compiled subject, many bool) {
	compiled = subject{of: s.Of, versions: s.Versions}
	of := s.Of
	switch {
	case within != nil && s.Of != "":
		c.doc.faultAt(at+"/of", "inside where, paths start at the entry: write of beside where")
	case within != nil:
		of = within.of
	case s.Of != "":
		many = c.useRelated(at+"/of", s.Of)
	case c.spec.NoReferent != "" && c.spec.Referent == nil:
		c.doc.faultAcross(at, "there is no referent to look at: write of with the name of a related object")
	}
	if s.Versions != nil {
		c.onlyVersions(at+"/versions", of, s.Versions)
	}
	if s.Each != "" {
		compiled.each = c.path(at+"/each", s.Each)
		many = many || compiled.each != nil && !compiled.each.singular
	}
	inner := &scope{of: of, depth: 1}
	if within != nil {
		inner.depth = within.depth + 1
	}
	if s.Where != nil && inner.depth > maxWheres {
		c.doc.faultAt(at+"/where", "is inside %d others, and may be inside %d: write each with a path that leads further in", maxWheres, maxWheres-1)
		return compiled, many
	}
	compiled.where = c.predicates(at+"/where", s.Where, inner)
	return compiled, many
}

// onlyVersions checks that a subject's versions are read, and leave some out.
func (c compiler) onlyVersions(at, of string, versions []string) {
	read := c.versionsOf(of)
	if read == nil {
		return
	}
	for _, version := range versions {
		if !slices.Contains(read, version) {
			c.doc.faultAcross(at, "%s is not read, the versions are %s", version, strings.Join(read, ", "))
		}
	}
	if len(versions) == len(read) && within(read, versions) {
		c.doc.faultAcross(at, "these are all versions that are read, leave it out")
	}
}

func (c compiler) versionsOf(of string) []string {
	if of == "" && c.spec.Referent != nil {
		return c.spec.Referent.Versions
	}
	for _, r := range c.spec.Related {
		if r.As == of {
			return r.Versions
		}
	}
	return nil
}

// written are the names of the fields of a subject that are written.
func (s subjectSpec) written() []string {
	return onlyWritten(
		field{"of", s.Of != ""}, field{"versions", s.Versions != nil},
		field{"each", s.Each != ""}, field{"where", s.Where != nil},
	)
}

type field struct {
	name    string
	written bool
}

func onlyWritten(fields ...field) []string {
	var names []string
	for _, f := range fields {
		if f.written {
			names = append(names, f.name)
		}
	}
	return names
}

// refuse reports fields that make no sense beside what is written.
func (c compiler) refuse(at string, names []string, because string) {
	for _, name := range names {
		c.doc.faultAt(at+"/"+name, "%s %s", name, because)
	}
}
