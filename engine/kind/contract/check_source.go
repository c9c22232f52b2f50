package contract

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// value notes what a named value may be.
func (t *typeCheck) value(name string) {
	if p, ok := t.spec.Parameters[name]; ok {
		t.values[name] = []cursor{{schema: schemaOf(p.Type), text: "the parameter " + name}}
		return
	}
	t.values[name] = t.scalars("/spec/values/"+syntax.EscapePointer(name), t.spec.Values[name])
}

// scalars are what sources may yield, which has to be a scalar.
func (t *typeCheck) scalars(at string, all v1alpha1.Sources) []cursor {
	var found []cursor
	for i, s := range all {
		at := fmt.Sprintf("%s/%d", at, i)
		for _, c := range t.source(at, s) {
			if t.wants(at, c, scalars, "a value is a string, number or boolean") {
				found = append(found, c)
			}
		}
	}
	return found
}

// subject walks how a subject is found, and notes what it is.
func (t *typeCheck) subject(i int) {
	s := t.spec.Subjects[i]
	at := fmt.Sprintf("/spec/subjects/%d", i)
	if s.Object != nil {
		t.scalars(at+"/object/name", s.Object.Name)
		t.scalars(at+"/object/namespace", s.Object.Namespace)
		for _, key := range slices.Sorted(maps.Keys(s.Object.Labels)) {
			t.template(at+"/object/labels/"+syntax.EscapePointer(key), string(s.Object.Labels[key]))
		}
		for _, path := range slices.Sorted(maps.Keys(s.Object.Fields)) {
			at := at + "/object/fields/" + syntax.EscapePointer(path)
			t.template(at, string(s.Object.Fields[path]))
			for _, c := range t.path(at, path, t.roots[s.As]) {
				t.wants(at, c, scalars, "it is compared with a text")
			}
		}
		return
	}
	field := "/each"
	if s.All != "" {
		field = "/all"
	}
	entries := slices.Clone(t.path(at+field, s.Each+s.All, t.inWhere(t.roots[t.named(s.Of)], s.Where)))
	for i, entry := range entries {
		if entry.schema.Type == "array" {
			t.fault(at+field, entry.version, "%s of %s is the list itself: write %s[*] for its entries", entry.text, entry.of, s.Each+s.All)
			entries[i] = entry.entry()
		}
		entries[i].text = "$"
	}
	t.roots[s.As] = entries
	// Not nil, which would mean whole objects.
	within := append([]cursor{}, entries...)
	t.predicates(at+"/where", s.Where, within)
	t.predicates(at+"/prefer", s.Prefer, within)
}

// inWhere are the cursors into objects of the versions that all of where is about.
func (t *typeCheck) inWhere(from []cursor, where []v1alpha1.Predicate) []cursor {
	for _, p := range where {
		from = t.ofVersions(from, p.Versions)
	}
	return from
}

// named is what the subject of a name is noted under.
func (t *typeCheck) named(of string) string {
	if of == v1alpha1.ReferentName {
		return ""
	}
	return of
}

func (t *typeCheck) candidate(at string, s v1alpha1.EndpointCandidate) {
	switch {
	case s.URL != nil:
		t.predicates(at+"/when", s.When, nil)
		for name, part := range map[string]v1alpha1.Sources{"scheme": s.URL.Scheme, "host": s.URL.Host, "port": s.URL.Port, "path": s.URL.Path} {
			t.scalars(at+"/url/"+name, part)
		}
	case s.Kind != "":
		t.predicates(at+"/when", s.When, nil)
	default:
		for _, c := range t.source(at, s.Source) {
			t.wants(at, c, classString, "an endpoint is a string")
		}
	}
}

func (t *typeCheck) enrichment(at string, fact v1alpha1.Fact, all v1alpha1.Sources) {
	for i, s := range all {
		at := fmt.Sprintf("%s/%d", at, i)
		for _, c := range t.source(at, s) {
			switch fact.Shape {
			case v1alpha1.FactText:
				t.wants(at, c, classString, fact.Name+" is a string")
			case v1alpha1.FactNumber:
				t.wants(at, c, classNumber|classString, fact.Name+" is a number")
			case v1alpha1.FactList:
				if t.wants(at, c, classString|classList, fact.Name+" are strings") && c.schema.Type == "array" {
					entry := c.entry()
					t.read(at, entry)
					t.wants(at, entry, classString, fact.Name+" are strings")
				}
			}
		}
	}
}

