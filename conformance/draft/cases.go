package draft

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/jsontree"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Referent is what cases call the object itself.
const Referent = "referent"

// Neighbour is an object beside it, by the name of its subject.
type Neighbour struct {
	As     string
	Object *unstructured.Unstructured
}

// Case is one state, as what differs from the object that the cases begin with.
type Case struct {
	Name, Description string
	// Patch is an RFC 7386 merge patch; nil where nothing differs.
	Patch map[string]any
}

// Change is the patch that makes one state of the other.
func Change(from, to *unstructured.Unstructured) map[string]any {
	return jsontree.PatchBetween(from.Object, to.Object)
}

// Cases is the text of a cases.yaml in which nothing is expected yet.
func Cases(base *unstructured.Unstructured, beside []Neighbour, cases []Case) (string, error) {
	var b strings.Builder
	b.WriteString("apiVersion: maas.opendatahub.io/v1alpha1\nkind: Cases\nspec:\n  objects:\n")
	for _, one := range append([]Neighbour{{Referent, base}}, beside...) {
		fmt.Fprintf(&b, "    - as: %s\n      object:\n", one.As)
		if err := indented(&b, "        ", one.Object.Object); err != nil {
			return "", fmt.Errorf("writing the %s of the cases: %w", one.As, err)
		}
	}
	b.WriteString("  cases:\n")
	for _, c := range cases {
		fmt.Fprintf(&b, "    - name: %s\n      description: >-\n        %s\n", c.Name, oneLine(c.Description))
		if len(c.Patch) == 0 {
			continue
		}
		fmt.Fprintf(&b, "      patch:\n        %s:\n", Referent)
		if err := indented(&b, "          ", c.Patch); err != nil {
			return "", fmt.Errorf("writing the patch of the case %s: %w", c.Name, err)
		}
	}
	return b.String(), nil
}

func indented(b *strings.Builder, indent string, value any) error {
	content, err := syntax.YAML(value)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(content)) {
		if strings.TrimSpace(line) != "" {
			line = indent + line
		}
		b.WriteString(line)
	}
	return nil
}

// passing is a time that goes on while nothing else changes.
var passing = regexp.MustCompile(`^(last[A-Za-z]*(Time|Timestamp)|heartbeat[A-Za-z]*|resourceVersion|managedFields)$`)

// Same says whether two states differ in nothing but the times at which they were written.
func Same(a, b *unstructured.Unstructured) bool {
	return reflect.DeepEqual(lasting(a.Object), lasting(b.Object))
}

func lasting(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if !passing.MatchString(name) {
				kept[name] = lasting(v[name])
			}
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, one := range v {
			kept[i] = lasting(one)
		}
		return kept
	}
	return value
}
