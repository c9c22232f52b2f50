package editor

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

// step is one step of a path: a name, a name in brackets, or which entries.
var step = regexp.MustCompile(`^(?:\.([\p{L}_][\p{L}\p{N}_-]*)|\[(?:'([^']*)'|"([^"]*)")\]|\[(?:\*|-?\d+|\?[^\]]*)\])`)

// possible is what may be at a path, one for each version.
type possible []*contract.FieldSchema

// below is what is one step further: of a name, or of the entries of a list.
func (all possible) below(name string) possible {
	var next possible
	for _, s := range all {
		below := s.Items
		if name != "" {
			below = cmp.Or(s.Properties[name], s.AdditionalProperties)
		}
		if below != nil {
			next = append(next, below)
		}
	}
	return next
}

// follow goes along a path as far as it is whole: up to a dot or a bracket whose
// name is being typed.
func (all possible) follow(path string) (at possible, whole string) {
	rest := strings.TrimPrefix(path, "$")
	for {
		match := step.FindStringSubmatch(rest)
		if match == nil || match[1] != "" && len(match[0]) == len(rest) {
			return all, path[:len(path)-len(rest)]
		}
		all, rest = all.below(match[1]+match[2]+match[3]), rest[len(match[0]):]
	}
}

// paths are those of the pinned type that go on from what is typed.
func (t typing) paths(typed string, place Range) []Completion {
	if !strings.HasPrefix(typed, "$") {
		typed = "$"
	}
	at, whole := t.from().follow(typed)
	known := map[string]*contract.FieldSchema{}
	for _, s := range at {
		maps.Copy(known, s.Properties)
	}
	quoted := place.Start > t.node.value.Start
	var all []Completion
	add := func(path, detail string) {
		c := Completion{Label: path, New: path, Range: place, Detail: detail}
		if !quoted && strings.ContainsAny(path, "[]{},") {
			c.New = strconv.Quote(path)
		}
		all = append(all, c)
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		path := whole + "." + name
		if !jsonpath.MemberShorthand.MatchString(name) {
			path = whole + "['" + name + "']"
		}
		add(path, cmp.Or(known[name].Type, "any"))
		if known[name].Type == "array" {
			add(path+"[*]", "its entries")
		}
	}
	return all
}

// from is what the paths of a node begin at.
func (t typing) from() possible {
	n := t.node
	subject := t.scope.around(n)
	if subject != nil && isPath(n) && n.parent == subject {
		return t.subject(textOf(subject.child("of")), maxSteps)
	}
	if subject != nil && subject.child("object") == nil {
		return t.entry(subject, maxSteps)
	}
	if n.name == "generation" && subject != nil {
		return t.object(subject.child("object"))
	}
	for at := n.parent; at != nil; at = at.parent {
		if of := at.child("of"); of != nil {
			return t.subject(of.text, maxSteps)
		}
		if at.shape == sequence {
			break
		}
	}
	return t.subject("", maxSteps)
}

// maxSteps bounds how many subjects lead to one another.
const maxSteps = 20

// subject is what is at $ of a subject.
func (t typing) subject(name string, steps int) possible {
	if name == "" || name == v1alpha1.ReferentName {
		return t.object(t.scope.root.child("spec").child("referent"))
	}
	entry := t.scope.subject(name)
	switch {
	case entry == nil || steps == 0:
		return nil
	case entry.child("object") != nil:
		return t.object(entry.child("object"))
	}
	return t.entry(entry, steps-1)
}

// entry is what is at $ of an entry of a list.
func (t typing) entry(subject *node, steps int) possible {
	path := textOf(subject.child("each")) + textOf(subject.child("all"))
	all := t.subject(textOf(subject.child("of")), steps)
	for rest := strings.TrimPrefix(path, "$"); ; {
		match := step.FindStringSubmatch(rest)
		if match == nil {
			return all
		}
		all, rest = all.below(match[1]+match[2]+match[3]), rest[len(match[0]):]
	}
}

// object is the type that group and kind name: of the pin, or built into
// Kubernetes.
func (t typing) object(of *node) possible {
	if of == nil {
		return nil
	}
	groupKind := schema.GroupKind{Group: textOf(of.child("group")), Kind: textOf(of.child("kind"))}
	c, ok, err := contract.BuiltIn(groupKind)
	if pin := t.checked.Pin; (!ok || err != nil) && pin != nil {
		c, ok = pin.Contract(groupKind)
	}
	all := possible{{Type: "object", Properties: map[string]*contract.FieldSchema{"metadata": metadata()}}}
	if !ok {
		return all
	}
	for _, version := range c.VersionNames() {
		all = append(all, c.Versions[version])
	}
	return all
}

// metadata is what every object has that a kind may want to read.
func metadata() *contract.FieldSchema {
	text := &contract.FieldSchema{Type: "string"}
	texts := &contract.FieldSchema{Type: "object", AdditionalProperties: text}
	return &contract.FieldSchema{Type: "object", Properties: map[string]*contract.FieldSchema{
		"name": text, "namespace": text, "uid": text, "labels": texts, "annotations": texts,
		"generation": {Type: "integer"}, "creationTimestamp": text, "deletionTimestamp": text,
	}}
}

func textOf(n *node) string {
	if n == nil {
		return ""
	}
	return n.text
}
