package editor

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Completion is something that may be written at a place.
type Completion struct {
	// Label is what is shown, and New what is put in the place of Range.
	Label, New string
	Range      Range
	// Detail is its type, or where it is from; Meaning is what the reference says.
	Detail, Meaning string
	IsField         bool
}

// cursor is written where the cursor is, so that there is something to find, as
// there will be when somebody has typed it.
const cursor = "cursorIsHere"

// Complete gives what may be written at an offset.
func (e *Editor) Complete(c Checked, offset int) []Completion {
	if len(c.Text) > MaxSize || offset > len(c.Text) {
		return nil
	}
	text := c.Text[:offset] + cursor + c.Text[offset:]
	root := outline(text)
	n := root.deepest(offset + 1)
	t := typing{e, c, scope{root}, n, text, offset}
	switch {
	case strings.Contains(n.key.in(text), cursor):
		return t.fields(n.parent, n.key)
	case n.shape != scalar || !strings.Contains(n.value.in(text), cursor):
		return nil
	}
	if of, ok := e.grammar.at(n.pointer); ok && of.properties() != nil && !n.flow && (of.of["type"] == "object") {
		return t.fields(n, n.value)
	}
	return t.values()
}

// typing is a place where somebody types.
type typing struct {
	editor  *Editor
	checked Checked
	scope   scope
	node    *node
	// text is with the cursor in it, which is at offset.
	text   string
	offset int
}

// before is the part of a range that is before the cursor, and the whole of it in
// the text without the cursor.
func (t typing) before(r Range) (string, Range) {
	return t.text[r.Start:t.offset], Range{r.Start, r.End - len(cursor)}
}

// fields are those that a mapping may have and does not.
func (t typing) fields(of *node, at Range) []Completion {
	known, ok := t.editor.grammar.at(of.pointer)
	if !ok {
		return nil
	}
	_, place := t.before(at)
	required, _ := known.of["required"].([]any)
	var all []Completion
	for _, name := range slices.Sorted(maps.Keys(known.properties())) {
		if of.child(name) != nil {
			continue
		}
		next, _ := t.editor.grammar.at(of.pointer + "/" + syntax.EscapePointer(name))
		add := Completion{Label: name, New: name + ": ", Range: place, Detail: next.typeName(), Meaning: next.description(), IsField: true}
		if t.checked.Text[place.End:] != "" && strings.HasPrefix(strings.TrimLeft(t.checked.Text[place.End:], " "), ":") {
			add.New = name
		}
		if slices.Contains(required, any(name)) {
			add.Detail += ", required"
		}
		all = append(all, add)
	}
	slices.SortStableFunc(all, func(a, b Completion) int { return rank(a) - rank(b) })
	return all
}

// rank puts what has to be there before the rest.
func rank(c Completion) int {
	if strings.HasSuffix(c.Detail, ", required") {
		return 0
	}
	return 1
}

// values are the texts that may stand in a node.
func (t typing) values() []Completion {
	n, inner := t.node, t.node.value
	if quote := t.text[inner.Start]; quote == '"' || quote == '\'' {
		inner.Start++
		if inner.End > inner.Start+1 && t.text[inner.End-1] == quote {
			inner.End--
		}
	}
	typed, place := t.before(inner)
	if isTemplate(n) {
		open := strings.LastIndexByte(typed, '{')
		if open < 0 || strings.Contains(typed[open:], "}") {
			return nil
		}
		place = Range{place.Start + open + 1, t.offset}
		return listed(t.scope.valueNames(), place, "value")
	}
	switch namesIn(n) {
	case ofSubject:
		return listed(t.scope.subjectNames(n), place, "subject")
	case ofValue:
		return listed(t.scope.valueNames(), place, "value")
	case ofKind:
		var names []string
		for _, k := range t.checked.Others {
			names = append(names, k.Name())
		}
		return listed(names, place, "kind")
	}
	if strings.HasPrefix(typed, "$") || isPath(n) {
		return t.paths(typed, place)
	}
	if n.name == "condition" {
		return listed(t.conditions(), place, "condition type")
	}
	if of, ok := t.editor.grammar.at(n.pointer); ok {
		return listed(of.words(), t.withQuotes(place), of.typeName())
	}
	return nil
}

// withQuotes is a place and the quotes around it: words bring their own.
func (t typing) withQuotes(place Range) Range {
	if t.node.value.Start < place.Start {
		place.Start--
		if end := t.node.value.End - len(cursor); end > place.End {
			place.End = end
		}
	}
	return place
}

// isPath says that a path has to be in a node.
func isPath(n *node) bool { return slices.Contains([]string{"path", "each", "all"}, n.name) }

func listed(words []string, at Range, detail string) []Completion {
	var all []Completion
	for _, word := range words {
		all = append(all, Completion{Label: word, New: word, Range: at, Detail: detail})
	}
	return all
}

// conditionName is a condition that is written somewhere in the text.
var conditionName = regexp.MustCompile(`\bcondition: *"?([A-Za-z][A-Za-z0-9./-]*)`)

// conditions are the types of conditions that the text names, and the one that
// most types have.
func (t typing) conditions() []string {
	seen := map[string]bool{"Ready": true}
	for _, match := range conditionName.FindAllStringSubmatch(t.checked.Text, -1) {
		seen[match[1]] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