// wants reports what can never be of the classes.
func (t *typeCheck) wants(at string, c cursor, wanted classes, rule string) bool {
	if c.schema.classes()&wanted != 0 {
		return true
	}
	t.fault(at, c.version, "%s is %s, and %s", c.name(), c.schema.noun(), rule)
	return false
}

// source gives what may be there.
func (t *typeCheck) source(at string, s v1alpha1.Source) []cursor {
	t.predicates(at+"/when", s.When, nil)
	var found []cursor
	switch {
	case s.Template != "":
		t.template(at+"/template", string(s.Template))
		found = []cursor{{schema: scalar("string"), text: strconv.Quote(string(s.Template))}}
	case s.Constant != nil:
		found = []cursor{{schema: scalar(syntax.TypeName(s.Constant.Value)), text: syntax.Quote(s.Constant.Value)}}
	case s.Value != "":
		found = t.values[s.Value]
	case s.Condition != "":
		for _, c := range t.ofVersions(t.roots[t.named(s.Of)], s.Versions) {
			t.condition(at, v1alpha1.Predicate{Condition: s.Condition}, c)
			found = append(found, cursor{schema: scalar("string"), of: c.of, version: c.version, text: "the message of condition " + s.Condition})
		}
	default:
		found = t.path(at+"/path", s.Path, t.ofVersions(t.roots[t.named(s.Of)], s.Versions))
		if s.Key {
			found = t.keys(at, found)
		}
	}
	if s.Intersects != nil {
		t.hosts(at+"/path", found)
		t.hosts(at+"/intersects/path", t.path(at+"/intersects/path", s.Intersects.Path, t.roots[t.named(s.Intersects.Of)]))
	}
	if s.Capture != "" {
		found = t.captured(at, found)
	}
	for _, c := range found {
		if s.Lower && c.schema.classes()&classString == 0 {
			t.fault(at+"/lower", c.version, "%s is %s, and only strings have lower case: remove it", c.name(), c.schema.noun())
		}
	}
	return found
}

// captured is what a capture cuts out of texts, and of lists of them.
func (t *typeCheck) captured(at string, found []cursor) []cursor {
	var cut []cursor
	for _, c := range found {
		if t.wants(at+"/capture", c, scalars|classList, "a text is cut out of texts") && c.schema.Type == "array" {
			entry := c.entry()
			t.read(at, entry)
			t.wants(at+"/capture", entry, classString, "a text is cut out of texts")
		}
		cut = append(cut, cursor{schema: scalar("string"), of: c.of, version: c.version, text: "what is cut out of " + c.text})
	}
	return cut
}

// hosts wants strings.
func (t *typeCheck) hosts(at string, found []cursor) {
	for _, c := range found {
		t.wants(at, c, classString, "host names are strings")
	}
}

// keys are the names under which maps have what was found.
func (t *typeCheck) keys(at string, found []cursor) []cursor {
	var keys []cursor
	for _, c := range found {
		if c.inList {
			t.fault(at+"/key", c.version, "%s is an entry of a list, and only entries of maps have names", c.name())
			continue
		}
		keys = append(keys, cursor{schema: scalar("string"), of: c.of, version: c.version, text: "the key of " + c.text})
	}
	return keys
}

// template checks that every value in it has a text: strings, booleans and
// whole numbers do.
func (t *typeCheck) template(at, text string) {
	parsed, err := syntax.ParseTemplate(text)
	if err != nil {
		return
	}
	for _, part := range parsed.Parts {
		for _, c := range t.values[part.Value] {
			if part.Value != "" && c.schema.Type == "number" && c.of != "" {
				t.fault(at, c.version, "the value %s may be a fraction, %s, which is no text for a template", part.Value, c.name())
			}
		}
	}
}

// schemaOf is what a value of the type is, where it is compared or put into a text.
func schemaOf(of v1alpha1.ParameterType) *FieldSchema {
	switch of {
	case v1alpha1.ParameterInteger:
		return scalar("integer")
	case v1alpha1.ParameterBoolean:
		return scalar("boolean")
	case v1alpha1.ParameterString, v1alpha1.ParameterURL:
	}
	return scalar("string")
}
