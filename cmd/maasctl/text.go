package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/maas-kinds/maas/cmd/internal/screen"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxCell bounds what is shown of one value, in characters: an object may hold a
// megabyte. -o wide shows all of it.
const maxCell = 400

// writeText shows an explanation to people: the verdict, the conditions, and
// each step with a tick or a cross.
//
// Whole shows all of each value.
func (e explanation) writeText(std ioStreams, whole bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (previous phase %s)\n", e.Phase, printable(e.subject), e.from)
	fmt.Fprintf(&b, "  %s: %s\n\n", e.reason, printable(e.message))

	endpoint := "none"
	if e.Endpoint != nil {
		endpoint = printable(*e.Endpoint)
	}
	fmt.Fprintf(&b, "kind      %s (%s)\nevent     %s\nendpoint  %s\n", e.Kind, e.kindFile, e.Event, endpoint)
	if e.Endpoint != nil {
		fmt.Fprintf(&b, "probe     %s\n", printable(e.Probe.InWords()))
	}
	if e.Dwell != "" {
		fmt.Fprintf(&b, "dwell     stays Ready, with reason BackendFlapping, for up to %s first\n", e.Dwell)
	}
	if _, err := io.WriteString(std.out, std.wrapped(b.String())+"\n"); err != nil {
		return err
	}
	cell := shortened
	if whole {
		cell = printable
	}
	conditions, trace := e.conditions(cell), e.trace(cell)
	if err := conditions.Write(std.out, std.screen.Width); err != nil {
		return err
	}
	if _, err := io.WriteString(std.out, "\n"); err != nil {
		return err
	}
	return trace.Write(std.out, std.screen.Width)
}

// conditions are a table; cell makes text fit into it.
func (e explanation) conditions(cell func(string) string) screen.Table {
	var table screen.Table
	table.Add("CONDITION", "STATUS", "REASON", "MESSAGE")
	for _, c := range e.Conditions {
		table.Add(c.Type, string(c.Status), c.Reason, cell(c.Message))
	}
	return table
}

func (e explanation) trace(cell func(string) string) screen.Table {
	var table screen.Table
	table.Add("TRIED", "LOOKED FOR", "FOUND")
	for _, s := range e.Trace {
		mark := "✗"
		if s.Matched {
			mark = "✓"
		}
		table.Add(mark+" "+s.Rule, cell(strings.TrimSpace(s.Path+" "+s.Want)), found(s, cell))
	}
	return table
}

// found is the value, the note on it, or both. A refused value is not shown:
// it may hold credentials.
func found(s kind.Step, cell func(string) string) string {
	note := printable(s.Note)
	switch {
	case s.Found == nil && note == "":
		return "nothing"
	case s.Found == nil:
		return note
	case note == "":
		return cell(inJSON(s.Found))
	}
	return cell(inJSON(s.Found)) + ": " + note
}

func inJSON(value any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSpace(b.String())
}

// shortened says how much more there is of a value that has no end.
func shortened(text string) string {
	runes := []rune(printable(text))
	if len(runes) <= maxCell {
		return string(runes)
	}
	return fmt.Sprintf("%s… (%d more characters: -o wide)", string(runes[:maxCell]), len(runes)-maxCell)
}

// printable keeps what an object says on its line.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, syntax.Visible(text))
}
