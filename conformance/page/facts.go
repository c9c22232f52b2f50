package page

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// named are, by the fact of a model, the names of fields that hold it in the
// definitions of backends.
func named() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"contextLength":   regexp.MustCompile(`(?i)^(maxModelLen(gth)?|context(Length|Size|Window(Size)?)|maxSeq(uence)?Len(gth)?)$`),
		"maxOutputTokens": regexp.MustCompile(`(?i)^max(Output|New)Tokens$`),
		"quantization":    regexp.MustCompile(`(?i)^(quantization|quantize)$`),
		"aliases":         regexp.MustCompile(`(?i)^(servedModelNames?|servedNames?)$`),
		"adapters":        regexp.MustCompile(`(?i)^((lora)?adapters|loras?)$`),
		"type":            regexp.MustCompile(`(?i)^(task|modelType|servingMode)$`),
		"inputModalities": regexp.MustCompile(`(?i)^(input)?modalit(y|ies)$`),
		"source":          regexp.MustCompile(`(?i)^((storage|model|artifact)Ur[il]|hfModelId|modelId)$`),
		"revision":        regexp.MustCompile(`(?i)^(model)?Revision$`),
		"replicas":        regexp.MustCompile(`(?i)^(ready|available)Replicas$`),
	}
}

// Facts are, for each kind, what of a model it fills, and what the definition of its
// referent seems to have beside that, by the names of its fields. The definitions
// are those at hand.
func Facts(folders []*cases.Folder, at []contract.Contract) string {
	var rows strings.Builder
	more := 0
	for _, f := range folders {
		filled := cases.Filled(f.Spec)
		has := "no definition at hand"
		i := slices.IndexFunc(at, func(c contract.Contract) bool { return c.GroupKind() == f.Kind.Referent().GroupKind() })
		if i >= 0 {
			has = strings.Join(unfilled(at[i], f.Kind.Referent().Versions, filled), "<br>")
		}
		if i >= 0 && has != "" {
			more++
		}
		fmt.Fprintf(&rows, "| %s | %d: %s | %s |\n", f.Kind.Name(), len(filled), strings.Join(filled, ", "), has)
	}
	return fmt.Sprintf(`# What kinds say of their models

<!-- generated from the kinds and the definitions of backends by go test ./conformance -update, where those are at hand -->

What each kind fills of status.model, and fields of its referent's definition that by their names may hold more. Such a field may also
be of something else, or be written by nobody: %d kinds have any.

| kind | filled | the definition has too |
| --- | --- | --- |
%s`, more, rows.String())
}

// unfilled are the fields that seem to hold a fact which is not filled, in the first
// of the versions that the definition has.
func unfilled(of contract.Contract, versions, filled []string) []string {
	names := named()
	maps.DeleteFunc(names, func(fact string, _ *regexp.Regexp) bool { return slices.Contains(filled, fact) })
	found := map[string]bool{}
	i := slices.IndexFunc(versions, func(v string) bool { return of.Versions[v] != nil })
	if i < 0 {
		return nil
	}
	look(of.Versions[versions[i]], "$", func(path, name string) {
		for fact, pattern := range names {
			if pattern.MatchString(name) {
				found[fact+": `"+path+"`"] = true
			}
		}
	})
	return slices.Sorted(maps.Keys(found))
}

// look visits the fields of a schema, but for those of pods and conditions, which say
// nothing of a model.
func look(s *contract.FieldSchema, path string, visit func(path, name string)) {
	if s == nil || strings.Count(path, ".") > 8 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if !ofPods(name) {
			visit(path+"."+name, name)
			look(s.Properties[name], path+"."+name, visit)
		}
	}
	look(s.Items, path+"[*]", visit)
	look(s.AdditionalProperties, path+".*", visit)
}

func ofPods(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains([]string{"conditions", "metadata", "affinity", "env", "tolerations", "resources", "securitycontext"}, name) ||
		slices.ContainsFunc([]string{"template", "podspec", "container", "containers", "volume", "volumes", "probe", "metrics"},
			func(end string) bool { return strings.HasSuffix(name, end) })
}
