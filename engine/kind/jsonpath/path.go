package jsonpath

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
)

// Path is a compiled RFC 9535 JSONPath.
type Path struct {
	Text      string
	Segments  []*spec.Segment
	Singular  bool
	canonical string
	// costs of the filters among the selectors.
	costs map[*spec.FilterSelector]filterCost
}

// Compile refuses kubectl's dialect with the corrected text.
func Compile(text string) (*Path, error) {
	compiled, err := jsonpath.Parse(text)
	if err == nil {
		query, canonical := compiled.Query(), compiled.String()
		if callsRegexp(canonical) {
			return nil, fmt.Errorf("%q calls match() or search(), which are not supported: write a predicate with matches, in when or in where", text)
		}
		if err := refuseRepetition(canonical, query.Segments()); err != nil {
			return nil, fmt.Errorf("%q %w", text, err)
		}
		return &Path{Text: text, canonical: canonical, Segments: query.Segments(), Singular: query.Singular() != nil, costs: costsOf(query.Segments())}, nil
	}
	if corrected := fromKubectl(text); corrected != text {
		if _, again := jsonpath.Parse(corrected); again == nil {
			return nil, fmt.Errorf("%q is not an RFC 9535 path, write %s", text, corrected)
		}
	}
	return nil, fmt.Errorf("%q is not an RFC 9535 path such as $.status.url: %s", text,
		strings.TrimPrefix(err.Error(), "jsonpath: "))
}

var errManyValues = errors.New("may select several values, and one is needed: write an index such as [0] instead of a filter, slice or wildcard")

// String is the path in its canonical form: bracketed names, in double quotes.
func (p *Path) String() string { return p.canonical }

// CompileSingular accepts only paths that select at most one value.
func CompileSingular(text string) (*Path, error) {
	p, err := Compile(text)
	if err != nil {
		return nil, err
	}
	if !p.Singular {
		return nil, fmt.Errorf("%q %w", text, errManyValues)
	}
	return p, nil
}

// Node is a selected value and the last step that leads to it: the name in a
// map (spec.Name) or the index in a list (spec.Index); nil for the root.
type Node struct {
	Value any
	Step  spec.NormalSelector
}

// Nodes are what the path selects below root. Lists are in their own order;
// the members of an object, which has none, are in the order of their names,
// so that equal objects give equal results. There are none where the work is
// more than is left of the budget.
func (p *Path) Nodes(root any, left *Budget) []Node {
	if p.Singular {
		if n, ok := p.One(root, left); ok {
			return []Node{n}
		}
		return nil
	}
	start, rest, ok := p.toFirstChoice(root, left)
	if !ok {
		return nil
	}
	current := []Node{start}
	for _, segment := range rest {
		if isStep(segment) {
			current = stepped(current, segment.Selectors()[0], left)
			continue
		}
		var next []Node
		for _, n := range current {
			if segment.IsDescendant() {
				next = p.descend(next, segment, n.Value, root, left)
			} else {
				next = append(next, p.step(segment, n.Value, root, left)...)
			}
		}
		current = next
	}
	if left.IsSpent() {
		return nil
	}
	return current
}

// toFirstChoice goes down the names and indices that a path begins with, to what
// the segments that are left choose in. Most paths end before that, at a field
// that an object does not have.
func (p *Path) toFirstChoice(root any, left *Budget) (n Node, rest []*spec.Segment, ok bool) {
	n = Node{Value: root}
	for i, segment := range p.Segments {
		if !isStep(segment) {
			return n, p.Segments[i:], true
		}
		if !left.Spend(1) {
			return Node{}, nil, false
		}
		if n, ok = n.child(segment.Selectors()[0]); !ok {
			return Node{}, nil, false
		}
	}
	return n, nil, true
}

// stepped are the children of that name or index, in the place of the nodes.
func stepped(nodes []Node, selector spec.Selector, left *Budget) []Node {
	there := nodes[:0]
	for _, n := range nodes {
		if !left.Spend(1) {
			return nil
		}
		if child, ok := n.child(selector); ok {
			there = append(there, child)
		}
	}
	return there
}

