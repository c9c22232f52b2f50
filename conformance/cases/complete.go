package cases

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// Complete gives the content of cases.yaml with what is decided now wherever a
// case does not say yet what has to follow, and those cases. What is written is
// kept, also where it is wrong.
func (r *Reader) Complete(ctx context.Context, f *Folder, content []byte) (completed []byte, filled []Case, err error) {
	var root yaml.Node
	if err := yaml.Unmarshal(content, &root); err != nil {
		return nil, nil, fmt.Errorf("%s: reading the cases: %w", f.File(folder.CasesFile), err)
	}
	entries := valueOf(valueOf(&root, "spec"), "cases")
	if entries == nil || len(entries.Content) != len(f.Cases) {
		return nil, nil, fmt.Errorf("%s: it is not the file any more that was read: please try again", f.File(folder.CasesFile))
	}
	decided, err := f.Decide(ctx, r.machine, f.Kind)
	if err != nil {
		return nil, nil, err
	}
	ofModel := unsaid(f, decided)
	text := lines(strings.SplitAfter(string(content), "\n"))
	// From the last to the first, so that the lines of those before stay true.
	for i, c := range slices.Backward(f.Cases) {
		missing := len(c.Expect.missing()) > 0
		if missing {
			if text, err = text.expect(entries.Content[i], c, decided[i]); err != nil {
				return nil, nil, err
			}
		}
		if ofModel[i] {
			if text, err = text.model(entries.Content[i], c, decided[i]); err != nil {
				return nil, nil, err
			}
		}
		if missing || ofModel[i] {
			filled = append(filled, c)
		}
	}
	slices.Reverse(filled)
	completed = []byte(strings.Join(text, ""))
	return completed, filled, r.onlyExpects(f, content, completed)
}

// onlyExpects makes sure that nothing else was changed.
func (r *Reader) onlyExpects(f *Folder, before, after []byte) error {
	var documents [2]casesDocument
	for i, content := range [][]byte{before, after} {
		d, written, err := r.decodeCases(f.File(folder.CasesFile), content)
		if err != nil {
			return err
		}
		if faults := d.Faults(); len(faults) > 0 {
			return fmt.Errorf("nothing is written: the file would not be right any more:\n%w", faults)
		}
		for j := range written.Spec.Cases {
			written.Spec.Cases[j].Expect, written.Spec.Cases[j].Model = nil, nil
		}
		documents[i] = written
	}
	if !reflect.DeepEqual(documents[0], documents[1]) {
		return fmt.Errorf("%s: nothing is written: more than expectations would be changed", f.File(folder.CasesFile))
	}
	return nil
}

// lines of a file, each with its end of line.
type lines []string

// expect writes what is missing into the expect of a case.
func (l lines) expect(entry *yaml.Node, c Case, decided evaluation.Decision) (lines, error) {
	whole := c.Expect.completed(decided)
	key, value := memberOf(entry, "expect")
	switch {
	case entry.Style&yaml.FlowStyle != 0:
		last := l.endOf(entry) - 1
		before, closed := strings.CutSuffix(strings.TrimRight(l[last], " \t\r\n"), "}")
		if key != nil || !closed {
			return nil, fmt.Errorf("%s: the case is in braces: write it in lines, so that its expect can be written", c.Position)
		}
		out := slices.Clone(l)
		out[last] = strings.TrimRight(before, " \t") + ", expect: " + whole.String() + "}\n"
		return out, nil
	case key == nil:
		return l.insert(l.endOf(entry), entry.Column, "expect: "+whole.String()), nil
	case value.Kind == yaml.MappingNode && value.Style&yaml.FlowStyle == 0:
		return l.insert(l.endOf(value), value.Column, whole.fields(c.Expect.missing())...), nil
	}
	at := key.Line - 1
	before, written, _ := strings.Cut(l[at], "expect:")
	rest, ok := behind(written)
	if !ok {
		return nil, fmt.Errorf("%s: its expect is not on one line: write it on one, so that it can be completed", c.Position)
	}
	out := slices.Clone(l)
	out[at] = before + "expect: " + whole.String() + rest
	return out, nil
}

// model writes what is known of the model behind a case.
func (l lines) model(entry *yaml.Node, c Case, decided evaluation.Decision) (lines, error) {
	if entry.Style&yaml.FlowStyle != 0 {
		return nil, fmt.Errorf("%s: the case is in braces: write it in lines, so that what is known of its model can be written", c.Position)
	}
	return l.insert(l.endOf(entry), entry.Column, "model: "+modelText(decided.Model)), nil
}

// behind is what follows a value on its line: a comment, and the end of it.
func behind(written string) (rest string, ok bool) {
	value := strings.TrimLeft(written, " \t")
	if !strings.HasPrefix(value, "{") {
		rest = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(value, "null"), "~"), " \t")
		if strings.HasPrefix(rest, "#") {
			return " " + rest, true
		}
		return rest, strings.TrimSpace(rest) == ""
	}
	quote := rune(0)
	for i, r := range value {
		switch {
		case quote != 0 && r == quote && (quote != '"' || value[i-1] != '\\'):
			quote = 0
		case quote != 0:
		case r == '"' || r == '\'':
			quote = r
		case r == '}':
			return value[i+1:], true
		}
	}
	return "", false
}

// endOf is the number of lines up to the end of a block: what is indented as far
// as it is belongs to it.
func (l lines) endOf(block *yaml.Node) int {
	end := block.Line
	for i := block.Line; i < len(l); i++ {
		text := strings.TrimRight(l[i], " \t\r\n")
		indented := len(text) - len(strings.TrimLeft(text, " "))
		switch {
		case text == "":
		case indented >= block.Column-1:
			end = i + 1
		case !strings.HasPrefix(strings.TrimLeft(text, " "), "#"):
			return end
		}
	}
	return end
}

// insert puts lines before a line, indented to a column.
func (l lines) insert(at, column int, added ...string) lines {
	out := slices.Clone(l[:at])
	if last := out[at-1]; !strings.HasSuffix(last, "\n") {
		out[at-1] = last + "\n"
	}
	for _, line := range added {
		out = append(out, strings.Repeat(" ", column-1)+line+"\n")
	}
	return append(out, l[at:]...)
}

func valueOf(node *yaml.Node, name string) *yaml.Node {
	_, value := memberOf(node, name)
	return value
}

func memberOf(node *yaml.Node, name string) (key, value *yaml.Node) {
	if node == nil {
		return nil, nil
	}
	if node.Kind == yaml.DocumentNode {
		node = node.Content[0]
	}
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i], node.Content[i+1]
		}
	}
	return nil, nil
}
