package editor

import (
	"regexp"
	"strconv"
	"strings"
)

// lineStart is where the line of an offset begins, lineEnd where the next one does.
func (m mending) lineStart(offset int) int { return strings.LastIndexByte(m.Text[:offset], '\n') + 1 }

func (m mending) lineEnd(offset int) int {
	if end := strings.IndexByte(m.Text[offset:], '\n'); end >= 0 {
		return offset + end + 1
	}
	return len(m.Text)
}

// column of an offset on its line.
func (m mending) column(offset int) int { return offset - m.lineStart(offset) }

// separator is what stands between a field and the next one.
func (m mending) separator(n *node) string {
	if n.parent.flow {
		return ", "
	}
	return "\n" + strings.Repeat(" ", m.column(n.key.Start))
}

// adding adds a field behind the last one.
func (m mending) adding(to *node, field string) Edit {
	if len(to.children) == 0 {
		return Edit{Range{to.value.End, to.value.End}, field}
	}
	last := to.children[len(to.children)-1]
	end := max(last.key.End, last.value.End)
	return Edit{Range{end, end}, m.separator(last) + field}
}

func (m mending) remove() []Fix { return m.removing(m.node) }

// removeEntry removes the subject whose name has the fault.
func (m mending) removeEntry() []Fix { return m.removing(m.node.parent) }

// removing removes a node, and what would be empty without it.
func (m mending) removing(n *node) []Fix {
	for len(n.parent.children) == 1 && n.parent.parent != nil && n.parent.parent.parent != nil {
		n = n.parent
	}
	title := "remove " + n.name
	if n.name == "" {
		title = "remove the entry"
	}
	return []Fix{{title, []Edit{{m.extent(n), ""}}}}
}

// extent is all that goes with a node.
func (m mending) extent(n *node) Range {
	r, siblings := n.whole(), n.parent.children
	at := 0
	for siblings[at] != n {
		at++
	}
	switch {
	case n.parent.flow && at+1 < len(siblings):
		return Range{r.Start, siblings[at+1].whole().Start}
	case n.parent.flow && at > 0:
		before := siblings[at-1]
		return Range{max(before.key.End, before.value.End), r.End}
	case n.parent.flow:
		return r
	case at == 0 && len(siblings) > 1 && n.parent.shape == mapping && m.column(r.Start) != m.indent(r.Start):
		return Range{r.Start, siblings[1].whole().Start} // Behind a dash.
	}
	return Range{m.lineStart(r.Start), m.lineEnd(r.End)}
}

// indent of the line of an offset.
func (m mending) indent(offset int) int {
	line := m.Text[m.lineStart(offset):]
	return len(line) - len(strings.TrimLeft(line, " "))
}

// moveToSpec moves lines to where the fields of spec are, behind the field that
// they stand in.
func (m mending) moveToSpec() []Fix {
	spec, outer := m.root.child("spec"), m.node
	if spec == nil || m.node.parent.flow || m.node.key.isEmpty() {
		return nil
	}
	for outer.parent != spec {
		if outer = outer.parent; outer == nil {
			return nil
		}
	}
	from, shift := m.extent(m.node), m.column(m.node.key.Start)-m.column(outer.key.Start)
	behind := m.lineEnd(outer.value.End)
	moved := m.Text[from.Start:from.End]
	if !strings.HasSuffix(moved, "\n") {
		moved += "\n"
	}
	less := regexp.MustCompile(`(?m)^ {` + strconv.Itoa(max(0, shift)) + `}`)
	if len(m.node.parent.children) == 1 { // Nothing would be left of what it stands in.
		from.Start = m.extent(m.node.parent).Start
	}
	return []Fix{{"indent " + m.node.name + " as " + outer.name + " is", []Edit{{from, ""}, {Range{behind, behind}, less.ReplaceAllString(moved, "")}}}}
}

// inLine replaces what a pattern finds in the line of a fault that is no YAML.
func (m mending) inLine(title, pattern string, replace func(groups []string) string) []Fix {
	r := m.fault.Range
	r.Start = m.lineStart(r.Start)
	line, found := r.in(m.Text), regexp.MustCompile(pattern)
	if !found.MatchString(line) {
		return nil
	}
	changed := found.ReplaceAllStringFunc(line, func(part string) string { return replace(found.FindStringSubmatch(part)) })
	return []Fix{{title, []Edit{{r, changed}}}}
}

// withoutTabs indents by spaces: as the line before does, or two for each tab.
func (m mending) withoutTabs() []Fix {
	var fixes []Fix
	for _, spaces := range []string{"  ", "    ", " "} {
		fixes = append(fixes, m.inLine("write spaces for tabs", `\t`, func([]string) string { return spaces })...)
	}
	if start := m.lineStart(m.fault.Range.Start); start > 0 {
		as := strings.Repeat(" ", m.indent(start-1))
		fixes = append(fixes, m.inLine("indent as the line before", `^[ \t]+`, func([]string) string { return as })...)
	}
	return fixes
}

func (m mending) singleQuotes() []Fix {
	return m.inLine("write single quotes", `"([^"']*\\[^"']*)"`, func(groups []string) string { return "'" + groups[1] + "'" })
}

func (m mending) quotePath() []Fix {
	return m.inLine("put quotes around the path", `(: *)(\$[^"'{},]*)`, func(groups []string) string {
		path := strings.TrimRight(groups[2], " ")
		for strings.Count(path, "]") > strings.Count(path, "[") { // That is of a list around it.
			path = path[:strings.LastIndexByte(path, ']')]
		}
		return groups[1] + `"` + path + `"` + groups[2][len(path):]
	})
}

func (m mending) quoteRest() []Fix {
	return m.inLine("put quotes around the text", `^( *(?:- )?\w+: +)([^"'].*)$`, func(groups []string) string { return groups[1] + strconv.Quote(groups[2]) })
}
