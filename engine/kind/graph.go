package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Graph is how a kind reads its backend: objects lead to values and further
// objects, and all of them to verdicts and endpoints.
type Graph struct {
	// Kind is the name of the kind.
	Kind  string      `json:"kind"`
	Nodes []GraphNode `json:"nodes"`
	Edges []GraphEdge `json:"edges"`
}

// NodeSort says what a node of a graph is.
type NodeSort string

// The sorts of nodes.
const (
	NodeObject   NodeSort = "Object"
	NodeValue    NodeSort = "Value"
	NodeHealth   NodeSort = "Health"
	NodeEndpoint NodeSort = "Endpoint"
)

// GraphNode is a part of a kind-spec.
type GraphNode struct {
	// Name is unique in the graph, for example "health[0]".
	Name string   `json:"name"`
	Sort NodeSort `json:"sort"`
	// Text is for people, and may have several lines.
	Text string `json:"text"`
}

// GraphEdge says that one part needs another: To looks at From.
type GraphEdge struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// drawing collects a graph.
type drawing struct {
	k     *Kind
	graph Graph
}

// Graph is in the order in which the kind-spec is read.
func (k *Kind) Graph() Graph {
	d := drawing{k: k, graph: Graph{Kind: k.name, Nodes: []GraphNode{}, Edges: []GraphEdge{}}}
	if k.noReferent == "" {
		d.node(objectNode(""), NodeObject, fmt.Sprintf("%s\n%s", k.referent.Kind, cmp.Or(k.referent.Group, "core")))
	}
	for _, step := range k.order {
		if step.value != "" {
			d.value(k.values[step.value])
		} else {
			d.related(k.related[step.related])
		}
	}
	for i, r := range k.health {
		name := fmt.Sprintf("health[%d]", i)
		verdict := string(r.is)
		if r.onDemand {
			verdict = isServable
		}
		d.node(name, NodeHealth, fmt.Sprintf("%s: %s\n%s", name, verdict, strings.Join(tests(r.when), "\n")))
		d.predicates(r.when, name)
		d.values(name, r.because, k.spec.Health[i].When)
	}
	for i, c := range k.endpoint {
		name := fmt.Sprintf("endpoint[%d]", i)
		d.node(name, NodeEndpoint, strings.Join(append([]string{name + ": " + c.text}, tests(c.when)...), "\n"))
		d.place(c.place, name)
		d.values(name, "", k.spec.Endpoint[i].When, k.spec.Endpoint[i].Where)
	}
	return d.graph
}

func objectNode(role string) string {
	if role == "" {
		return "referent"
	}
	return relatedKey(role)
}

func (d *drawing) node(name string, sort NodeSort, text string) {
	d.graph.Nodes = append(d.graph.Nodes, GraphNode{name, sort, text})
}

// edge leaves out what was not read as an object or a value of the kind-spec's.
func (d *drawing) edge(from, to string) {
	e := GraphEdge{from, to}
	known := slices.ContainsFunc(d.graph.Nodes, func(n GraphNode) bool { return n.Name == from })
	if known && !slices.Contains(d.graph.Edges, e) {
		d.graph.Edges = append(d.graph.Edges, e)
	}
}

func (d *drawing) related(r related) {
	name := objectNode(r.as)
	d.node(name, NodeObject, fmt.Sprintf("%s %s\n%s", r.referent.Kind, r.as, r.wanted()))
	d.template(r.name, name)
	d.template(r.namespace, name)
	for _, key := range sortedKeys(r.labels) {
		d.template(r.labels[key], name)
	}
}

func (d *drawing) value(v namedValue) {
	name := valueKey(v.name)
	texts := []string{v.name}
	for _, p := range v.places {
		texts = append(texts, p.text)
	}
	d.node(name, NodeValue, strings.Join(texts, "\n"))
	for i, p := range v.places {
		d.place(p, name)
		d.values(name, "", d.k.spec.Values[v.name][i].When, d.k.spec.Values[v.name][i].Where)
	}
}

func (d *drawing) place(p place, to string) {
	d.template(p.template, to)
	if p.path != nil {
		d.subject(p.subject, to)
	}
	d.predicates(p.when, to)
}

// template: the name and the namespace of the referent are the referent's.
func (d *drawing) template(t *template, to string) {
	if t == nil {
		return
	}
	for _, part := range t.parts {
		switch part.value {
		case "":
		case valueName, valueNamespace:
			d.edge(objectNode(""), to)
		default:
			d.edge(valueKey(part.value), to)
		}
	}
}

func (d *drawing) predicates(predicates []predicate, to string) {
	for _, p := range predicates {
		d.subject(p.subject, to)
	}
}

func (d *drawing) subject(s subject, to string) {
	if s.value != "" {
		d.edge(valueKey(s.value), to)
		return
	}
	d.edge(objectNode(s.of), to)
}

// values are those that predicates look at or compare with, and the one that
// explains.
func (d *drawing) values(to, because string, lists ...[]predicateSpec) {
	if because != "" {
		d.edge(valueKey(because), to)
	}
	for _, s := range slices.Concat(lists...) {
		d.edge(valueKey(s.Value), to)
		for _, operand := range []any{s.Equals, s.AtLeast} {
			if named, ok := operand.(map[string]any); ok {
				name, _ := named["value"].(string)
				d.edge(valueKey(name), to)
			}
		}
		d.values(to, "", s.Where)
	}
}

// tests are predicates in words.
func tests(predicates []predicate) []string {
	words := make([]string, len(predicates))
	for i, p := range predicates {
		words[i] = strings.TrimSpace(p.text + " " + p.want)
	}
	return words
}
