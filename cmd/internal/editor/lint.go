package editor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// MaxSize of a text in bytes, as much as is read of a kind-spec anywhere.
const MaxSize = 1 << 20

// Document is a kind-spec as it stands in an editor, and what lies beside it.
type Document struct {
	// File as faults name it.
	File string
	// Folder is the name of the kind's folder; empty where the file is in none.
	Folder string
	Text   string
	// Pin is the content of the pin beside it, and PinFile how faults name that;
	// nil where there is none.
	Pin     []byte
	PinFile string
	// Others are the kinds that it may hand objects on to.
	Others []*kind.Kind
}

// Editor holds what every answer needs. It is safe for concurrent use.
type Editor struct {
	language *kind.Language
	grammar  grammar
}

// New fails only when the program itself is broken.
func New() (*Editor, error) {
	language, err := kind.NewLanguage()
	if err != nil {
		return nil, err
	}
	fields, err := readGrammar()
	if err != nil {
		return nil, err
	}
	return &Editor{language, fields}, nil
}

// Finding is a fault or a warning, and where it is.
type Finding struct {
	syntax.Fault
	// Range in the text; empty for what is wrong with the pin.
	Range Range
}

// Checked is what maasctl lint says of a document.
type Checked struct {
	Document
	// Kind is nil when there are faults.
	Kind     *kind.Kind
	Pin      *contract.Pin
	Findings []Finding

	root   *node
	fields map[string][]*node
}

// Check lints a document. The error means that the program itself is broken.
func (e *Editor) Check(d Document) (Checked, error) {
	checked := Checked{Document: d, root: &node{}}
	if len(d.Text) > MaxSize {
		fault := syntax.Fault{File: d.File, Line: 1, Rule: syntax.RuleFile, Message: fmt.Sprintf("it has %d bytes, and a kind-spec may have %d", len(d.Text), MaxSize)}
		checked.Findings = []Finding{{fault, lineOf(d.Text, 1)}}
		return checked, nil
	}
	checked.root = outline(d.Text)
	k, pin, faults, err := e.lint(d)
	if err != nil {
		return checked, err
	}
	checked.Kind, checked.Pin = k, pin
	checked.fields = fieldsOf(checked.root)
	for _, fault := range faults.Sorted() {
		found := Finding{Fault: fault}
		if fault.File == d.File {
			found.Range = checked.place(fault)
		}
		checked.Findings = append(checked.Findings, found)
	}
	return checked, nil
}

// lint gives the kind where it has no faults.
func (e *Editor) lint(d Document) (*kind.Kind, *contract.Pin, syntax.Faults, error) {
	doc := syntax.Parse(d.File, []byte(d.Text))
	k, err := e.language.CompileDocument(doc, d.Folder)
	if err != nil {
		return nil, nil, nil, err
	}
	faults := doc.Faults()
	pin, pinFaults, err := readPin(d)
	if err != nil {
		return nil, nil, nil, err
	}
	faults = append(faults, pinFaults...)
	if k == nil {
		return nil, pin, faults, nil
	}
	set, missing := kind.Together([]*kind.Kind{k}, d.Others)
	faults = append(faults, missing...)
	switch {
	case pin != nil:
		faults = append(faults, contract.CheckPin(k, pin)...)
	case len(pinFaults) == 0:
		faults = append(faults, contract.CheckKnown(k)...)
	}
	faults = append(faults, k.Warnings()...)
	if linked := set.Kinds(); len(linked) == 1 {
		k = linked[0]
	}
	return k, pin, faults, nil
}

func readPin(d Document) (*contract.Pin, syntax.Faults, error) {
	if d.Pin == nil {
		return nil, nil, nil
	}
	pin, err := contract.ReadPin(d.PinFile, d.Pin)
	if faults, ok := asFaults(err); ok {
		return nil, faults, nil
	}
	return pin, nil, err
}

// fieldsOf has the nodes by the names that faults give fields: several where one is
// written twice.
func fieldsOf(root *node) map[string][]*node {
	fields, positions := map[string][]*node{}, syntax.Positions{}
	for n := range root.all {
		if n.parent != nil {
			name := positions.At(n.pointer).Field
			fields[name] = append(fields[name], n)
		}
	}
	return fields
}

// find is the node of a field, and in the line that is meant where there are
// several; nil where it is not written.
func (c Checked) find(field string, line int) *node {
	for _, n := range c.fields[field] {
		if strings.Count(c.Text[:n.whole().Start], "\n")+1 == line {
			return n
		}
	}
	if all := c.fields[field]; len(all) > 0 {
		return all[0]
	}
	return nil
}

// place is what a fault is about: the field, or where a field is missing what
// should have it; without a field, the line.
func (c Checked) place(fault syntax.Fault) Range {
	for field := fault.Field; field != ""; {
		if n := c.find(field, fault.Line); n != nil {
			return n.about(field == fault.Field && !aboutName(fault))
		}
		field = field[:max(0, strings.LastIndexAny(field, ".["))]
	}
	return lineOf(c.Text, fault.Line)
}

// about is the value where that is meant and is a text or has no name, and else
// the name.
func (n *node) about(value bool) Range {
	if n.key.isEmpty() || value && n.shape == scalar || value && n.flow {
		return n.value
	}
	return n.key
}

// aboutName says that the name of a field is wrong, and not its value.
func aboutName(fault syntax.Fault) bool {
	return slices.ContainsFunc([]string{"unknown field", "duplicate key", "nothing uses ", "required field"}, func(begin string) bool { return strings.HasPrefix(fault.Message, begin) }) ||
		strings.Contains(fault.Message, " is a field of spec")
}

// lineOf is what a line says, counted from 1.
func lineOf(text string, line int) Range {
	start := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(text[start:], '\n')
		if next < 0 {
			break
		}
		start += next + 1
	}
	end := len(text)
	if next := strings.IndexByte(text[start:], '\n'); next >= 0 {
		end = start + next
	}
	said := strings.Trim(text[start:end], " \t\r")
	start += strings.Index(text[start:end], said)
	return Range{start, start + len(said)}
}
