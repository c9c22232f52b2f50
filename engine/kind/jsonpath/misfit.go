package jsonpath

import (
	"fmt"
	"strconv"

	"github.com/theory/jsonpath/spec"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Misfit says what on the way of a path is no object or no list where it goes on,
// such as a status that is a text. "" where nothing is, and beyond the first step
// that selects several values.
func (p *Path) Misfit(root any) string {
	at, value := "$", root
	for _, segment := range p.Segments {
		selectors := segment.Selectors()
		if segment.IsDescendant() || len(selectors) != 1 || value == nil {
			return ""
		}
		object, isObject := value.(map[string]any)
		list, isList := value.([]any)
		switch s := selectors[0].(type) {
		case spec.Name:
			if !isObject {
				return NotA("object", at, value)
			}
			at, value = at+member(string(s)), object[string(s)]
		case spec.Index:
			if !isList {
				return NotA("list", at, value)
			}
			if s < 0 || int(s) >= len(list) {
				return ""
			}
			at, value = fmt.Sprintf("%s[%d]", at, s), list[s]
		default:
			if !isList && !isObject {
				return NotA("list", at, value)
			}
			return ""
		}
	}
	return ""
}

func member(name string) string {
	if MemberShorthand.MatchString(name) {
		return "." + name
	}
	return "[" + strconv.Quote(name) + "]"
}

// NotA says that what is at a place is of another type than the one that is expected there.
func NotA(expected, at string, value any) string {
	return fmt.Sprintf("%s is %s, and %s is expected", at, article(syntax.TypeName(value)), article(expected))
}

func article(noun string) string {
	if noun == "object" {
		return "an " + noun
	}
	return "a " + noun
}
