package kind

import (
	"fmt"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// misfitIn says what on the way of a path is no object or no list; "" where
// nothing is.
func misfitIn(root any, path *jsonpath.Path) string {
	if m := path.Misfit(root); m != nil {
		return notA(m.Want, m.At, m.Value)
	}
	return ""
}

// notA says that what is at a place is of another type than the one that is
// expected there.
func notA(expected, at string, value any) string {
	return fmt.Sprintf("%s is %s, and %s is expected", at, article(syntax.TypeName(value)), article(expected))
}

func article(noun string) string {
	if noun == "object" {
		return "an " + noun
	}
	return "a " + noun
}

// after puts a colon before what there is to say more.
func after(note string) string {
	if note == "" {
		return ""
	}
	return ": " + note
}
