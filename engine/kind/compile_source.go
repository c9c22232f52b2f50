package kind

import (
	"fmt"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

func (c compiler) values() map[string]namedValue {
	values := map[string]namedValue{}
	for _, name := range c.valueNames() {
		at := "/spec/values/" + syntax.EscapePointer(name)
		if slices.Contains(BuiltInValues(), name) {
			c.doc.FaultAt(at, "%s is built in, choose another name", name)
			continue
		}
		values[name] = namedValue{name: name, sources: c.inside(valueKey(name)).sources(at, c.spec.Values[name])}
	}
	return values
}

func (c compiler) model() enrichment {
	model := enrichment{}
	for _, fact := range slices.Sorted(maps.Keys(c.spec.Model)) {
		model[fact] = c.sources("/spec/model/"+fact, c.spec.Model[fact])
	}
	return model
}

// sources compiles a list; nil for none.
func (c compiler) sources(at string, all v1alpha1.Sources) sources {
	var compiled sources
	for i, s := range all {
		compiled = append(compiled, c.source(fmt.Sprintf("%s/%d", at, i), s))
	}
	return compiled
}

// constantOf is nil where none is written.
func constantOf(s v1alpha1.Source) any {
	if s.Constant == nil {
		return nil
	}
	return s.Constant.Value
}

func (c compiler) source(at string, s v1alpha1.Source) source {
	constant := constantOf(s)
	p := source{key: s.Key, constant: constant, lower: s.Lower, condition: s.Condition, when: c.predicates(at+"/when", s.When, nil)}
	main := onlyWritten(field{"path", s.Path != ""}, field{"condition", s.Condition != ""}, field{"value", s.Value != ""},
		field{"template", s.Template != ""}, field{"constant", constant != nil})
	if !c.exactlyOne(at, main, "write one of path, condition, value, template, constant", "two sources") {
		return p
	}
	p.capture = c.captureOf(at, s)
	if main[0] == "path" || main[0] == "condition" {
		c.look(at, s, &p)
		return p
	}
	c.refuse(at, onlyWritten(field{"of", s.Of != ""}, field{"versions", s.Versions != nil}, field{"key", s.Key}, field{"intersects", s.Intersects != nil}), "goes with path")
	switch main[0] {
	case "value":
		c.useValue(at+"/value", s.Value)
		p.target.value, p.words = s.Value, "value "+s.Value
	case "template":
		p.template, p.words = c.template(at+"/template", string(s.Template)), string(s.Template)
	default:
		p.words = syntax.Quote(constant)
		if constant == "" {
			c.doc.FaultAt(at+"/constant", `"" counts as absent, remove the source`)
		}
	}
	return p
}

// look compiles a source that looks at a subject.
func (c compiler) look(at string, s v1alpha1.Source, p *source) {
	p.target = c.target(at, s.Of, s.Versions)
	if s.Condition != "" {
		c.refuse(at, onlyWritten(field{"key", s.Key}, field{"intersects", s.Intersects != nil}), "goes with path")
		p.words = p.target.text("message of condition " + s.Condition)
		return
	}
	p.path = c.path(at+"/path", s.Path)
	p.words = p.target.text(s.Path)
	if p.key {
		p.words = "key of " + p.words
	}
	if s.Intersects != nil {
		p.hosts = c.fieldReference(at+"/intersects", *s.Intersects)
		p.words += " in common with " + p.hosts.words()
	}
}

func (c compiler) target(at, of string, versions []string) target {
	name := c.useSubject(at+"/of", of)
	if versions != nil {
		c.onlyVersions(at+"/versions", of, versions)
	}
	return target{of: name, versions: versions}
}

func (c compiler) fieldReference(at string, s v1alpha1.FieldReference) *fieldReference {
	r := &fieldReference{target: c.target(at, s.Of, nil), path: c.path(at+"/path", s.Path)}
	if r.path == nil {
		r.path = &jsonpath.Path{Text: s.Path}
	}
	return r
}

func (c compiler) captureOf(at string, s v1alpha1.Source) *jsonpath.Expression {
	if s.Capture == "" {
		return nil
	}
	e := c.expression(at+"/capture", s.Capture)
	if e != nil && e.Groups() != 1 {
		c.doc.FaultAt(at+"/capture", "has %d groups, and what is in one group is taken: write (...) around that, and (?:...) around the rest", e.Groups())
		return nil
	}
	return e
}

// template parses a template and notes the values that it uses.
func (c compiler) template(at, text string) *syntax.Template {
	t, err := syntax.ParseTemplate(text)
	if err != nil {
		c.doc.FaultAt(at, "%s", err)
		return nil
	}
	for _, part := range t.Parts {
		if part.Value != "" {
			c.useValue(at, part.Value)
		}
	}
	return t
}

// refuseTooLong finds the templates that are too long whatever the values are.
// Each value comes after those that it names.
func (c compiler) refuseTooLong(k *Kind) {
	least := map[string]int{}
	refused := func(at string, s source) bool {
		length := s.leastLength(least)
		if length > syntax.MaxTemplate && s.template != nil {
			c.doc.FaultAt(at+"/template", "never gives anything: with the shortest values it has %d bytes, and a template may give %d; name fewer values, or shorter ones", length, syntax.MaxTemplate)
			return true
		}
		return false
	}
	for _, step := range k.order {
		for i, s := range k.values[step.Value].sources {
			if refused(fmt.Sprintf("/spec/values/%s/%d", syntax.EscapePointer(step.Value), i), s) {
				continue
			}
			if shortest, known := least[step.Value]; !known || s.leastLength(least) < shortest {
				least[step.Value] = s.leastLength(least)
			}
		}
	}
	for i, candidate := range k.endpoint {
		refused(fmt.Sprintf("/spec/endpoint/%d", i), candidate.source)
	}
	for _, field := range slices.Sorted(maps.Keys(k.model)) {
		for i, s := range k.model[field] {
			refused(fmt.Sprintf("/spec/model/%s/%d", field, i), s)
		}
	}
}
