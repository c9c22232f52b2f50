package kind

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// where is the place of a predicate inside where or prefer: its paths start at an
// entry of the subject of that name.
type where struct{ of string }

func (c compiler) subjects() []subject {
	var all []subject
	for i, s := range c.spec.Subjects {
		at := fmt.Sprintf("/spec/subjects/%d", i)
		j := slices.IndexFunc(c.spec.Subjects[:i], func(earlier v1alpha1.Subject) bool { return earlier.As == s.As })
		switch {
		case s.As == v1alpha1.ReferentName:
			c.doc.FaultAt(at+"/as", "%s is the referent's own name, choose another", s.As)
		case j >= 0:
			c.doc.FaultAcross(at+"/as", "%s is the name of subjects[%d] already, choose another", s.As, j)
		}
		all = append(all, c.inside(subjectKey(s.As)).subject(at, s))
	}
	return all
}

func (c compiler) subject(at string, s v1alpha1.Subject) subject {
	compiled := subject{as: s.As}
	written := onlyWritten(field{"object", s.Object != nil}, field{"each", s.Each != ""}, field{"all", s.All != ""})
	switch {
	case !c.exactlyOne(at, written, "write object for objects beside the referent, each for one entry of a list, or all for several", "two subjects"):
		return compiled
	case s.Object != nil:
		c.refuse(at, onlyWritten(field{"of", s.Of != ""}, field{"where", s.Where != nil}, field{"prefer", s.Prefer != nil}),
			"chooses entries of a list, and object is found by its name or labels: write a subject of its own for the entries")
		compiled.object = c.object(at+"/object", *s.Object)
		return compiled
	}
	compiled.of = c.useSubject(at+"/of", s.Of)
	compiled.all = s.All != ""
	compiled.path = c.path(at+"/"+written[0], s.Each+s.All)
	if compiled.path == nil {
		compiled.path = &jsonpath.Path{Text: "$", Singular: true}
	}
	compiled.where = c.predicates(at+"/where", s.Where, &where{of: compiled.of})
	compiled.prefer = c.predicates(at+"/prefer", s.Prefer, &where{of: compiled.of})
	return compiled
}

func (c compiler) object(at string, s v1alpha1.RelatedObject) *relatedObject {
	o := &relatedObject{referent: typeOf(s.ObjectType), generation: c.generation(at+"/generation", s.Generation)}
	c.readable(at, o.referent)
	switch {
	case s.Name != nil && (s.Labels != nil || s.Fields != nil):
		c.doc.FaultAt(at, "name excludes labels and fields, remove one")
	case s.Labels != nil || s.Fields != nil:
		o.labels = c.labels(at+"/labels", s.Labels)
		o.fields = c.fields(at+"/fields", s.Fields)
	case s.Name != nil:
		o.name = c.nameSources(at+"/name", s.Name, validation.IsDNS1123Subdomain)
	default:
		o.name = sources{builtIn(valueName)}
	}
	o.namespace = c.objectNamespace(at, s)
	return o
}

func builtIn(name string) source {
	return source{target: target{value: name}, implied: true, words: "value " + name}
}

func (c compiler) fields(at string, fields map[string]v1alpha1.Template) []fieldTemplate {
	var all []fieldTemplate
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		at := at + "/" + syntax.EscapePointer(path)
		f := fieldTemplate{path: c.path(at, path), value: c.template(at, string(fields[path]))}
		if f.path != nil && f.value != nil {
			all = append(all, f)
		}
	}
	return all
}

func (c compiler) labels(at string, labels map[string]v1alpha1.Template) map[string]*syntax.Template {
	if labels == nil {
		return nil
	}
	all := map[string]*syntax.Template{}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		at := at + "/" + syntax.EscapePointer(key)
		if faults := validation.IsQualifiedName(key); len(faults) > 0 {
			c.doc.FaultAt(at, "%q is not a label: %s", key, faults[0])
		}
		all[key] = c.nameTemplate(at, string(labels[key]), validation.IsValidLabelValue)
	}
	return all
}

// objectNamespace is the referent's own unless the spec says otherwise, and nil
// where there is none.
func (c compiler) objectNamespace(at string, s v1alpha1.RelatedObject) sources {
	switch {
	case s.Scope == v1alpha1.ScopeCluster:
		c.refuse(at, onlyWritten(field{"namespace", s.Namespace != nil}), "goes with scope Namespaced, remove it")
		return nil
	case s.Namespace != nil:
		return c.nameSources(at+"/namespace", s.Namespace, validation.IsDNS1123Label)
	case c.spec.Referent != nil && c.spec.Referent.Scope == v1alpha1.ScopeCluster:
		c.doc.FaultAcross(at, "the referent is in no namespace: write namespace")
	}
	return sources{builtIn(valueNamespace)}
}

// nameSources are sources of a name; the literal text of templates leaves room for
// a valid one.
func (c compiler) nameSources(at string, all v1alpha1.Sources, check func(string) []string) sources {
	for i, s := range all {
		text := string(s.Template)
		if constant, ok := syntax.ScalarText(constantOf(s)); ok {
			text = constant
		}
		if text != "" {
			c.refuseNoName(fmt.Sprintf("%s/%d", at, i), text, check)
		}
	}
	return c.sources(at, all)
}

func (c compiler) refuseNoName(at, text string, check func(string) []string) {
	example := syntax.Placeholder.ReplaceAllString(text, "x")
	if faults := check(example); len(faults) > 0 {
		c.doc.FaultAt(at, "can never be read, %s is no name: %s", strconv.Quote(example), faults[0])
	}
}

func (c compiler) nameTemplate(at, text string, check func(string) []string) *syntax.Template {
	t := c.template(at, text)
	if t != nil {
		c.refuseNoName(at, text, check)
	}
	return t
}

// onlyVersions checks that a subject's versions are read.
func (c compiler) onlyVersions(at, of string, versions []string) {
	read := vet.VersionsOf(&c.spec, of)
	if read == nil {
		return
	}
	for _, version := range versions {
		if !slices.Contains(read, version) {
			c.doc.FaultAcross(at, "%s is not read, the versions are %s", version, strings.Join(read, ", "))
		}
	}
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

// exactlyOne says whether one of some fields is written, and else what is wrong.
func (c compiler) exactlyOne(at string, written []string, none, several string) bool {
	switch len(written) {
	case 0:
		c.doc.FaultAt(at, "%s", none)
	case 1:
		return true
	default:
		c.doc.FaultAt(at, "%s exclude each other, write %s", strings.Join(written, " and "), several)
	}
	return false
}

// refuse reports fields that make no sense beside what is written.
func (c compiler) refuse(at string, names []string, because string) {
	for _, name := range names {
		c.doc.FaultAt(at+"/"+name, "%s %s", name, because)
	}
}
