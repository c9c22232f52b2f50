package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Check gives the claims that neither a fact nor a recorded object backs, as
// faults of the kind-spec. Name is that of the file of sources, which may be nil.
func Check(claims []Claim, spec *syntax.Document, name string, file *File, recorded []*unstructured.Unstructured) syntax.Faults {
	unbacked := slices.DeleteFunc(slices.Clone(claims), func(c Claim) bool {
		return slices.ContainsFunc(recorded, c.isIn) || file != nil && slices.ContainsFunc(file.Facts, c.isBackedBy)
	})
	var faults syntax.Faults
	for _, c := range unbacked {
		fault := spec.At(c.At)
		fault.Message = fmt.Sprintf("no source shows %s: add to the facts of %s {fact: ..., %s, source: {project: OWNER/NAME, version: TAG, path: FILE}}, "+
			"or in the place of source notEstablished with what you looked at", c, name, strings.Join(c.backing(), ", "))
		faults = append(faults, fault)
	}
	return faults.Sorted()
}

// backing are the members of a fact that backs the claim.
func (c Claim) backing() []string {
	in, key := "fields", c.Field
	if c.Condition != "" {
		in, key = "conditions", c.Condition
	}
	written := []string{fmt.Sprintf("%s: {%s: [%s]}", in, quoted(key), quoted(c.Word))}
	if c.Of != v1alpha1.ReferentName {
		written = append([]string{"of: " + c.Of}, written...)
	}
	return written
}

// plain is what YAML takes inside braces as it is.
var plain = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9._/-]*)?$`)

func quoted(text string) string {
	if plain.MatchString(text) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off"}, strings.ToLower(text)) {
		return text
	}
	return strconv.Quote(text)
}

func (f Fact) isOf(of string) bool {
	return f.Of == of || f.Of == "" && of == v1alpha1.ReferentName
}

func (c Claim) isBackedBy(f Fact) bool {
	if !f.isOf(c.Of) {
		return false
	}
	if c.Condition != "" {
		reasons, there := f.Conditions[c.Condition]
		return there && (c.Word == "" || slices.Contains(reasons, c.Word))
	}
	for field, values := range f.Fields {
		if covers(field, c.Field) && (c.Word == "" || slices.Contains(values, c.Word)) {
			return true
		}
	}
	return false
}

// covers says whether a field is another one or around it.
func covers(around, field string) bool {
	rest, below := strings.CutPrefix(field, around)
	return below && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
