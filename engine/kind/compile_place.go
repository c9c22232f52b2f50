package kind

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

func (c compiler) values() map[string]namedValue {
	values := map[string]namedValue{}
	for _, name := range c.valueNames() {
		at := "/spec/values/" + escapePointer(name)
		if slices.Contains(builtInValues, name) {
			c.doc.faultAt(at, "%s is built in, choose another name", name)
			continue
		}
		c := c.inside(valueKey(name))
		value := namedValue{name: name}
		for i, s := range c.spec.Values[name] {
			at := fmt.Sprintf("%s/%d", at, i)
			c.reachable(at, c.spec.Values[name][:i], s)
			value.places = append(value.places, c.place(at, s))
		}
		values[name] = value
	}
	return values
}

// refuseTooLong finds the templates that are too long whatever the values are.
// Each value comes after those that it names.
func (c compiler) refuseTooLong(k *Kind) {
	least := map[string]int{}
	refused := func(at string, p place) bool {
		length := p.leastLength(least)
		if length > maxTemplate {
			c.doc.faultAt(at+"/template", "never gives anything: with the shortest values it has %d bytes, and a template may give %d; name fewer values, or shorter ones", length, maxTemplate)
		}
		return length > maxTemplate
	}
	for _, step := range k.order {
		for i, p := range k.values[step.value].places {
			if refused(fmt.Sprintf("/spec/values/%s/%d", escapePointer(step.value), i), p) {
				continue
			}
			if shortest, known := least[step.value]; !known || p.leastLength(least) < shortest {
				least[step.value] = p.leastLength(least)
			}
		}
	}
	for i, candidate := range k.endpoint {
		refused(fmt.Sprintf("/spec/endpoint/%d", i), candidate.place)
	}
	for _, field := range sortedKeys(k.model) {
		refused("/spec/model/"+field, k.model[field])
	}
}

func (c compiler) model() enrichment {
	model := enrichment{}
	for _, field := range sortedKeys(c.spec.Model) {
		model[field] = c.place("/spec/model/"+field, c.spec.Model[field])
	}
	return model
}

// reachable: a place behind one that always yields something is never looked
// at, and neither is one that was looked at before.
func (c compiler) reachable(at string, before []placeSpec, s placeSpec) {
	for i, earlier := range before {
		same := earlier
		same.When = s.When
		switch {
		case earlier.Constant != nil && earlier.Constant != "" && earlier.When == nil:
			c.doc.faultAcross(at, "never looked at: the constant in [%d] is always there, move it to the end", i)
			return
		case canonical(same) == canonical(s) && within(texts(earlier.When), texts(s.When)):
			c.doc.faultAcross(at, "is the same place as [%d], remove one", i)
			return
		}
	}
}

func (c compiler) place(at string, s placeSpec) place {
	p := place{key: s.Key, constant: s.Constant, lower: s.Lower, when: c.predicates(at+"/when", s.When, nil)}
	switch main := onlyWritten(field{"path", s.Path != ""}, field{"template", s.Template != ""}, field{"constant", s.Constant != nil}); {
	case len(main) == 0:
		c.doc.faultAt(at, "write one of path, template, constant")
		return p
	case len(main) > 1:
		c.doc.faultAt(at, "%s exclude each other, write two places", strings.Join(main, " and "))
		return p
	}
	if s.Path != "" {
		p.subject, _ = c.subject(at, s.subjectSpec, nil)
		p.path = c.path(at+"/path", s.Path)
		p.text = p.subject.text(s.Path)
		if p.key {
			p.text = "key of " + p.text
		}
		return p
	}
	c.refuse(at, append(s.written(), onlyWritten(field{"key", s.Key})...), "goes with path")
	if s.Constant != nil {
		p.text = asJSON(s.Constant)
		if s.Constant == "" {
			c.doc.faultAt(at+"/constant", `"" counts as absent, remove the place`)
		}
		return p
	}
	p.template = c.template(at+"/template", s.Template)
	p.text = s.Template
	return p
}

// template parses a template and notes the values that it uses.
func (c compiler) template(at, text string) *template {
	t, err := parseTemplate(text)
	if err != nil {
		c.doc.faultAt(at, "%s", err)
		return nil
	}
	for _, part := range t.parts {
		if part.value != "" {
			c.useValue(at, part.value)
		}
	}
	return t
}

func canonical(spec any) string {
	encoded, err := json.Marshal(spec)
	if err != nil {
		return fmt.Sprintf("%#v", spec)
	}
	return string(encoded)
}
