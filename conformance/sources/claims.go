package sources

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
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
func Claims(spec *v1alpha1.ModelKindSpec, written any) []Claim {
	c := collector{subjects: map[string]root{}}
	if spec.Referent != nil {
		c.subjects[v1alpha1.ReferentName] = root{of: v1alpha1.ReferentName, kind: spec.Referent.Kind, path: "$"}
	}
	for _, s := range spec.Subjects {
		if s.Object != nil {
			c.subjects[s.As] = root{of: s.As, kind: s.Object.Kind, path: "$"}
			continue
		}
		within := c.named(s.Of)
		within.path += strings.TrimPrefix(s.Each+s.All, "$")
		c.subjects[s.As] = within
	}
	c.walk("", written, v1alpha1.ReferentName)
	return c.claims
}

// root is what the paths of a subject begin with.
type root struct{ of, kind, path string }

type collector struct {
	subjects map[string]root
	claims   []Claim
}

func (c *collector) named(of string) root {
	if of == "" {
		of = v1alpha1.ReferentName
	}
	return c.subjects[of]
}

// walk visits everything that the kind-spec says. Within is the subject that
// is looked at where of is left out.
func (c *collector) walk(at string, value any, within string) {
	switch v := value.(type) {
	case []any:
		for i, entry := range v {
			c.walk(fmt.Sprintf("%s/%d", at, i), entry, within)
		}
	case map[string]any:
		c.object(at, v, within)
	}
}

func (c *collector) object(at string, object map[string]any, within string) {
	of := within
	if named, ok := object["of"].(string); ok {
		of = named
	}
	if condition, ok := object["condition"].(string); ok {
		c.condition(at, of, condition, words(object["reasonIn"]))
	}
	if related, ok := object["object"].(map[string]any); ok {
		as, _ := object["as"].(string)
		generation, _ := related["generation"].(string)
		c.field(at+"/object/generation", as, generation, nil)
	}
	for _, name := range []string{"path", "each", "all", "generation"} {
		if path, ok := object[name].(string); ok {
			c.field(at+"/"+name, of, path, append(words(object["equals"]), words(object["in"])...))
		}
	}
	if fields, ok := object["fields"].(map[string]any); ok && object["with"] != nil {
		with, _ := object["with"].(string)
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			other, _ := fields[name].(string)
			c.field(at+"/fields/"+syntax.EscapePointer(name), within, name, nil)
			c.field(at+"/fields/"+syntax.EscapePointer(name), with, other, nil)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		inside := within
		if as, ok := object["as"].(string); ok && (name == "where" || name == "prefer") {
			inside = as
		}
		c.walk(at+"/"+syntax.EscapePointer(name), object[name], inside)
	}
}

func words(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, entry := range v {
			all = append(all, words(entry)...)
		}
		return all
	}
	return nil
}

func (c *collector) condition(at, of, condition string, reasons []string) {
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
