package phase

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/golden"
)

const (
	readme      = "README.md"
	beginMarker = "<!-- generated from table.go by go test ./engine/phase -update: begin -->\n"
	endMarker   = "<!-- generated: end -->\n"
)

func TestREADMEShowsTheTable(t *testing.T) {
	stored, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, began := strings.Cut(string(stored), beginMarker)
	_, after, ended := strings.Cut(rest, endMarker)
	if !began || !ended {
		t.Fatalf("%s has lost its markers %q and %q", readme, beginMarker, endMarker)
	}
	want := before + beginMarker + "\n" + diagram() + "\n" + matrix() + "\n" + endMarker + after
	golden.Compare(t, readme, want)
}

// diagram draws one arrow for all events that lead from one phase to another.
func diagram() string {
	labels := map[[2]v1alpha1.Phase][]string{}
	for _, event := range events {
		for _, from := range phases {
			arrow := [2]v1alpha1.Phase{from, target(event, from)}
			labels[arrow] = append(labels[arrow], string(event))
		}
	}
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n    [*] --> Pending\n")
	for _, from := range phases {
		for _, to := range phases {
			if on := labels[[2]v1alpha1.Phase{from, to}]; on != nil {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", from, to, strings.Join(on, ", "))
			}
		}
	}
	b.WriteString("```\n")
	return b.String()
}

func matrix() string {
	var b strings.Builder
	b.WriteString("| event |")
	for _, from := range phases {
		fmt.Fprintf(&b, " from %s |", from)
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(phases)+1) + "\n")
	for _, event := range events {
		fmt.Fprintf(&b, "| %s |", event)
		for _, from := range phases {
			fmt.Fprintf(&b, " %s |", target(event, from))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func target(event Event, from v1alpha1.Phase) v1alpha1.Phase {
	for _, r := range table {
		for _, source := range r.From {
			if r.Event == event && source == from {
				return r.To
			}
		}
	}
	return ""
}
