package syntax

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Template is text with placeholders for named values.
type Template struct {
	Text  string
	Parts []TemplatePart
}

// TemplatePart is literal text or, when value is set, a placeholder.
type TemplatePart struct{ Literal, Value string }

// Placeholder is a value in a template.
var Placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// ParseTemplate gives the placeholders in the order in which they are written.
// Braces have no other use.
func ParseTemplate(text string) (*Template, error) {
	t := &Template{Text: text}
	rest := 0
	for _, m := range Placeholder.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > rest {
			t.Parts = append(t.Parts, TemplatePart{Literal: text[rest:m[0]]})
		}
		t.Parts = append(t.Parts, TemplatePart{Value: text[m[2]:m[3]]})
		rest = m[1]
	}
	if rest < len(text) {
		t.Parts = append(t.Parts, TemplatePart{Literal: text[rest:]})
	}
	for _, p := range t.Parts {
		switch {
		case strings.ContainsAny(p.Literal, "{}"):
			return nil, fmt.Errorf("%q has a brace without its counterpart, write a value as {NAME}", text)
		case p.Literal == "" && p.Value == "":
			return nil, fmt.Errorf("%q has empty braces, write a value as {NAME}", text)
		}
	}
	return t, nil
}

// MaxTemplate bounds what a template gives, in bytes: more than any name and
// any endpoint (endpoint.Rules) may have. Values that are templates of values
// multiply.
const MaxTemplate = 4096

// Fitter makes a value's text fit for its place in a template, or refuses it;
// before is the text so far, after the literal text that follows.
type Fitter func(before, text, after string) (string, error)

// Render gives "" and a note when a value is absent or does not fit, or when
// there is too much of it.
func (t *Template) Render(values map[string]any, fit Fitter) (text, note string) {
	var b strings.Builder
	for i, p := range t.Parts {
		if p.Value == "" {
			literal := p.Literal
			if fit != nil && strings.HasSuffix(b.String(), "/") {
				literal = strings.TrimPrefix(literal, "/")
			}
			b.WriteString(literal)
			continue
		}
		after := ""
		if i+1 < len(t.Parts) {
			after = t.Parts[i+1].Literal
		}
		value, ok := values[p.Value]
		if !ok {
			return "", fmt.Sprintf("the value %s is absent", p.Value)
		}
		text, ok := ScalarText(value)
		if !ok {
			return "", fmt.Sprintf("the value %s is %s, which is no text for a template", p.Value, Quote(value))
		}
		if b.Len()+len(text) > MaxTemplate {
			return "", fmt.Sprintf("the template gives more than %d bytes: the value %s alone has %d", MaxTemplate, p.Value, len(text))
		}
		if fit != nil {
			fitting, err := fit(b.String(), text, after)
			if err != nil {
				return "", fmt.Sprintf("the value %s is %s: %s", p.Value, Quote(value), err)
			}
			text = fitting
		}
		b.WriteString(text)
	}
	return b.String(), ""
}

// LeastLength is how many bytes the template gives when each value has as few
// as it can have.
func (t *Template) LeastLength(values map[string]int) int {
	length := 0
	for _, p := range t.Parts {
		length += len(p.Literal)
		if p.Value != "" {
			length += max(values[p.Value], 1)
		}
	}
	return length
}

// ScalarText writes strings, whole numbers and booleans as text.
func ScalarText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	}
	n, ok := Number(value)
	if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
		return "", false
	}
	return strconv.FormatInt(int64(n), 10), true
}
