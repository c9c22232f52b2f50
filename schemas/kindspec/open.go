package kindspec

import "encoding/json"

// open are the fields that a CRD leaves open, because its schemas know no
// alternatives of types, and what is added to them in a file's schema. Each is
// named by the type that declares it.
func open(owner, field string) (added, ofEntries string) {
	const (
		named   = `"additionalProperties": false, "required": ["value"], "properties": {"value": {"description": "value is the name of the value to compare with.", "type": "string", "minLength": 1, "maxLength": 63}}`
		pattern = `{"pattern": "^[a-z][A-Za-z0-9]*$", "maxLength": 63, "x-advice": "letters and digits, starting with a lower-case letter"}`
	)
	switch owner + "." + field {
	case "Predicate.equals":
		return `{"type": ["string", "number", "boolean", "object"], ` + named + `}`, ""
	case "Predicate.atLeast":
		return `{"type": ["number", "object"], ` + named + `}`, ""
	case "Predicate.in":
		return "", `{"type": ["string", "number"]}`
	case "Source.constant", "Parameter.default":
		return `{"type": ["string", "number", "boolean"]}`, ""
	case "Probe.accept":
		return "", `{"type": ["string", "integer"]}`
	case "Probe.headers":
		return "", `{"maxLength": 1024}`
	case "ModelKindSpec.values", "ModelKindSpec.parameters":
		return `{"propertyNames": ` + pattern + `}`, ""
	}
	return "", ""
}

// add sets the members of a JSON object behind those that are there.
func (o *object) add(text string) error {
	if text == "" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return err
	}
	for _, name := range []string{"type", "required", "additionalProperties", "properties", "propertyNames", "maxLength"} {
		if value, ok := members[name]; ok {
			o.set(name, value)
		}
	}
	return nil
}
