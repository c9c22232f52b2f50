package editor

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Edit puts a text in the place of a range.
type Edit struct {
	Range
	New string
}

// Fix is what mends a fault. Its edits do not overlap, and are in order.
type Fix struct {
	Title string
	Edits []Edit
}

// Apply gives the text with the edits made.
func (f Fix) Apply(text string) string {
	for _, e := range slices.Backward(f.Edits) {
		text = text[:e.Start] + e.New + text[e.End:]
	}
	return text
}

// mending is a fault that is to be mended.
type mending struct {
	Checked
	fault Finding
	// node of the fault; nil where the text is no YAML.
	node *node
	// match are the groups of the advice.
	match []string
}

// advice is a way in which faults say what to write, and the fixes that follow.
type advice struct {
	says  *regexp.Regexp
	fixes func(mending) []Fix
}

// advices are tried in order; the first that a fault says counts.
func advices() []advice {
	says := regexp.MustCompile
	return []advice{
		{says(`^unknown field, did you mean (\S+)\?$`), mending.renameField},
		{says(`^unknown field: .* write (value) in its place$`), mending.renameField},
		{says(`^(\S+) is a field of spec.*: indent it as \S+ is$`), mending.moveToSpec},
		{says(`has no field (\S+) in .*, did you mean (\S+)\?$`), mending.renameInPath},
		{says(`did you mean (kind|group|versions): (\S+)\?$`), mending.replaceField},
		{says(`: write (group|versions): (.+)$`), mending.replaceField},
		{says(`^no value is called "(.*)", did you mean (\S+)\?$`), mending.renameValue},
		{says(`did you mean "?([^"]+?)"?\?$`), mending.replaceText},
		{says(`write (each|all): (.+), and in where \[(.+)\]$`), mending.chooseByWhere},
		{says(`write (condition: .+) instead of path$`), mending.replacePath},
		{says(`(?:by their type|several values): write (\{.+\})$`), mending.replaceStatement},
		{says(`write (match: Any) or (match: All)$`), mending.addField},
		{says(`write "True", "False" or "Unknown" in quotes`), mending.quoteStatus},
		{says(`: write it without quotes$`), mending.unquote},
		{says(`: write it in quotes$`), mending.quote},
		{says(`: write ([\[{].*[\]}])$`), mending.replaceValue},
		{says(`write (\S+) (?:or rename the folder|in both places, or .*)$`), mending.replaceText},
		{says(`(?:^nothing looks at )\S+, remove it$`), mending.removeEntry},
		{says(`(?:remove it|leave it out|is the same source as \[\d+\], remove one|, remove the (?:source|alias)|, remove name)$`), mending.remove},
		{says(`^leave generation out`), mending.remove},
		{says(`write ([A-Za-z][A-Za-z0-9./]*)$`), mending.replaceText},
		{says(`write spaces in its place$`), mending.withoutTabs},
		{says(`write single quotes around`), mending.singleQuotes},
		{says(`put quotes around a path`), mending.quotePath},
		{says(`put quotes around a text`), mending.quoteRest},
	}
}

// aboutPin is what faults against a pin say at their end.
var aboutPin = regexp.MustCompile(`(?:; w| W)here the backend has it all the same, .*$`)

// Fixes are what mends a fault, the most likely first. Each was tried: with it the
// fault is gone.
func (e *Editor) Fixes(c Checked, f Finding) ([]Fix, error) {
	m := mending{Checked: c, fault: f, node: c.find(f.Field, f.Line)}
	said := aboutPin.ReplaceAllString(f.Message, "")
	var mended []Fix
	for _, a := range advices() {
		if m.match = a.says.FindStringSubmatch(said); m.match == nil {
			continue
		}
		if m.node == nil && f.Field != "" {
			break
		}
		for _, fix := range a.fixes(m) {
			ok, err := e.mends(m, fix)
			if err != nil {
				return nil, err
			}
			if ok {
				mended = append(mended, fix)
			}
		}
		break
	}
	return mended, nil
}

