package kind

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"
)

// jsonPath is a compiled RFC 9535 JSONPath.
type jsonPath struct {
	text     string
	segments []*spec.Segment
	singular bool
	// costs of the filters among the selectors.
	costs map[*spec.FilterSelector]filterCost
}

// compilePath refuses kubectl's dialect with the corrected text.
func compilePath(text string) (*jsonPath, error) {
	compiled, err := jsonpath.Parse(text)
	if err == nil {
		query := compiled.Query()
		if callsRegexp(compiled.String()) {
			return nil, fmt.Errorf("%q calls match() or search(), which are not supported: write a predicate with matches, in when or in where", text)
		}
		if err := refuseRepetition(compiled.String(), query.Segments()); err != nil {
			return nil, fmt.Errorf("%q %w", text, err)
		}
		return &jsonPath{text: text, segments: query.Segments(), singular: query.Singular() != nil, costs: costsOf(query.Segments())}, nil
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

// compileSingular accepts only paths that select at most one value.
func compileSingular(text string) (*jsonPath, error) {
	p, err := compilePath(text)
	if err != nil {
		return nil, err
	}
	if !p.singular {
		return nil, fmt.Errorf("%q %w", text, errManyValues)
	}
	return p, nil
}

// node is a selected value and the last step that leads to it: the name in a
// map (spec.Name) or the index in a list (spec.Index); nil for the root.
type node struct {
	value any
	step  spec.NormalSelector
}

// nodes are what the path selects below root. Lists are in their own order;
// the members of an object, which has none, are in the order of their names,
// so that equal objects give equal results. There are none where the work is
// more than is left of the budget.
func (p *jsonPath) nodes(root any, left *budget) []node {
	if p.singular {
		if n, ok := p.one(root, left); ok {
			return []node{n}
		}
		return nil
	}
	current := []node{{value: root}}
	for _, segment := range p.segments {
		var next []node
		for _, n := range current {
			if segment.IsDescendant() {
				next = p.descend(next, segment, n.value, root, left)
			} else {
				next = append(next, p.step(segment, n.value, root, left)...)
			}
		}
		current = next
	}
	if left.isSpent() {
		return nil
	}
	return current
}

// step selects among the children of a value.
func (p *jsonPath) step(segment *spec.Segment, value, root any, left *budget) []node {
	_, isObject := value.(map[string]any)
	var nodes []node
	for _, selector := range segment.Selectors() {
		if !left.spend(p.cost(selector, value, left)) {
			return nil
		}
		nodes = append(nodes, ordered(selector.SelectLocated(value, root, nil), isObject)...)
	}
	return nodes
}

// descend selects among the children of a value, and of each of these: a child
// comes before what is in it.
func (p *jsonPath) descend(found []node, segment *spec.Segment, value, root any, left *budget) []node {
	selected := p.step(segment, value, root, left)
	slices.SortStableFunc(selected, func(a, b node) int {
		return spec.Normalized(a.step).Compare(spec.Normalized(b.step))
	})
	visit := func(step spec.NormalSelector, child any) {
		for len(selected) > 0 && selected[0].step == step {
			found, selected = append(found, selected[0]), selected[1:]
		}
		found = p.descend(found, segment, child, root, left)
	}
	switch v := value.(type) {
	case map[string]any:
		for _, name := range sortedKeys(v) {
			if !left.spend(1) {
				return nil
			}
			visit(spec.Name(name), v[name])
		}
	case []any:
		for i, child := range v {
			if !left.spend(1) {
				return nil
			}
			visit(spec.Index(i), child)
		}
	}
	return found
}

func ordered(located []*spec.LocatedNode, sort bool) []node {
	if sort {
		slices.SortStableFunc(located, func(a, b *spec.LocatedNode) int { return a.Path.Compare(b.Path) })
	}
	nodes := make([]node, len(located))
	for i, l := range located {
		nodes[i] = node{value: l.Node, step: l.Path[len(l.Path)-1]}
	}
	return nodes
}

// value is the one value that a singular path selects.
func (p *jsonPath) value(root any) (any, bool) {
	n, ok := p.one(root, nil)
	return n.value, ok
}

// one is the node that a singular path selects. Most paths are singular, and the
// library makes several objects for each of their steps.
func (p *jsonPath) one(root any, left *budget) (node, bool) {
	n := node{value: root}
	for _, segment := range p.segments {
		ok := left.spend(1)
		if ok {
			n, ok = n.child(segment.Selectors()[0])
		}
		if !ok {
			return node{}, false
		}
	}
	return n, !left.isSpent()
}

// child is what a name or an index selects in the node's value.
func (n node) child(selector spec.Selector) (node, bool) {
	switch s := selector.(type) {
	case spec.Name:
		object, _ := n.value.(map[string]any)
		value, ok := object[string(s)]
		step, _ := selector.(spec.NormalSelector) // Not made anew of s.
		return node{value: value, step: step}, ok
	case spec.Index:
		list, _ := n.value.([]any)
		i := int(s)
		if i < 0 {
			i += len(list)
		}
		if i < 0 || i >= len(list) {
			return node{}, false
		}
		return node{value: list[i], step: spec.Index(i)}, true
	}
	return node{}, false
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
