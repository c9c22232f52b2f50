package editor

import (
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// scope is what names stand for in a kind-spec, as far as it is written.
type scope struct{ root *node }

// subjects are the entries of spec.subjects that have a name, up to one, which may
// be empty for all.
func (s scope) subjects(upTo *node) []*node {
	list := s.root.child("spec").child("subjects")
	if list == nil || list.shape != sequence {
		return nil
	}
	var all []*node
	for _, entry := range list.children {
		if entry == upTo {
			break
		}
		if as := entry.child("as"); as != nil && as.text != "" {
			all = append(all, entry)
		}
	}
	return all
}

// subject is the entry of a name; nil where there is none.
func (s scope) subject(name string) *node {
	for _, entry := range s.subjects(nil) {
		if entry.child("as").text == name {
			return entry
		}
	}
	return nil
}

// around is the subject that a node is in; nil where it is in none.
func (s scope) around(n *node) *node {
	for ; n != nil && n.parent != nil; n = n.parent {
		if n.parent == s.root.child("spec").child("subjects") {
			return n
		}
	}
	return nil
}

// values are the fields of spec.values and spec.parameters.
func (s scope) values() []*node {
	var all []*node
	for _, list := range []string{"values", "parameters"} {
		if n := s.root.child("spec").child(list); n != nil && n.shape == mapping {
			all = append(all, n.children...)
		}
	}
	return all
}

// names says what kind of name a text is.
type names int

const (
	noName names = iota
	ofSubject
	ofValue
	ofKind
)

// kindAt is where one kind hands on to another.
var kindAt = regexp.MustCompile(`^/spec/(health|endpoint)/\d+/kind$`)

// namesIn says which names may stand in a node.
func namesIn(n *node) names {
	within := n.pointer[:strings.LastIndexByte(n.pointer, '/')]
	switch {
	case slices.Contains([]string{"of", "with", "only"}, n.name):
		return ofSubject
	case n.name == "value" && !strings.HasPrefix(n.pointer, "/spec/values/value"), strings.HasSuffix(within, "/absent"):
		return ofValue
	case kindAt.MatchString(n.pointer):
		return ofKind
	}
	return noName
}

// subjectNames are those that a node may look at: of a subject, those before it.
func (s scope) subjectNames(n *node) []string {
	names := []string{v1alpha1.ReferentName}
	for _, entry := range s.subjects(s.around(n)) {
		names = append(names, entry.child("as").text)
	}
	return names
}

func (s scope) valueNames() []string {
	var names []string
	for _, n := range s.values() {
		names = append(names, n.name)
	}
	return append(names, kind.BuiltInValues()...)
}

// placeholder is a name in a template, also one that has no end yet.
var placeholder = regexp.MustCompile(`\{([A-Za-z0-9]*)\}?`)

// isTemplate says that names of values stand in braces in a node.
func isTemplate(n *node) bool {
	return n.shape == scalar && (n.name == "template" || regexp.MustCompile(`^/spec/subjects/\d+/object/(labels|fields)/`).MatchString(n.pointer))
}

// Definition is where what is named at an offset is declared.
func (c Checked) Definition(offset int) (Range, bool) {
	n, s := c.root.deepest(offset), scope{c.root}
	if n.shape != scalar || !n.value.touches(offset) {
		return Range{}, false
	}
	switch {
	case isTemplate(n):
		for _, at := range placeholder.FindAllStringSubmatchIndex(n.value.in(c.Text), -1) {
			if (Range{n.value.Start + at[0], n.value.Start + at[1]}).touches(offset) {
				return s.value(n.value.in(c.Text)[at[2]:at[3]])
			}
		}
	case namesIn(n) == ofSubject:
		if n.text == v1alpha1.ReferentName {
			referent := c.root.child("spec").child("referent")
			return keyOf(referent), referent != nil
		}
		if entry := s.subject(n.text); entry != nil {
			return entry.child("as").value, true
		}
	case namesIn(n) == ofValue:
		return s.value(n.text)
	}
	return Range{}, false
}

func (s scope) value(name string) (Range, bool) {
	for _, n := range s.values() {
		if n.name == name {
			return n.key, true
		}
	}
	return Range{}, false
}

func keyOf(n *node) Range {
	if n == nil {
		return Range{}
	}
	return n.key
}
