package editor

import (
	"strconv"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Range is a part of a text, in bytes, without its end.
type Range struct{ Start, End int }

func (r Range) isEmpty() bool           { return r.Start >= r.End }
func (r Range) touches(offset int) bool { return r.Start <= offset && offset <= r.End }
func (r Range) in(text string) string   { return text[r.Start:r.End] }

// shape is what a node is.
type shape int

const (
	nothing shape = iota
	scalar
	mapping
	sequence
)

// node is a field, an entry of a list, or the whole of a document.
type node struct {
	// pointer is the JSON Pointer.
	pointer string
	// name of the field; empty for an entry of a list.
	name string
	// key is where the name is written; empty for an entry of a list.
	key Range
	// value is where the value is written, with its quotes or braces; empty where
	// there is none yet.
	value Range
	shape shape
	// text of a scalar without its quotes.
	text string
	// flow says that a list or a mapping is in brackets or braces.
	flow     bool
	parent   *node
	children []*node
}

// add makes a child: a field where it has a name, and else the next entry.
func (n *node) add(name string, key Range) *node {
	token := name
	if n.shape == sequence {
		token = strconv.Itoa(len(n.children))
	}
	child := &node{pointer: n.pointer + "/" + syntax.EscapePointer(token), name: name, key: key, parent: n, value: Range{key.End, key.End}}
	n.children = append(n.children, child)
	return child
}

// child is the field of a name; nil where there is none.
func (n *node) child(name string) *node {
	if n == nil || n.shape != mapping {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// whole is the name and the value.
func (n *node) whole() Range {
	if n.key.isEmpty() {
		return n.value
	}
	return Range{n.key.Start, max(n.key.End, n.value.End)}
}

// deepest is the innermost node whose name or value is at an offset.
func (n *node) deepest(offset int) *node {
	for _, c := range n.children {
		if c.whole().touches(offset) {
			return c.deepest(offset)
		}
	}
	return n
}

// all visits a node and what is in it.
func (n *node) all(yield func(*node) bool) { n.visit(yield) }

func (n *node) visit(yield func(*node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, c := range n.children {
		if !c.visit(yield) {
			return false
		}
	}
	return true
}
