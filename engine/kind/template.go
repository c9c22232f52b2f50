package kind

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// template is text with placeholders for named values.
type template struct {
	text  string
	parts []templatePart
}

// templatePart is literal text or, when value is set, a placeholder.
type templatePart struct{ literal, value string }

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// parseTemplate gives the placeholders in the order in which they are written.
// Braces have no other use.
func parseTemplate(text string) (*template, error) {
	t := &template{text: text}
	rest := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > rest {
			t.parts = append(t.parts, templatePart{literal: text[rest:m[0]]})
		}
		t.parts = append(t.parts, templatePart{value: text[m[2]:m[3]]})
		rest = m[1]
	}
	if rest < len(text) {
		t.parts = append(t.parts, templatePart{literal: text[rest:]})
	}
	for _, p := range t.parts {
		switch {
		case strings.ContainsAny(p.literal, "{}"):
			return nil, fmt.Errorf("%q has a brace without its counterpart, write a value as {NAME}", text)
		case p.literal == "" && p.value == "":
			return nil, fmt.Errorf("%q has empty braces, write a value as {NAME}", text)
		}
	}
	return t, nil
}

// maxTemplate bounds what a template gives, in bytes: more than any name and
// any endpoint (endpoint.Rules) may have. Values that are templates of values
// multiply.
const maxTemplate = 4096

// fitter makes a value's text fit for its place in a template, or refuses it;
// before is the text so far, after the literal text that follows.
type fitter func(before, text, after string) (string, error)

// render gives "" and a note when a value is absent or does not fit, or when
// there is too much of it.
func (t *template) render(env *environment, fit fitter) (text, note string) {
	var b strings.Builder
	for i, p := range t.parts {
		if p.value == "" {
			literal := p.literal
			if fit != nil && strings.HasSuffix(b.String(), "/") {
				literal = strings.TrimPrefix(literal, "/")
			}
			b.WriteString(literal)
			continue
		}
		after := ""
		if i+1 < len(t.parts) {
			after = t.parts[i+1].literal
		}
		value, ok := env.values[p.value]
		if !ok {
			return "", fmt.Sprintf("the value %s is absent", p.value)
		}
		text, ok := scalarText(value)
		if !ok {
			return "", fmt.Sprintf("the value %s is %s, which is no text for a template", p.value, asJSON(value))
		}
		if b.Len()+len(text) > maxTemplate {
			return "", fmt.Sprintf("the template gives more than %d bytes: the value %s alone has %d", maxTemplate, p.value, len(text))
		}
		if fit != nil {
			fitting, err := fit(b.String(), text, after)
			if err != nil {
				return "", fmt.Sprintf("the value %s is %s: %s", p.value, asJSON(value), err)
			}
			text = fitting
		}
		b.WriteString(text)
	}
	return b.String(), ""
}

// leastLength is how many bytes the template gives when each value has as few
// as it can have.
func (t *template) leastLength(values map[string]int) int {
	length := 0
	for _, p := range t.parts {
		length += len(p.literal)
		if p.value != "" {
			length += max(values[p.value], 1)
		}
	}
	return length
}

// scalarText writes strings, whole numbers and booleans as text.
func scalarText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	}
	n, ok := number(value)
	if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
		return "", false
	}
	return strconv.FormatInt(int64(n), 10), true
}
