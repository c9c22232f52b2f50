package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/contract"
)

// writeText shows verdicts to people. No value is cut.
func (c *checkRun) writeText(std ioStreams) error {
	var b strings.Builder
	for _, one := range c.results {
		one.writeText(&b)
	}
	b.WriteString(c.summary() + "\n")
	if _, err := fmt.Fprint(std.out, std.wrapped(b.String())); err != nil {
		return err
	}
	for _, note := range c.notes {
		fmt.Fprintln(std.err, "note: "+printable(note))
	}
	for _, fault := range c.faults {
		fmt.Fprintln(std.err, "maasctl: "+printable(fault))
	}
	if len(c.faults) > 0 {
		fmt.Fprintf(std.err, "%s: what could not be read may hide more than is shown\n", count(len(c.faults), "fault"))
	}
	return nil
}

func (one checkedType) writeText(b *strings.Builder) {
	name := one.Type.Kind
	if one.Type.Group != "" {
		name += "." + one.Type.Group
	}
	fmt.Fprintf(b, "%-10s  %s: %s, pinned from %s", one.Verdict, one.ModelKind, printable(name), printable(one.Pinned.Source))
	if one.There != nil {
		fmt.Fprintf(b, ", there is %s", printable(one.There.Source))
	}
	b.WriteString("\n")
	if one.Why != "" {
		fmt.Fprintf(b, "    %s\n", printable(one.Why))
	}
	for _, change := range one.Changes {
		change.writeText(b)
	}
	for _, move := range one.Moves {
		move.writeText(b)
	}
	if one.Verdict == contract.VerdictGone {
		writeReaders(b, one.NamedAt)
	}
	if one.Verdict == contract.VerdictBroken || one.Verdict == contract.VerdictGone {
		dir := filepath.Dir(strings.Replace(one.File, builtIn+"/", "kinds/", 1))
		fmt.Fprintf(b, "    then: maasctl pin --crd PATH --upstream PROJECT@VERSION %s, and maasctl test %s\n", dir, dir)
	}
}

func (change checkChange) writeText(b *strings.Builder) {
	place := strings.TrimSpace(change.Version + " " + change.Path)
	if place != "" {
		place += ": "
	}
	mark := "-"
	if change.Breaks {
		mark = "✗"
	}
	fmt.Fprintf(b, "  %s %s%s\n", mark, printable(place), printable(change.Message))
	if change.Breaks || change.Advice != "" {
		writeReaders(b, change.Readers)
	}
	if change.Advice != "" {
		fmt.Fprintf(b, "      to do: %s\n", printable(change.Advice))
	}
}

func writeReaders(b *strings.Builder, readers []checkReader) {
	for _, r := range readers {
		fmt.Fprintf(b, "      %s:%d: %s: %s", r.File, r.Line, strings.TrimSpace(r.Part+" "+r.Name), r.Field)
		if r.Message != "" {
			b.WriteString(": " + printable(r.Message))
		}
		b.WriteString("\n")
	}
}

func (move checkMove) writeText(b *strings.Builder) {
	fmt.Fprintf(b, "    there is one of the group %s, served in %s, in %s\n", printable(move.Group), printable(strings.Join(move.Served, ", ")), printable(move.Source))
	for _, lack := range move.Lacks {
		fmt.Fprintf(b, "      it does not fit what is read: %s\n", printable(lack))
	}
	if move.Write != "" {
		fmt.Fprintf(b, "      to do: write %s\n", printable(move.Write))
	}
}

// summary counts the verdicts, the worst first.
func (c *checkRun) summary() string {
	counts := map[contract.Verdict]int{}
	for _, one := range c.results {
		counts[one.Verdict]++
	}
	var words []string
	for _, verdict := range contract.Verdicts() {
		if counts[verdict] > 0 {
			words = append(words, fmt.Sprintf("%d %s", counts[verdict], verdict))
		}
	}
	if len(words) == 0 {
		return "no verdict"
	}
	return fmt.Sprintf("%s, %s: %s", count(len(c.held), "kind"), count(len(c.results), "verdict"), strings.Join(words, ", "))
}
