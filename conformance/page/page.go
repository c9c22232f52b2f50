// Package page writes the page of a kind: how it decides, in words, and what its
// cases show.
package page

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

const (
	pageBegin = "<!-- generated from kind.yaml and cases.yaml by go test ./conformance -update: begin -->\n"
	pageEnd   = "<!-- generated: end -->\n"
)

// Of is the README.md of a kind: how it decides, and what its cases show.
// What people wrote outside of the marked part of the current page, which may
// be empty, is kept.
func Of(ctx context.Context, machine *phase.Machine, f *cases.Folder, current string) (string, error) {
	generated, err := generatedPage(ctx, machine, f)
	if err != nil {
		return "", err
	}
	before, rest, began := strings.Cut(current, pageBegin)
	_, after, ended := strings.Cut(rest, pageEnd)
	switch {
	case current == "":
		before = fmt.Sprintf("# %s\n\n%s\n\n", f.Name, syntax.Visible(f.Kind.Description()))
	case !began || !ended:
		before, after = strings.TrimRight(current, "\n")+"\n\n", ""
	}
	return before + pageBegin + "\n" + syntax.Visible(generated) + "\n" + pageEnd + after, nil
}

func generatedPage(ctx context.Context, machine *phase.Machine, f *cases.Folder) (string, error) {
	var b strings.Builder
	names := each(append([]string{f.Kind.Name()}, f.Kind.Aliases()...), code)
	fmt.Fprintf(&b, "A `MaaSModel` says %s in `spec.modelRef.kind`.\n\n", strings.Join(names, " or "))
	b.WriteString(described(f.Spec))
	writeMachine(&b, f)
	verdicts, err := f.Decide(ctx, machine, f.Kind)
	if err != nil {
		return "", err
	}
	writeCases(&b, f, verdicts)
	b.WriteString(join("\n", f.Sources.Section()))
	return b.String(), nil
}

// described is how a kind-spec decides.
func described(spec *v1alpha1.ModelKindSpec) string {
	var b strings.Builder
	if why := spec.NoReferent; why != "" {
		fmt.Fprintf(&b, "It points at no Kubernetes object: %s\n\n", why)
	}
	writeObjects(&b, spec)
	writeEntries(&b, spec)
	if len(spec.Parameters) > 0 {
		b.WriteString("| parameter | is a | when it is not set | meaning |\n| --- | --- | --- | --- |\n")
		for _, name := range slices.Sorted(maps.Keys(spec.Parameters)) {
			p := spec.Parameters[name]
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code(name), p.Type, unsetInWords(p), p.Description)
		}
		b.WriteString("\n")
	}
	if len(spec.Values) > 0 {
		b.WriteString("| value | is the first of |\n| --- | --- |\n")
		for _, name := range slices.Sorted(maps.Keys(spec.Values)) {
			fmt.Fprintf(&b, "| %s | %s |\n", code(name), strings.Join(each(spec.Values[name], sourceInWords), "<br>"))
		}
		b.WriteString("\n")
	}
	writeHealth(&b, spec)
	writeEndpoint(&b, spec)
	return b.String()
}

func unsetInWords(p v1alpha1.Parameter) string {
	switch {
	case p.Default == nil:
		return "the kind is not in force"
	case p.Default.Value == "":
		return "it is absent"
	}
	return code(fmt.Sprint(p.Default.Value))
}

func writeObjects(b *strings.Builder, spec *v1alpha1.ModelKindSpec) {
	if len(cases.ObjectTypes(spec)) == 0 {
		return
	}
	b.WriteString("| reads | type | freshness |\n| --- | --- | --- |\n")
	if spec.Referent != nil {
		types := append([]v1alpha1.ObjectType{spec.Referent.ObjectType}, spec.Referent.Alternatives...)
		fmt.Fprintf(b, "| the referent | %s | %s |\n", strings.Join(each(types, typeInWords), ", else "), freshnessInWords(spec.Generation))
	}
	for _, s := range spec.Subjects {
		if o := s.Object; o != nil {
			fmt.Fprintf(b, "| %s, %s | %s | %s |\n", s.As, foundInWords(o), typeInWords(o.ObjectType), freshnessInWords(o.Generation))
		}
	}
	b.WriteString("\n")
}

