package conformance

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Complete gives the content of a case's file with what is decided now as its
// expect. The case must have none, and spec must be the last field of its
// document.
func (s *Suite) Complete(ctx context.Context, f *Folder, c Case, content []byte) ([]byte, error) {
	settled, err := Settle(ctx, s.machine, c.question(f))
	if err != nil {
		return nil, err
	}
	expect := settled.Verdict().yaml(settled.Settled.Status.Conditions)
	lines := strings.SplitAfter(string(content), "\n")
	end, spec, last := 0, "", ""
	for ; end < len(lines) && (end == 0 || strings.TrimSpace(lines[end]) != "---"); end++ {
		line := strings.TrimRight(lines[end], " \t\r\n")
		if line == "" || strings.HasPrefix(strings.TrimSpace(line), "#") || line == "---" {
			continue
		}
		if indented := line[0] == ' '; !indented {
			last = line
		} else if last == "spec:" && spec == "" {
			spec = line[:len(line)-len(strings.TrimLeft(line, " "))]
		}
	}
	if last != "spec:" || spec == "" {
		return nil, fmt.Errorf("%s: the expectation is not written: make spec the last field of the case, in block style", c.File)
	}
	var b bytes.Buffer
	head := strings.TrimRight(strings.Join(lines[:end], ""), "\n") + "\n"
	b.WriteString(head)
	for line := range strings.Lines(expect) {
		b.WriteString(spec + line)
	}
	b.WriteString(strings.Join(lines[end:], ""))
	return b.Bytes(), nil
}

// yaml writes a verdict as people do: in the order of the decision.
func (v Verdict) yaml(conditions []metav1.Condition) string {
	var b strings.Builder
	fmt.Fprintf(&b, "expect:\n  event: %s\n  phase: %s\n  endpoint: %s\n", v.Event, v.Phase, quoted(v.Endpoint))
	fmt.Fprintf(&b, "  decided: {health: %s, endpoint: %s}\n  conditions:\n", quoted(v.Decided.Health), quoted(v.Decided.Endpoint))
	for _, c := range conditions {
		fmt.Fprintf(&b, "    %s: {status: %q, reason: %s}\n", c.Type, c.Status, c.Reason)
	}
	return b.String()
}

func quoted(text *string) string {
	if text == nil {
		return "null"
	}
	return strconv.Quote(*text)
}
