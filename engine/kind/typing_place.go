package kind

import "fmt"

// value notes what a named value may be.
func (t *typing) value(name string) {
	for i, s := range t.spec.Values[name] {
		at := fmt.Sprintf("/spec/values/%s/%d", escapePointer(name), i)
		for _, c := range t.place(at, s) {
			if t.wants(at, c, scalars, "a value is a string, number or boolean") {
				t.values[name] = append(t.values[name], c)
			}
		}
	}
}

// related walks the templates by which related objects are found.
func (t *typing) related(i int) {
	s := t.spec.Related[i]
	at := fmt.Sprintf("/spec/related/%d", i)
	t.template(at+"/name", s.Name)
	t.template(at+"/namespace", s.Namespace)
	if s.Selector != nil {
		for _, key := range sortedKeys(s.Selector.MatchLabels) {
			t.template(at+"/selector/matchLabels/"+escapePointer(key), s.Selector.MatchLabels[key])
		}
	}
}

func (t *typing) candidate(at string, s candidateSpec) {
	for _, c := range t.place(at, s.placeSpec) {
		t.wants(at, c, classString, "an endpoint is a string")
	}
}

func (t *typing) enrichment(at, field string, s placeSpec) {
	for _, c := range t.place(at, s) {
		switch field {
		case "displayName", "description":
			t.wants(at, c, classString, field+" is a string")
		case "contextLength", "maxOutputTokens":
			t.wants(at, c, classNumber|classString, field+" is a whole number")
		default:
			if t.wants(at, c, classString|classList, field+" are strings") && c.schema.Type == "array" {
				t.wants(at, c.entry(), classString, field+" are strings")
			}
		}
	}
}

// wants reports what can never be of the classes.
func (t *typing) wants(at string, c cursor, wanted classes, rule string) bool {
	if c.schema.classes()&wanted != 0 {
		return true
	}
	t.fault(at, c.version, "%s is %s, and %s", c.name(), c.schema.noun(), rule)
	return false
}

// place gives what may be there.
func (t *typing) place(at string, s placeSpec) []cursor {
	t.predicates(at+"/when", s.When, nil)
	var found []cursor
	switch {
	case s.Template != "":
		t.template(at+"/template", s.Template)
		found = []cursor{{schema: scalar("string"), text: quote(s.Template)}}
	case s.Constant != nil:
		found = []cursor{{schema: scalar(jsonType(s.Constant)), text: asJSON(s.Constant)}}
	default:
		found = t.path(at+"/path", s.Path, t.entries(at, s.subjectSpec, nil))
		if s.Key {
			found = t.keys(at, found)
		}
	}
	for _, c := range found {
		if s.Lower && c.schema.classes()&classString == 0 {
			t.fault(at+"/lower", c.version, "%s is %s, and only strings have lower case: remove it", c.name(), c.schema.noun())
		}
	}
	return found
}

// keys are the names under which maps have what was found.
func (t *typing) keys(at string, found []cursor) []cursor {
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
func (t *typing) template(at, text string) {
	parsed, err := parseTemplate(text)
	if err != nil {
		return
	}
	for _, part := range parsed.parts {
		for _, c := range t.values[part.value] {
			if part.value != "" && c.schema.Type == "number" && c.of != "" {
				t.fault(at, c.version, "the value %s may be a fraction, %s, which is no text for a template", part.value, c.name())
			}
		}
	}
}
