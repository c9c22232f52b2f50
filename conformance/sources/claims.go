package sources

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// Claim is one thing that a kind-spec says about what a backend writes: a
// condition, or one with a reason; a field, or one with a word in it.
type Claim struct {
	// Of is the subject whose object it is, and Kind the type of that.
	Of, Kind string
	// Condition type, or else Field.
	Condition, Field string
	// Word is the reason of the condition or the value of the field; may be empty.
	Word string
	// At is the JSON Pointer in the kind-spec.
	At string
}

func (c Claim) String() string {
	what, word := "the field "+c.Field, "the word "
	if c.Condition != "" {
		what, word = "the condition "+c.Condition, "the reason "
	}
	if c.Word != "" {
		what = word + c.Word + " of " + what
	}
	if c.Of != v1alpha1.ReferentName {
		what += " of the " + c.Kind + " " + c.Of
	}
	return what
}

// Claims are those of a kind-spec, each once, where it is made first. What other
// kinds decide, to which it hands objects on, they claim.
func Claims(spec *v1alpha1.ModelKindSpec) []Claim {
	c := collector{subjects: map[string]root{}}
	if spec.Referent != nil {
		c.subjects[v1alpha1.ReferentName] = root{of: v1alpha1.ReferentName, kind: spec.Referent.Kind, path: "$"}
	}
	c.field("/spec/generation", "", spec.Generation, nil)
	for i, s := range spec.Subjects {
		at := fmt.Sprintf("/spec/subjects/%d", i)
		if s.Object != nil {
			c.subjects[s.As] = root{of: s.As, kind: s.Object.Kind, path: "$"}
			c.field(at+"/object/generation", s.As, s.Object.Generation, nil)
			continue
		}
		c.field(at+"/each", s.Of, s.Each, nil)
		c.field(at+"/all", s.Of, s.All, nil)
		within := c.named(s.Of)
		within.path += strings.TrimPrefix(s.Each+s.All, "$")
		c.subjects[s.As] = within
	}
	tree := vet.Walk(spec)
	for _, p := range tree.Predicates {
		c.predicate(p)
	}
	for _, s := range tree.Sources {
		c.condition(s.At, s.Of, s.Condition, nil)
		c.field(s.At+"/path", s.Of, s.Path, nil)
		c.reference(s.At, s.Intersects)
	}
	return c.claims
}

// root is what the paths of a subject begin with.
type root struct{ of, kind, path string }

type collector struct {
	subjects map[string]root
	claims   []Claim
}

func (c *collector) named(of string) root { return c.subjects[cmp.Or(of, v1alpha1.ReferentName)] }

func (c *collector) predicate(p vet.Predicate) {
	within := "" // what is looked at where of is left out
	if p.Entries != nil {
		within = p.Entries.As
	}
	of, compared := cmp.Or(p.Of, within), v1alpha1.Constants(p.In)
	if p.Equals != nil {
		compared = append(compared, p.Equals.Value)
	}
	c.condition(p.At, of, p.Condition, p.ReasonIn)
	c.field(p.At+"/path", of, p.Path, words(compared))
	c.reference(p.At, p.Intersects)
	if p.Agrees == nil {
		return
	}
	for _, path := range slices.Sorted(maps.Keys(p.Agrees.Fields)) {
		at := p.At + "/agrees/fields/" + syntax.EscapePointer(path)
		c.field(at, within, path, nil)
		c.field(at, p.Agrees.With, string(p.Agrees.Fields[path]), nil)
	}
}

func (c *collector) reference(at string, r *v1alpha1.FieldReference) {
	if r != nil {
		c.field(at+"/intersects/path", r.Of, r.Path, nil)
	}
}

func words(values []any) []string {
	var all []string
	for _, value := range values {
		if word, ok := value.(string); ok {
			all = append(all, word)
		}
	}
	return all
}

func (c *collector) condition(at, of, condition string, reasons []string) {
	if condition == "" {
		return
	}
	r := c.named(of)
	c.add(Claim{Of: r.of, Kind: r.kind, Condition: condition, At: at})
	for _, reason := range reasons {
		c.add(Claim{Of: r.of, Kind: r.kind, Condition: condition, Word: reason, At: at})
	}
}

// selector is whatever chooses entries of a list or members by other than a plain name.
var selector = regexp.MustCompile(`\[[^\[\]]*(\["[^"]*"\][^\[\]]*)*\]`)

// field notes a field of a status. What is in a list of conditions is a claim
// about a condition where its type is asked for, and else none of its own.
func (c *collector) field(at, of, path string, values []string) {
	r := c.named(of)
	field := selector.ReplaceAllString(strings.TrimPrefix(r.path+strings.TrimPrefix(path, "$"), "$."), "[]")
	if field != "status" && !strings.HasPrefix(field, "status.") {
		return
	}
	if list, member, ok := strings.Cut(field, "conditions[]"); ok && strings.HasSuffix("."+list, ".") {
		for _, value := range values {
			if member == ".type" {
				c.condition(at, of, value, nil)
			}
		}
		return
	}
	c.add(Claim{Of: r.of, Kind: r.kind, Field: field, At: at})
	for _, value := range values {
		c.add(Claim{Of: r.of, Kind: r.kind, Field: field, Word: value, At: at})
	}
}

func (c *collector) add(claim Claim) {
	same := func(other Claim) bool { other.At = claim.At; return other == claim }
	if !slices.ContainsFunc(c.claims, same) {
		c.claims = append(c.claims, claim)
	}
}