// writeEntries has the subjects that are entries of lists.
func writeEntries(b *strings.Builder, spec *v1alpha1.ModelKindSpec) {
	head := "| entry | of | where | first |\n| --- | --- | --- | --- |\n"
	for _, s := range spec.Subjects {
		if s.Object != nil {
			continue
		}
		which, path := "the first", s.Each
		if s.All != "" {
			which, path = "all", s.All
		}
		fmt.Fprintf(b, "%s| %s, %s | %s | %s | %s |\n", head, s.As, which, lookedAt("", s.Of, nil)+code(path), inWords(s.Where),
			strings.Join(each(s.Prefer, predicateInWords), ", then "))
		head = ""
	}
	if head == "" {
		b.WriteString("\n")
	}
}

func typeInWords(t v1alpha1.ObjectType) string {
	words := strings.TrimSuffix(t.Kind+"."+t.Group, ".") + " " + strings.Join(t.Versions, ", ")
	if t.Scope == v1alpha1.ScopeCluster {
		words += ", cluster-scoped"
	}
	return words
}

func foundInWords(o *v1alpha1.RelatedObject) string {
	words := "of the referent's name"
	if o.Name != nil {
		words = "called " + elseInWords(o.Name)
	}
	var having []string
	for _, label := range slices.Sorted(maps.Keys(o.Labels)) {
		having = append(having, "labelled "+code(label+"="+string(o.Labels[label])))
	}
	for _, path := range slices.Sorted(maps.Keys(o.Fields)) {
		having = append(having, "with "+code(string(o.Fields[path]))+" in "+code(path))
	}
	if having != nil {
		words = strings.Join(having, ", ")
	}
	if o.Namespace != nil {
		words += " in namespace " + elseInWords(o.Namespace)
	}
	return words
}

func freshnessInWords(policy string) string {
	switch policy {
	case "":
		return "not known"
	case v1alpha1.GenerationPerCondition:
		return "each condition's own generation"
	}
	return code(policy)
}

func writeHealth(b *strings.Builder, spec *v1alpha1.ModelKindSpec) {
	b.WriteString("## Health\n\n")
	if len(spec.Health) == 0 {
		b.WriteString("There is nothing to ask: the backend counts as ready.\n\n")
		return
	}
	b.WriteString("The first rule that holds decides.\n\n| rule | when | backend is |\n| --- | --- | --- |\n")
	if cases.Lags(spec) {
		b.WriteString("| | the status is of another generation | Progressing |\n")
	}
	for i, name := range kind.RuleNames(spec) {
		rule := spec.Health[i]
		when, verdict := inWords(rule.When), string(rule.Is)
		if rule.Kind != "" {
			when, verdict = rule.Of+" is there", handedOn(rule.Of, rule.Kind)
		}
		if rule.Because != nil {
			verdict += ", for the reason in " + elseInWords(rule.Because)
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", code(name), when, verdict)
	}
	b.WriteString("| | none of these | Progressing |\n\n")
	if why := spec.NoFailure; why != "" {
		fmt.Fprintf(b, "It never says that it failed: %s\n\n", why)
	}
}

func writeEndpoint(b *strings.Builder, spec *v1alpha1.ModelKindSpec) {
	b.WriteString("## Endpoint\n\n")
	if why := spec.NoEndpoint; why != "" {
		fmt.Fprintf(b, "None of its own. %s\n\n", why)
	} else {
		b.WriteString("The first candidate that yields a valid URL wins.\n\n| candidate | is |\n| --- | --- |\n")
		for i, name := range kind.CandidateNames(spec) {
			fmt.Fprintf(b, "| %s | %s |\n", code(name), candidateInWords(spec.Endpoint[i]))
		}
		b.WriteString("\n")
	}
	var probe v1alpha1.Probe
	if spec.Probe != nil {
		probe = *spec.Probe
	}
	if probe.Policy == "Never" {
		b.WriteString("It is never asked whether it lets a caller in.\n\n")
		return
	}
	accepted := "2xx or 405"
	if probe.Accept != nil {
		accepted = alternatives(probe.Accept)
	}
	fmt.Fprintf(b, "A caller is let in when `%s` of the endpoint's `%s` gives %s%s.\n\n",
		cmp.Or(probe.Method, "GET"), cmp.Or(probe.Path, "/v1/models"), accepted, expectedInWords(probe.Expect))
	if probe.Policy == "WhenAwake" {
		b.WriteString("While it is Servable it is not asked: it is listed to those whom it has let in within the last ten minutes.\n\n")
	}
}

func expectedInWords(expected v1alpha1.ProbeExpectation) string {
	switch expected {
	case "JSON":
		return ", and a 2xx is JSON"
	case "Anything":
		return ""
	}
	return ", and a 2xx is no page of HTML"
}
