package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
)

const (
	pageBegin = "<!-- generated from kind.yaml and cases.yaml by go test ./conformance -update: begin -->\n"
	pageEnd   = "<!-- generated: end -->\n"
)

// Page is the README.md of a kind: how it decides, and what its cases show.
// What people wrote outside of the marked part of the current page, which may
// be empty, is kept.
func (s *Suite) Page(ctx context.Context, f *Folder, current string) (string, error) {
	generated, err := s.generatedPage(ctx, f)
	if err != nil {
		return "", err
	}
	before, rest, began := strings.Cut(current, pageBegin)
	_, after, ended := strings.Cut(rest, pageEnd)
	switch {
	case current == "":
		before = fmt.Sprintf("# %s\n\n%s\n\n", f.Name, kind.Visible(f.Kind.Description()))
	case !began || !ended:
		before, after = strings.TrimRight(current, "\n")+"\n\n", ""
	}
	return before + pageBegin + "\n" + kind.Visible(generated) + "\n" + pageEnd + after, nil
}

func (s *Suite) generatedPage(ctx context.Context, f *Folder) (string, error) {
	var b strings.Builder
	writeReads(&b, f)
	writeHealth(&b, f)
	writeEndpoint(&b, f)
	writeMachine(&b, f)
	verdicts, err := s.decide(ctx, f, f.Kind)
	if err != nil {
		return "", err
	}
	writeCases(&b, f, verdicts)
	return b.String(), nil
}

func writeReads(b *strings.Builder, f *Folder) {
	k := f.Kind
	names := code(k.Name())
	for _, alias := range k.Aliases() {
		names += " or " + code(alias)
	}
	fmt.Fprintf(b, "A `MaaSModel` says %s in `spec.modelRef.kind`.\n\n", names)
	if k.NoReferent() != "" {
		fmt.Fprintf(b, "It points at no Kubernetes object: %s\n\n", k.NoReferent())
	} else {
		b.WriteString("| reads | type | freshness |\n| --- | --- | --- |\n")
		fmt.Fprintf(b, "| the referent | %s | %s |\n", typeInWords(k.Referent()), freshnessInWords(f.spec()))
		for i, r := range k.Related() {
			written := list(f.spec(), "related")[i]
			fmt.Fprintf(b, "| %s, %s | %s | %s |\n", r.As, foundInWords(written), typeInWords(r.Referent), freshnessInWords(written))
		}
		b.WriteString("\n")
	}
	values := field(f.spec(), "values")
	if len(values) == 0 {
		return
	}
	b.WriteString("| value | is the first of |\n| --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var places []string
		for _, place := range list(values, name) {
			places = append(places, placeInWords(place))
		}
		fmt.Fprintf(b, "| %s | %s |\n", code(name), strings.Join(places, "<br>"))
	}
	b.WriteString("\n")
}

func typeInWords(r kind.Referent) string {
	words := r.GroupKind().String() + " " + strings.Join(r.Versions, ", ")
	if r.Scope == kind.ScopeCluster {
		words += ", cluster-scoped"
	}
	return words
}

func foundInWords(related any) string {
	if name := text(related, "name"); name != "" {
		return "called " + code(name)
	}
	var labels []string
	selected := field(field(related, "selector"), "matchLabels")
	for _, label := range slices.Sorted(maps.Keys(selected)) {
		labels = append(labels, code(label+"="+text(selected, label)))
	}
	return "labelled " + strings.Join(labels, ", ")
}

func freshnessInWords(object any) string {
	switch policy := text(object, "generation"); policy {
	case "", "Ignore":
		return "not known"
	case "PerCondition":
		return "each condition's own generation"
	default:
		return code(policy)
	}
}

func writeHealth(b *strings.Builder, f *Folder) {
	rules := list(f.spec(), "health")
	b.WriteString("## Health\n\n")
	if len(rules) == 0 {
		b.WriteString("There is nothing to ask: the backend counts as ready.\n\n")
		return
	}
	b.WriteString("The first rule that holds decides.\n\n| rule | when | backend is |\n| --- | --- | --- |\n")
	if lags(f.spec()) {
		b.WriteString("| | the status is of another generation | Progressing |\n")
	}
	for i, rule := range rules {
		verdict := text(rule, "is")
		if value := text(rule, "because"); value != "" {
			verdict += ", for the reason in " + code(value)
		}
		fmt.Fprintf(b, "| `health[%d]` | %s | %s |\n", i, inWords(list(rule, "when")), verdict)
	}
	b.WriteString("| | none of these | Progressing |\n\n")
	if why := f.Kind.NoFailure(); why != "" {
		fmt.Fprintf(b, "It never says that it failed: %s\n\n", why)
	}
}

func writeEndpoint(b *strings.Builder, f *Folder) {
	b.WriteString("## Endpoint\n\n")
	if why := f.Kind.NoEndpoint(); why != "" {
		fmt.Fprintf(b, "None of its own. %s\n\n", why)
	} else {
		b.WriteString("The first candidate that yields a valid URL wins.\n\n| candidate | is |\n| --- | --- |\n")
		for i, place := range list(f.spec(), "endpoint") {
			fmt.Fprintf(b, "| `endpoint[%d]` | %s |\n", i, placeInWords(place))
		}
		b.WriteString("\n")
	}
	probe := f.Kind.Probe()
	if probe.Policy == kind.ProbeNever {
		b.WriteString("It is never asked whether it lets a caller in.\n\n")
		return
	}
	accepted := "2xx or 405"
	if written := list(f.spec()["probe"], "accept"); written != nil {
		accepted = alternatives(written)
	}
	fmt.Fprintf(b, "A caller is let in when `%s` of the endpoint's `%s` gives %s%s.\n\n", probe.Method, probe.Path, accepted, expectedInWords(probe.Expect))
	if probe.Policy == kind.ProbeWhenAwake {
		b.WriteString("While it is Servable it is not asked: it is listed to those whom it has let in within the last ten minutes.\n\n")
	}
}

func expectedInWords(expected kind.Expectation) string {
	switch expected {
	case kind.ExpectJSON:
		return ", and a 2xx is JSON"
	case kind.ExpectAnything:
		return ""
	default:
		return ", and a 2xx is no page of HTML"
	}
}
