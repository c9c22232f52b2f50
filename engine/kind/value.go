package kind

import "fmt"

// The values that every kind has.
const (
	valueName           = "name"
	valueNamespace      = "namespace"
	valueModelName      = "modelName"
	valueModelNamespace = "modelNamespace"
)

var builtInValues = []string{valueName, valueNamespace, valueModelName, valueModelNamespace}

// namedValue is a named fact and where it may be, in order of preference.
type namedValue struct {
	name   string
	places []place
}

// find puts the first scalar that is found into the view.
func (n namedValue) find(v *view) {
	for i, p := range n.places {
		rule := fmt.Sprintf("values.%s[%d]", n.name, i)
		if !p.counts(v, "values", rule) {
			continue
		}
		found, note := p.read(v, nil)
		for _, value := range found {
			step := Step{Path: p.text, Found: value}
			switch jsonType(value) {
			case "string", "number", "boolean":
				step.Matched = true
			default:
				step.Note = fmt.Sprintf("the value is a %s, and a string, number or boolean is expected", jsonType(value))
			}
			v.trace.add("values", rule, step)
			if step.Matched {
				v.values[n.name] = value
				return
			}
		}
		if len(found) == 0 {
			v.trace.add("values", rule, Step{Path: p.text, Note: note})
		}
	}
}
