package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/maas-kinds/maas/engine/plan"
)

// writeText shows a plan to people: the sum first, then models, the harmed ones
// first, and of each effect no more than the first ones unless all are wanted. No
// value is cut.
func (r planReport) writeText(std ioStreams, all bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.sum())
	for _, effect := range plan.Effects() {
		r.writeEffect(&b, effect, all)
	}
	r.writeKinds(&b)
	for _, t := range r.Watches.Added {
		fmt.Fprintf(&b, "+ watch  %s\n", printable(t.String()))
	}
	for _, t := range r.Watches.Removed {
		fmt.Fprintf(&b, "- watch  %s\n", printable(t.String()))
	}
	r.writeRoles(&b)
	if _, err := io.WriteString(std.out, std.wrapped(b.String())); err != nil {
		return err
	}
	for _, note := range r.Notes {
		fmt.Fprintln(std.err, "note: "+printable(note))
	}
	return nil
}

// sum is the plan in one line.
func (r planReport) sum() string {
	s := r.Summary
	what := strings.Join(r.Files, ", ")
	if len(r.Deleted) > 0 {
		what = strings.TrimSpace(what + " without the ModelKind " + strings.Join(r.Deleted, ", "))
	}
	said := fmt.Sprintf("%s on %s: of %s", what, r.Cluster, count(s.Models, "model"))
	words := []string{fmt.Sprintf("%d worse off", s.Harmed)}
	for _, effect := range plan.Effects() {
		if n := s.Effects[effect]; n > 0 && !effect.Harms() {
			words = append(words, fmt.Sprintf("%d %s", n, strings.ToLower(string(effect))))
		}
	}
	return printable(fmt.Sprintf("%s %s, %d as before", said, strings.Join(words, ", "), s.Unchanged))
}

func (r planReport) writeEffect(b *strings.Builder, effect plan.Effect, all bool) {
	n, shown := r.Summary.Effects[effect], 0
	if n == 0 {
		return
	}
	harm := ""
	if effect.Harms() {
		harm = ", harm"
	}
	fmt.Fprintf(b, "\n%s (%d%s)\n", effect, n, harm)
	for _, c := range r.Changes {
		if c.Effect != effect {
			continue
		}
		if shown++; shown > maxShown && !all {
			fmt.Fprintf(b, "  … and %d more: -o wide shows them\n", n-maxShown)
			return
		}
		writeChange(b, c)
	}
}

func writeChange(b *strings.Builder, c plan.Change) {
	name := fmt.Sprintf("%s/%s (%s)", c.Namespace, c.Name, c.Kind)
	if c.Why != "" {
		fmt.Fprintf(b, "  ? %s: %s\n", printable(name), printable(c.Why))
		return
	}
	mark := "~"
	if c.Effect.Harms() {
		mark = "✗"
	}
	was, is := c.Before, c.After
	fmt.Fprintf(b, "  %s %s: %s %s → %s %s: %s\n", mark, printable(name), was.Phase, was.Reason, is.Phase, is.Reason, printable(is.Message))
	row := func(what, before, after string) {
		if before != after {
			fmt.Fprintf(b, "      %-10s %s → %s\n", what, printable(cmp.Or(before, "none")), printable(cmp.Or(after, "none")))
		}
	}
	row("rule", was.Rule, is.Rule)
	row("endpoint", was.Endpoint, is.Endpoint)
	row("candidate", was.Candidate, is.Candidate)
	if was.Listed != is.Listed {
		row("list", map[bool]string{true: "in it"}[was.Listed], map[bool]string{true: "in it"}[is.Listed])
		return
	}
	for _, d := range c.Entry {
		row(d.Field, d.Before, d.After)
	}
}

func (r planReport) writeKinds(b *strings.Builder) {
	if len(r.Kinds)+len(r.Watches.Added)+len(r.Watches.Removed)+len(r.Roles.Added)+len(r.Roles.Removed)+len(r.Roles.Unnamed) > 0 {
		b.WriteString("\n")
	}
	for _, k := range r.Kinds {
		var said string
		switch {
		case k.Before == nil:
			said = fmt.Sprintf("+ kind   %s comes into force, revision %s of %s", k.Name, k.After.Revision, k.After.File)
		case k.After == nil:
			said = fmt.Sprintf("- kind   %s is not in force any longer, revision %s of %s", k.Name, k.Before.Revision, k.Before.File)
		default:
			said = fmt.Sprintf("~ kind   %s, revision %s of %s → %s of %s", k.Name, k.Before.Revision, k.Before.File, k.After.Revision, k.After.File)
		}
		if k.Missing != "" {
			said += fmt.Sprintf("; it hands on to %s, which is not in force", k.Missing)
		}
		fmt.Fprintf(b, "%s, %s\n", printable(said), count(k.Models, "model"))
	}
}

// writeRoles says what to grant: maasctl rbac prints it as a role.
func (r planReport) writeRoles(b *strings.Builder) {
	for _, rule := range r.Roles.Added {
		fmt.Fprintf(b, "+ role   list and watch %s in API group %q: maasctl rbac prints it\n", printable(strings.Join(rule.Resources, ", ")), rule.APIGroups[0])
	}
	for _, rule := range r.Roles.Removed {
		fmt.Fprintf(b, "- role   list and watch %s in API group %q\n", printable(strings.Join(rule.Resources, ", ")), rule.APIGroups[0])
	}
	for _, name := range r.Roles.Unnamed {
		fmt.Fprintf(b, "+ role   for %s, whose resource nothing names: it is not served, and no referent.yaml is beside the kind-spec\n", printable(name))
	}
}
