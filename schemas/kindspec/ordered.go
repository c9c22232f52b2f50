package kindspec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

func (o *object) set(name string, value any) { *o = append(*o, member{name, value}) }

// copied sets those of the keywords that are there.
func (o *object) copied(from map[string]any, keywords ...string) {
	for _, keyword := range keywords {
		if value, ok := from[keyword]; ok {
			o.set(keyword, value)
		}
	}
}

// MarshalJSON is part of json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := compact(m.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		fmt.Fprintf(&b, "%q:%s", m.name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// compact is JSON in which < and & stand as they are.
func compact(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// width is how long a line of the schema may be before it becomes several.
const width = 120

// written is an object for people: what fits in one line is in one.
func (o object) written(indent string) (string, error) {
	line, err := compact(o)
	if err != nil {
		return "", err
	}
	if len(indent)+len(line) <= width {
		return spaced(line), nil
	}
	lines := make([]string, len(o))
	for i, m := range o {
		var value string
		if inner, ok := m.value.(object); ok {
			value, err = inner.written(indent + "  ")
		} else {
			line, err = compact(m.value)
			value = spaced(line)
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", m.name, err)
		}
		lines[i] = fmt.Sprintf("%s  %q: %s", indent, m.name, value)
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n" + indent + "}", nil
}

// spaced puts spaces behind the commas and colons of JSON in one line.
func spaced(line []byte) string {
	var b strings.Builder
	quoted, escaped := false, false
	for _, c := range line {
		b.WriteByte(c)
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			b.WriteByte(' ')
		}
	}
	return b.String()
}
