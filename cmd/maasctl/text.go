package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxCell bounds what a table shows of one value, in characters; -o json
// shows all of it.
const maxCell = 72

// writeText shows an explanation to people: the verdict, the conditions, and
// each step with a tick or a cross.
func (e explanation) writeText(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s (previous phase %s)\n", e.Phase, printable(e.subject), e.from)
	fmt.Fprintf(&b, "  %s: %s\n\n", e.reason, printable(e.message))

	endpoint := "none"
	if e.Endpoint != nil {
		endpoint = printable(*e.Endpoint)
	}
	fmt.Fprintf(&b, "kind      %s (%s)\nevent     %s\nendpoint  %s\n", e.Kind, e.kindFile, e.Event, endpoint)
	if e.Endpoint != nil {
		fmt.Fprintf(&b, "probe     %s\n", e.Probe.inWords())
	}
	if e.Dwell != "" {
		fmt.Fprintf(&b, "dwell     stays Ready, with reason BackendFlapping, for up to %s first\n", e.Dwell)
	}
	b.WriteString("\n")
	if err := e.writeConditions(&b); err != nil {
		return err
	}
	b.WriteString("\n")
	if err := e.writeTrace(&b); err != nil {
		return err
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// inWords is what is asked for each caller.
func (p *probeRow) inWords() string {
	if p == nil {
		return "none, every caller sees the model while it is Ready"
	}
	words := fmt.Sprintf("%s %s, expects %s", p.Method, printable(p.URL), p.Expect)
	if p.Asleep {
		words += "; not while the backend sleeps, as it does now"
	}
	return words
}

func (e explanation) writeConditions(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CONDITION\tSTATUS\tREASON\tMESSAGE")
	for _, c := range e.Conditions {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.Type, c.Status, c.Reason, cell(c.Message))
	}
	return w.Flush()
}

func (e explanation) writeTrace(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TRIED\tLOOKED FOR\tFOUND")
	for _, s := range e.Trace {
		mark := "✗"
		if s.Matched {
			mark = "✓"
		}
		fmt.Fprintf(w, "%s %s\t%s\t%s\n", mark, s.Rule, cell(strings.TrimSpace(s.Path+" "+s.Want)), found(s))
	}
	return w.Flush()
}

// found is the value, the note on it, or both. A refused value is not shown:
// it may hold credentials.
func found(s kind.Step) string {
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

// cell makes text fit into a table.
func cell(text string) string {
	text = printable(text)
	if utf8.RuneCountInString(text) <= maxCell {
		return text
	}
	return string([]rune(text)[:maxCell-1]) + "…"
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
