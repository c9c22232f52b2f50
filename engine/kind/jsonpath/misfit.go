package jsonpath

import (
	"fmt"
	"strconv"

	"github.com/theory/jsonpath/spec"
)

// Misfit is a value on the way of a path that is no object or no list where the
// path goes on, such as a status that is a text.
type Misfit struct {
	// At is the path of the value, Want what it has to be.
	At, Want string
	Value    any
}

// Misfit is the first one on the way; nil where there is none, and beyond the
// first step that selects several values.
func (p *Path) Misfit(root any) *Misfit {
	value := root
	for i, segment := range p.Segments {
		selectors := segment.Selectors()
		if segment.IsDescendant() || len(selectors) != 1 || value == nil {
			return nil
		}
		object, isObject := value.(map[string]any)
		list, isList := value.([]any)
		switch s := selectors[0].(type) {
		case spec.Name:
			if !isObject {
				return &Misfit{p.until(i), "object", value}
			}
			value = object[string(s)]
		case spec.Index:
			if !isList {
				return &Misfit{p.until(i), "list", value}
			}
			if s < 0 || int(s) >= len(list) {
				return nil
			}
			value = list[s]
		default:
			if !isList && !isObject {
				return &Misfit{p.until(i), "list", value}
			}
			return nil
		}
	}
	return nil
}

// until is the text of the path's first steps.
func (p *Path) until(end int) string {
	at := "$"
	for _, segment := range p.Segments[:end] {
		switch s := segment.Selectors()[0].(type) {
		case spec.Name:
			at += member(string(s))
		case spec.Index:
			at += fmt.Sprintf("[%d]", s)
		}
	}
	return at
}

func member(name string) string {
	if MemberShorthand.MatchString(name) {
		return "." + name
	}
	return "[" + strconv.Quote(name) + "]"
}