// mends says whether a fault is gone with a fix. Others may show only then.
func (e *Editor) mends(m mending, fix Fix) (bool, error) {
	slices.SortStableFunc(fix.Edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
	d := m.Document
	d.Text = fix.Apply(d.Text)
	after, err := e.Check(d)
	if err != nil {
		return false, err
	}
	isYAML := func(f Finding) bool { return strings.HasPrefix(f.Message, "not valid YAML") }
	same := func(f Finding) bool { return f.Field == m.fault.Field && f.Message == m.fault.Message && !m.moved(f) }
	return !slices.ContainsFunc(after.Findings, same) && (isYAML(m.fault) || !slices.ContainsFunc(after.Findings, isYAML)), nil
}

// moved says that a fault like the one that is mended is of what stood behind it
// in a list, and is in its place now.
func (m mending) moved(f Finding) bool {
	alike := func(all []Finding) int {
		count := 0
		for _, other := range all {
			if other.Message == f.Message {
				count++
			}
		}
		return count
	}
	return alike(m.Findings) > 1 && strings.Contains(f.Field, "[")
}

func write(title string, edits ...Edit) []Fix { return []Fix{{"write " + title, edits}} }

func (m mending) renameField() []Fix { return write(m.match[1], Edit{m.node.key, m.match[1]}) }

// replaceText puts a word in the place of a text, in quotes where that was.
func (m mending) replaceText() []Fix {
	if m.node.shape != scalar {
		return nil
	}
	return write(m.match[1], Edit{m.node.value, m.like(m.match[1])})
}

// like is a text in the quotes that the node has, and in some where it needs them.
func (m mending) like(text string) string {
	switch written := m.node.value.in(m.Text); {
	case strings.HasPrefix(written, `'`):
		return `'` + strings.ReplaceAll(text, `'`, `''`) + `'`
	case strings.HasPrefix(written, `"`):
		return syntax.Quote(text)
	}
	return syntax.Flow(text)
}

func (m mending) replaceValue() []Fix { return write(m.match[1], Edit{m.node.value, m.match[1]}) }

// replaceField replaces the value of a field of what has the fault.
func (m mending) replaceField() []Fix {
	child := m.node.child(m.match[1])
	if child == nil {
		return nil
	}
	return write(m.match[1]+": "+m.match[2], Edit{child.value, m.match[2]})
}

// renameInPath replaces a name in a path, wherever in it that is.
func (m mending) renameInPath() []Fix {
	var fixes []Fix
	written := m.node.whole().in(m.Text)
	for at := 0; ; {
		found := strings.Index(written[at:], m.match[1])
		if found < 0 {
			return fixes
		}
		at += found
		start := m.node.whole().Start + at
		fixes = append(fixes, write(m.match[2], Edit{Range{start, start + len(m.match[1])}, m.match[2]})...)
		at += len(m.match[1])
	}
}

// renameValue replaces the name of a value, also in a template.
func (m mending) renameValue() []Fix {
	written := m.node.value.in(m.Text)
	if at := strings.Index(written, "{"+m.match[1]+"}"); at >= 0 {
		start := m.node.value.Start + at + 1
		return write("{"+m.match[2]+"}", Edit{Range{start, start + len(m.match[1])}, m.match[2]})
	}
	m.match = m.match[1:]
	return m.replaceText()
}

func (m mending) replacePath() []Fix {
	return write(m.match[1], Edit{m.node.whole(), m.match[1]})
}

// replaceStatement replaces the whole predicate that a path is in.
func (m mending) replaceStatement() []Fix {
	n := m.node
	if n.shape == scalar {
		n = n.parent
	}
	return write(m.match[1], Edit{n.value, m.match[1]})
}

// addField adds one of two fields.
func (m mending) addField() []Fix {
	n := m.node
	if n.shape == scalar {
		n = n.parent
	}
	return append(write(m.match[1], m.adding(n, m.match[1])), write(m.match[2], m.adding(n, m.match[2]))...)
}

// chooseByWhere takes a filter out of the path of a subject.
func (m mending) chooseByWhere() []Fix {
	list := m.match[1] + ": " + m.match[2]
	edits := []Edit{{m.node.whole(), list}}
	if where := m.node.parent.child("where"); where != nil && len(where.children) > 0 {
		if !where.flow {
			return nil
		}
		edits = append(edits, Edit{Range{where.value.Start + 1, where.value.Start + 1}, m.match[3] + ", "})
	} else {
		edits[0].New += m.separator(m.node) + "where: [" + m.match[3] + "]"
	}
	return write(list, edits...)
}

func (m mending) quoteStatus() []Fix {
	word := strings.ToLower(m.node.value.in(m.Text))
	if word == "" {
		return nil
	}
	quoted := `"` + strings.ToUpper(word[:1]) + word[1:] + `"`
	return write(quoted, Edit{m.node.value, quoted})
}

func (m mending) unquote() []Fix { return write(m.node.text, Edit{m.node.value, m.node.text}) }

func (m mending) quote() []Fix {
	quoted := syntax.Quote(m.node.text)
	return write(quoted, Edit{m.node.value, quoted})
}