// step selects among the children of a value.
func (p *Path) step(segment *spec.Segment, value, root any, left *Budget) []Node {
	_, isObject := value.(map[string]any)
	var nodes []Node
	for _, selector := range segment.Selectors() {
		if !left.Spend(p.cost(selector, value, left)) {
			return nil
		}
		if _, all := selector.(spec.WildcardSelector); all && !isObject {
			list, _ := value.([]any)
			for i, child := range list {
				nodes = append(nodes, Node{Value: child, Step: spec.Index(i)})
			}
			continue
		}
		nodes = append(nodes, ordered(selector.SelectLocated(value, root, nil), isObject)...)
	}
	return nodes
}

// descend selects among the children of a value, and of each of these: a child
// comes before what is in it.
func (p *Path) descend(found []Node, segment *spec.Segment, value, root any, left *Budget) []Node {
	selected := p.step(segment, value, root, left)
	slices.SortStableFunc(selected, func(a, b Node) int {
		return spec.Normalized(a.Step).Compare(spec.Normalized(b.Step))
	})
	visit := func(step spec.NormalSelector, child any) {
		for len(selected) > 0 && selected[0].Step == step {
			found, selected = append(found, selected[0]), selected[1:]
		}
		found = p.descend(found, segment, child, root, left)
	}
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if !left.Spend(1) {
				return nil
			}
			visit(spec.Name(name), v[name])
		}
	case []any:
		for i, child := range v {
			if !left.Spend(1) {
				return nil
			}
			visit(spec.Index(i), child)
		}
	}
	return found
}

func ordered(located []*spec.LocatedNode, sort bool) []Node {
	if sort {
		slices.SortStableFunc(located, func(a, b *spec.LocatedNode) int { return a.Path.Compare(b.Path) })
	}
	nodes := make([]Node, len(located))
	for i, l := range located {
		nodes[i] = Node{Value: l.Node, Step: l.Path[len(l.Path)-1]}
	}
	return nodes
}

// Value is the one value that a singular path selects.
func (p *Path) Value(root any) (any, bool) {
	n, ok := p.One(root, nil)
	return n.Value, ok
}

// One is the node that a singular path selects. Most paths are singular, and the
// library makes several objects for each of their steps.
func (p *Path) One(root any, left *Budget) (Node, bool) {
	n, _, ok := p.toFirstChoice(root, left)
	return n, ok && !left.IsSpent()
}

// child is what a name or an index selects in the node's value.
func (n Node) child(selector spec.Selector) (Node, bool) {
	switch s := selector.(type) {
	case spec.Name:
		object, _ := n.Value.(map[string]any)
		value, ok := object[string(s)]
		step, _ := selector.(spec.NormalSelector) // Not made anew of s.
		return Node{Value: value, Step: step}, ok
	case spec.Index:
		list, _ := n.Value.([]any)
		i := int(s)
		if i < 0 {
			i += len(list)
		}
		if i < 0 || i >= len(list) {
			return Node{}, false
		}
		return Node{Value: list[i], Step: spec.Index(i)}, true
	}
	return Node{}, false
}

// memberName is a member name in dot notation, with kubectl's escaped dots and
// with characters that RFC 9535 wants quoted; or a quoted string, to be left alone.
var memberName = regexp.MustCompile(`"[^"]*"|'[^']*'|\.((?:[A-Za-z0-9_/-]|\\\.)+)`)

// fromKubectl rewrites {.status.url}, .status.url and status.url as $.status.url.
func fromKubectl(text string) string {
	t := strings.TrimSpace(text)
	if strings.HasPrefix(t, "{") && strings.HasSuffix(t, "}") {
		t = strings.TrimSpace(t[1 : len(t)-1])
	}
	switch {
	case strings.HasPrefix(t, "$"):
	case strings.HasPrefix(t, ".") || strings.HasPrefix(t, "["):
		t = "$" + t
	default:
		t = "$." + t
	}
	return memberName.ReplaceAllStringFunc(t, func(name string) string {
		if name[0] != '.' || !strings.ContainsAny(name, `\/-`) {
			return name
		}
		return `["` + strings.ReplaceAll(name[1:], `\.`, ".") + `"]`
	})
}
