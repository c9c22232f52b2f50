package kind

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
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
	NodeEntries  NodeSort = "Entries"
	NodeValue    NodeSort = "Value"
	NodeHealth   NodeSort = "Health"
	NodeEndpoint NodeSort = "Endpoint"
)

// GraphNode is a part of a kind-spec.
type GraphNode struct {
	// Name is unique in the graph, for example "health ready".
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
		d.node(v1alpha1.ReferentName, NodeObject, fmt.Sprintf("%s\n%s", k.referent.Kind, cmp.Or(k.referent.Group, "core")))
	}
	for _, step := range k.order {
		if step.Value != "" {
			d.value(k.values[step.Value])
		} else {
			d.subject(k.subjects[step.Subject])
		}
	}
	for _, r := range k.health {
		name := "health " + r.name
		verdict := string(r.is)
		switch {
		case r.onDemand:
			verdict = string(v1alpha1.VerdictServable)
		case r.kind != "":
			verdict = "as the kind " + r.kind + " decides"
		}
		d.node(name, NodeHealth, strings.TrimSpace(fmt.Sprintf("%s: %s\n%s", r.name, verdict, strings.Join(tests(r.when), "\n"))))
		if r.kind != "" {
			d.edge(d.nameOf(r.of), name)
		}
		d.predicates(r.when, name)
		d.sources(r.because, name)
	}
	for _, c := range k.endpoint {
		name := "endpoint " + c.name
		d.node(name, NodeEndpoint, strings.Join(append([]string{c.name + ": " + c.words}, tests(c.when)...), "\n"))
		if c.kind != "" {
			d.edge(d.nameOf(c.target.of), name)
			d.edge(subjectKey(c.only.subject), name) // which is no node where the whole is handed on
		}
		d.sources(sources{c.source}, name)
		if c.url != nil {
			for _, part := range []sources{c.url.scheme, c.url.host, c.url.port, c.url.path} {
				d.sources(part, name)
			}
		}
	}
	return d.graph
}

// nameOf is the node of a subject.
func (d *drawing) nameOf(subject string) string {
	if subject == "" {
		return v1alpha1.ReferentName
	}
	return subjectKey(subject)
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

func (d *drawing) subject(s subject) {
	name := subjectKey(s.as)
	if s.object == nil {
		d.node(name, NodeEntries, fmt.Sprintf("%s\n%s %s", s.as, s.path.Text, s.wanted()))
		d.edge(d.nameOf(s.of), name)
		d.predicates(s.where, name)
		d.predicates(s.prefer, name)
		return
	}
	d.node(name, NodeObject, fmt.Sprintf("%s %s\n%s", s.object.referent.Kind, s.as, s.object.wanted()))
	d.sources(s.object.name, name)
	d.sources(s.object.namespace, name)
	for _, key := range slices.Sorted(maps.Keys(s.object.labels)) {
		d.template(s.object.labels[key], name)
	}
	for _, f := range s.object.fields {
		d.template(f.value, name)
	}
}

func (d *drawing) value(v namedValue) {
	name := valueKey(v.name)
	texts := []string{v.name}
	if v.parameter {
		d.node(name, NodeValue, v.name+"\n"+parameterWords)
		return
	}
	for _, s := range v.sources {
		texts = append(texts, s.words)
	}
	d.node(name, NodeValue, strings.Join(texts, "\n"))
	d.sources(v.sources, name)
}

func (d *drawing) sources(all sources, to string) {
	for _, s := range all {
		d.template(s.template, to)
		switch {
		case s.target.value != "":
			d.named(s.target.value, to)
		case s.path != nil || s.condition != "":
			d.edge(d.nameOf(s.target.of), to)
		}
		if s.hosts != nil {
			d.edge(d.nameOf(s.hosts.target.of), to)
		}
		d.predicates(s.when, to)
	}
}

func (d *drawing) template(t *syntax.Template, to string) {
	if t == nil {
		return
	}
	for _, part := range t.Parts {
		if part.Value != "" {
			d.named(part.Value, to)
		}
	}
}

// named: the name and the namespace of the referent are the referent's.
func (d *drawing) named(value, to string) {
	switch value {
	case valueName, valueNamespace:
		d.edge(v1alpha1.ReferentName, to)
	default:
		d.edge(valueKey(value), to)
	}
}

func (d *drawing) predicates(predicates []predicate, to string) {
	for _, p := range predicates {
		if p.target.value != "" {
			d.named(p.target.value, to)
		} else if !strings.HasPrefix(to, subjectKey("")) {
			d.edge(d.nameOf(p.target.of), to)
		}
		switch t := p.test.(type) {
		case hostsTest:
			d.edge(d.nameOf(t.others.target.of), to)
		case agreementTest:
			d.edge(d.nameOf(t.with), to)
		case pathTest:
			d.named(t.operand, to)
		}
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
