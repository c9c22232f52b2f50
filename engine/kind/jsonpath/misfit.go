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
	at, value := "$", root
	for _, segment := range p.Segments {
		selectors := segment.Selectors()
		if segment.IsDescendant() || len(selectors) != 1 || value == nil {
			return nil
		}
		object, isObject := value.(map[string]any)
		list, isList := value.([]any)
		switch s := selectors[0].(type) {
		case spec.Name:
			if !isObject {
				return &Misfit{at, "object", value}
			}
			at, value = at+member(string(s)), object[string(s)]
		case spec.Index:
			if !isList {
				return &Misfit{at, "list", value}
			}
			if s < 0 || int(s) >= len(list) {
				return nil
			}
			at, value = fmt.Sprintf("%s[%d]", at, s), list[s]
		default:
			if !isList && !isObject {
				return &Misfit{at, "list", value}
			}
			return nil
		}
	}
	return nil
}

func member(name string) string {
	if MemberShorthand.MatchString(name) {
		return "." + name
	}
	return "[" + strconv.Quote(name) + "]"
}
